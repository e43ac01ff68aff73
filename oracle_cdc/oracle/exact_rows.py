"""Rows of a SELECT that is made at run time, as exact as the driver can bring them."""

from __future__ import annotations

import re
from collections.abc import Container, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import oracledb

from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.session import ROWS_PER_FETCH, Session, forgetting_what_broke
from oracle_cdc.oracle.translation import translated

#: What a LOB is fetched as where it comes whole, without a round trip of its own.
WHOLE: Mapping[Any, Any] = {
    oracledb.DB_TYPE_CLOB: oracledb.DB_TYPE_LONG,
    oracledb.DB_TYPE_NCLOB: oracledb.DB_TYPE_LONG_NVARCHAR,
    oracledb.DB_TYPE_BLOB: oracledb.DB_TYPE_LONG_RAW,
}
TEXTS = {
    oracledb.DB_TYPE_VARCHAR,
    oracledb.DB_TYPE_CHAR,
    oracledb.DB_TYPE_NVARCHAR,
    oracledb.DB_TYPE_NCHAR,
}
#: What a query begins with, behind comments and parentheses.
QUERY = re.compile(r"(?:\s|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*(?:SELECT|WITH)\b", re.I | re.S)
#: Bytes that are no UTF-8 come as lone surrogates, so that one of them ends no fetch.
UNDECODABLE = "surrogateescape"

Values = Sequence[Any]


class Beginning(NamedTuple):
    """The first part of a LOB that is longer."""

    value: Any


@dataclass(frozen=True)
class ExactQuery:
    """A SELECT without private text of its own.

    what: what it is for, for texts of errors.
    beginnings: by the position of a LOB that is selected twice, how much of it is read at most. The
        first expression gives it where it is that short, the one behind it where it is longer or
        empty.
    """

    what: str
    sql: str
    beginnings: Mapping[int, int] = field(default_factory=dict)


def fetch_columns(
    session: Session, query: ExactQuery, rows_per_fetch: int
) -> Generator[list[Values], None, None]:
    """Yield the rows of each round trip, column by column.

    NUMBER comes as its digits, a LOB as a whole or as its Beginning.
    Raises ValueError, or another of Python's errors, for a value that the driver can't bring, such
    as a year before 1.
    """
    with (
        session.calling(),
        translated(query.what),
        forgetting_what_broke(session.connection),
        session.connection.cursor() as cursor,
    ):
        cursor.arraysize = rows_per_fetch
        cursor.prefetchrows = rows_per_fetch + 1
        locators = {position + 1 for position in query.beginnings}
        cursor.outputtypehandler = Exactly(locators)
        cursor.execute(query.sql)
        while rows := cursor.fetchmany():
            columns: list[Values] = list(zip(*rows, strict=True))
            # From the right, so that the positions on the left stay.
            for position in sorted(query.beginnings, reverse=True):
                longer = columns.pop(position + 1)
                amount = query.beginnings[position]
                columns[position] = whole_or_beginning(columns[position], longer, amount)
            yield columns


class Exactly:
    """Makes the driver bring each column of one query exactly: the driver calls it for each.

    Parameters:
        locators: the positions of those that are left as they are.
    """

    def __init__(self, locators: Container[int] = ()) -> None:
        self.locators = locators
        self.position = -1

    def __call__(self, cursor: oracledb.Cursor, column: oracledb.FetchInfo) -> oracledb.Var | None:
        self.position += 1
        if self.position in self.locators:
            return None
        kind = column.type_code
        if kind is oracledb.DB_TYPE_NUMBER:
            return cursor.var(str, arraysize=cursor.arraysize)
        if kind in TEXTS:
            return cursor.var(
                kind,
                size=column.internal_size or 0,
                arraysize=cursor.arraysize,
                encoding_errors=UNDECODABLE,
            )
        if kind in WHOLE:
            return cursor.var(WHOLE[kind], arraysize=cursor.arraysize, encoding_errors=UNDECODABLE)
        return None


@contextmanager
def replacing_bad_text(connection: oracledb.Connection) -> Iterator[None]:
    """Have a sign stand for each byte that is no UTF-8 in what is fetched inside the block."""
    # The driver takes None for "as usual", which its stubs do not say.
    usual: Any = connection.outputtypehandler
    connection.outputtypehandler = replace_bad_text
    try:
        yield
    finally:
        connection.outputtypehandler = usual


def replace_bad_text(cursor: oracledb.Cursor, column: oracledb.FetchInfo) -> oracledb.Var | None:
    """Return what makes the driver bring a text whatever is in it."""
    kind = column.type_code
    if kind not in TEXTS and kind is not oracledb.DB_TYPE_LONG:
        return None
    return cursor.var(
        kind,
        size=column.internal_size or 0,
        arraysize=cursor.arraysize,
        encoding_errors="replace",
    )


def whole_or_beginning(short: Values, others: Values, amount: int) -> Values:
    """Return each LOB of a column: as it came, or what is read of a longer one."""
    if others.count(None) == len(others):
        return short
    found: list[Any] = []
    for value, locator in zip(short, others, strict=True):
        if locator is None:
            found.append(value)
        else:
            found.append(read_other(locator, amount))
    return found


def read_other(locator: oracledb.LOB, amount: int) -> Any:
    """Return a LOB that is empty, or the beginning of one that is longer than is read."""
    if locator.size():
        return Beginning(read_beginning(locator, amount))
    if locator.type is oracledb.DB_TYPE_BLOB:
        return b""
    return ""


def read_beginning(locator: oracledb.LOB, amount: int) -> Any:
    """Return the first part of a LOB, up to a character that is cut in two or is none."""
    try:
        return locator.read(1, amount)
    except UnicodeDecodeError as error:
        # What comes in pieces is UTF-16.
        good = error.start // 2
        if not good:
            return ""
        return locator.read(1, good)


def fetch_records(
    session: Session, query: ExactQuery, binds: Mapping[str, Any] | Sequence[Any]
) -> Generator[dict[str, Any], None, None]:
    """Yield the rows of any query as dictionaries by Oracle's names of their columns.

    Numbers come as int or Decimal, LOBs whole. Raises SettingsError for what is no query, and for
    one with two columns of a name.
    """
    if not QUERY.match(query.sql):
        raise SettingsError(f"{query.what}: it begins with no SELECT or WITH; only queries are run")
    with (
        session.calling(),
        translated(query.what),
        forgetting_what_broke(session.connection),
        session.connection.cursor() as cursor,
    ):
        cursor.arraysize = ROWS_PER_FETCH
        cursor.prefetchrows = ROWS_PER_FETCH + 1
        cursor.execute(query.sql, binds, fetch_lobs=False, fetch_decimals=True)
        names = [column.name for column in cursor.description]
        refuse_doubled(names, query.what)
        while rows := cursor.fetchmany():
            for row in rows:
                yield dict(zip(names, row, strict=True))


def refuse_doubled(names: Sequence[str], what: str) -> None:
    """Raise SettingsError where two columns have one name: a dictionary would lose one of them."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise SettingsError(
                f"{what}: two columns are called {name}; give one of them another name with AS"
            )
        seen.add(name)
