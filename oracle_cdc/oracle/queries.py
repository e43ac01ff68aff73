"""The types of the binds of named statements, and lists of binds.

A bind that is no text says its type once in its statement: `:call_time /*timestamp*/`.

Two rules are kept in all statements. The driver brings times to the microsecond, cut off, so a
column is newer than what came by the driver only by a microsecond or more (a difference, because a
sum might leave the calendar). And where a time is due or ends, NULL is a time that has passed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import oracledb

#: Lists of binds come in these lengths only, so that few statements are parsed; Oracle allows 1000
#: in one IN list.
LIST_LENGTHS = (10, 100, 1000)

#: What may stand behind a bind, as in `:call_time /*timestamp*/`; a bind without a type is a text.
#: Without its type the driver sends a time as a DATE, whose fraction is lost, and NULL as a text,
#: which turns what stands beside it into text.
BIND_TYPES: Mapping[str, oracledb.DbType] = {
    "timestamp": oracledb.DB_TYPE_TIMESTAMP,
    "date": oracledb.DB_TYPE_DATE,
    "number": oracledb.DB_TYPE_NUMBER,
    "national": oracledb.DB_TYPE_NVARCHAR,
}

_TYPED_BIND = re.compile(r":(\w+) /\*(\w+)\*/")


@dataclass(frozen=True)
class Statements:
    """The named statements that a program runs, and the declared types of each one's binds."""

    texts: Mapping[str, str]
    types: Mapping[str, Mapping[str, oracledb.DbType]]


def make_statements(texts: Mapping[str, str]) -> Statements:
    """Take the types that stand behind the binds of these texts.

    Raises ValueError for a type that is not known, and for a bind with two.
    """
    types = {}
    for name, text in texts.items():
        types[name] = bind_types(name, text)
    return Statements(texts, types)


@dataclass(frozen=True)
class Query:
    """A SELECT that is made at run time, with the declared types of its binds.

    Parameters:
        what: what it is for, for texts of errors.
    """

    what: str
    sql: str
    types: Mapping[str, oracledb.DbType]


def make_query(what: str, sql: str) -> Query:
    """Take the types that stand behind the binds of a text."""
    return Query(what, sql, bind_types(what, sql))


def bind_types(name: str, text: str) -> Mapping[str, oracledb.DbType]:
    """Return the types that a statement declares. A bind needs to say its type once."""
    types: dict[str, oracledb.DbType] = {}
    for bind, word in _TYPED_BIND.findall(text):
        if word not in BIND_TYPES:
            raise ValueError(f"{name}: the bind {bind} has an unknown type, {word}")
        if types.setdefault(bind, BIND_TYPES[word]) is not BIND_TYPES[word]:
            raise ValueError(f"{name}: the bind {bind} has two types")
    return types


def expand(sql: str, ids: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Put a list of binds for `{ids}`, which is filled up with its last element.

    Raises ValueError for more ids than the longest list, or none.
    """
    names: list[str] = []
    binds: dict[str, str] = {}
    for number in range(list_length(len(ids))):
        name = f"id{number}"
        names.append(f":{name}")
        binds[name] = ids[min(number, len(ids) - 1)]
    return sql.replace("{ids}", ", ".join(names)), binds


def list_length(count: int) -> int:
    """Return the shortest of the lists of binds that takes a number of values.

    Raises ValueError for more than the longest takes, or none.
    """
    for length in LIST_LENGTHS:
        if 1 <= count <= length:
            return length
    raise ValueError(f"a list of binds takes 1 to {LIST_LENGTHS[-1]} values, not {count}")
