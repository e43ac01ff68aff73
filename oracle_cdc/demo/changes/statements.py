"""Statements that change rows, made of a table's columns, with all that they bind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oracle_cdc.changes.rules.table_models import ModelColumn
from oracle_cdc.demo.changes.kinds import kind_of
from oracle_cdc.demo.changes.tables import Table

#: Column of a key, by its field's name -> its value as it is bound.
Key = Mapping[str, object]
Row = Mapping[str, object]


@dataclass(frozen=True)
class Statement:
    """A statement, and what it does.

    Parameters:
        binds: the values of each time that it runs: several are sent as an array.
        sizes: how values are bound that the driver would take for something else.
        row_count: rows that it changes, all in all.
        change_count: events that this makes: a row whose key changes makes two.
    """

    sql: str
    binds: Sequence[Mapping[str, object]] = field(repr=False)
    sizes: Mapping[str, Any] = field(repr=False)
    row_count: int
    change_count: int


def insert(table: Table, rows: Sequence[Row]) -> Statement:
    """Insert rows, several as an array."""
    names = ", ".join(column.column for column in table.columns)
    values = ", ".join(placeholder(column) for column in table.columns)
    sql = f"INSERT INTO {table.model.source} ({names}) VALUES ({values})"
    return Statement(sql, rows, sizes_of(table.columns), len(rows), len(rows))


def update(table: Table, keys: Sequence[Key], changes: Sequence[Row]) -> Statement:
    """Update rows one by one, each with values of its own, as an array."""
    columns = [column for column in table.others if column.name in changes[0]]
    sql = f"UPDATE {table.model.source} SET {assign(columns)} WHERE {where(table.keys)}"
    binds = []
    for key, change in zip(keys, changes, strict=True):
        binds.append({**change, **key})
    return Statement(sql, binds, sizes_of([*columns, *table.keys]), len(keys), len(keys))


def update_together(table: Table, keys: Sequence[Key], change: Row) -> Statement:
    """Update several rows by one statement."""
    columns = [column for column in table.others if column.name in change]
    binds = dict(change)
    conditions: list[str] = []
    sizes = dict(sizes_of(columns))
    for number, key in enumerate(keys):
        conditions.append(f"({where(table.keys, f'_{number}')})")
        for column in table.keys:
            binds[f"{column.name}_{number}"] = key[column.name]
    found = " OR ".join(conditions)
    sql = f"UPDATE {table.model.source} SET {assign(columns)} WHERE {found}"
    return Statement(sql, [binds], sizes, len(keys), len(keys))


def delete(table: Table, keys: Sequence[Key]) -> Statement:
    """Delete rows, several as an array."""
    sql = f"DELETE FROM {table.model.source} WHERE {where(table.keys)}"
    return Statement(sql, keys, sizes_of(table.keys), len(keys), len(keys))


def move(table: Table, key: Key, new_key: Key) -> Statement:
    """Give a row another key."""
    sql = f"UPDATE {table.model.source} SET {assign(table.keys)} WHERE {where(table.keys, '_0')}"
    binds = dict(new_key)
    for name, value in key.items():
        binds[f"{name}_0"] = value
    return Statement(sql, [binds], sizes_of(table.keys), 1, 2)


def merge(table: Table, row: Row) -> Statement:
    """Insert a row, or update the one that has its key. Its large objects stay as they are."""
    columns = [column for column in table.columns if "LOB" not in column.oracle_type]
    chosen = ", ".join(f"{placeholder(column)} {column.column}" for column in columns)
    same = " AND ".join(f"T.{column.column} = S.{column.column}" for column in table.keys)
    names = ", ".join(column.column for column in columns)
    values = ", ".join(f"S.{column.column}" for column in columns)
    changed = []
    for column in columns:
        if column not in table.keys:
            changed.append(f"T.{column.column} = S.{column.column}")
    sql = (
        f"MERGE INTO {table.model.source} T USING (SELECT {chosen} FROM DUAL) S ON ({same}) "
        f"WHEN MATCHED THEN UPDATE SET {', '.join(changed)} "
        f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})"
    )
    binds = {column.name: row[column.name] for column in columns}
    return Statement(sql, [binds], sizes_of(columns), 1, 1)


def placeholder(column: ModelColumn, suffix: str = "") -> str:
    return kind_of(column.oracle_type).placeholder.replace("{bind}", f"{column.name}{suffix}")


def assign(columns: Sequence[ModelColumn]) -> str:
    return ", ".join(f"{column.column} = {placeholder(column)}" for column in columns)


def where(columns: Sequence[ModelColumn], suffix: str = "") -> str:
    return " AND ".join(f"{column.column} = {placeholder(column, suffix)}" for column in columns)


def sizes_of(columns: Sequence[ModelColumn]) -> Mapping[str, Any]:
    """Return how values are bound that the driver would take for something else."""
    sizes = {}
    for column in columns:
        bound_as = kind_of(column.oracle_type).bound_as
        if bound_as is not None:
            sizes[column.name] = bound_as
    return sizes
