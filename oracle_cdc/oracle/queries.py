"""Read named statements from files, with the types of their binds.

Each statement stands in the file of its subject, below a line `-- name --` and a sentence.
`-- part name --` begins a text that several statements share, each by `{name}`. A bind that is no
text says its type once in its statement: `:call_time /*timestamp*/`.

Two rules are kept in all of them. The driver brings times to the microsecond, cut off, so a column
is newer than what came by the driver only by a microsecond or more (a difference, because a sum
might leave the calendar). And where a time is due or ends, NULL is a time that has passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import oracledb

#: What begins a statement, or a part that statements share.
HEADING = re.compile(r"^-- (?:(part) )?(\w+) --$", re.MULTILINE)

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


@cache
def read_statements(files: Sequence[Path]) -> Mapping[str, str]:
    """Return every statement of some files by its name, with the shared parts filled in.

    Raises ValueError for a name that stands twice.
    """
    statements: dict[str, str] = {}
    parts: dict[str, str] = {}
    for file in files:
        for kind, name, text in split_file(file):
            if name in statements or f"{{{name}}}" in parts:
                raise ValueError(f"{file.name}: the name {name} stands twice")
            if kind == "part":
                parts[f"{{{name}}}"] = text
            else:
                statements[name] = text
    for name, sql in statements.items():
        statements[name] = fill(sql, parts)
    return statements


def split_file(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield kind (`part`, or empty for a statement), name and text of each block of a file."""
    blocks = HEADING.split(file.read_text(encoding="utf-8"))[1:]
    for kind, name, text in zip(blocks[0::3], blocks[1::3], blocks[2::3], strict=True):
        yield kind or "", name, without_comments(text)


def without_comments(text: str) -> str:
    """Return a text without the lines that are comments of SQL."""
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return "\n".join(lines).strip()


def fill(sql: str, texts: Mapping[str, str]) -> str:
    """Put a text for each placeholder."""
    for placeholder, text in texts.items():
        sql = sql.replace(placeholder, text)
    return sql


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
