"""The syntax tree of INSERT, UPDATE, DELETE and MERGE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from oralite.parser.leaves import Name, TableName
from oralite.parser.nodes import Condition, Expression, Query, Source


@dataclass(frozen=True)
class Insert:
    """INSERT.

    rows: of VALUES, one. returning: the expressions before INTO.
    """

    table: TableName
    alias: str | None
    columns: tuple[str, ...]
    values: tuple[Expression, ...]
    query: Query | None
    returning: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """One assignment of SET.

    columns: more than one in (a, b) = (SELECT ...).
    """

    columns: tuple[Name, ...]
    value: Expression


@dataclass(frozen=True)
class Update:
    table: TableName
    alias: str | None
    assignments: tuple[Assignment, ...]
    where: Condition | None
    returning: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Delete:
    table: TableName
    alias: str | None
    where: Condition | None
    returning: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Merge:
    table: TableName
    alias: str | None
    source: Source
    condition: Condition
    assignments: tuple[Assignment, ...] = ()
    update_where: Condition | None = None
    delete_where: Condition | None = None
    insert_columns: tuple[Name, ...] = ()
    insert_values: tuple[Expression, ...] = ()
    insert_where: Condition | None = None


Dml: TypeAlias = Insert | Update | Delete | Merge
