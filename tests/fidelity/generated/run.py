"""Draws tables and statements, asks the stand-in through the real driver and compares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import oracledb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fidelity.generated.changes import CHANGES, Change
from tests.fidelity.generated.queries import QUERIES, Statement
from tests.fidelity.generated.tables import CREATE, INSERT, Tables, tables
from tests.fidelity.judge import REFUSALS, Verdict

#: By name, what makes one statement.
AREAS: dict[str, Callable[..., Statement | Change]] = {
    maker.__name__: maker for maker in (*QUERIES, *CHANGES)
}
Counts = Counter[Verdict]


class Chance:
    """Hypothesis's choices under the few names that the makers use."""

    def __init__(self, draw: Callable[..., Any]) -> None:
        self._draw = draw

    def one(self, options: Sequence[Any]) -> Any:
        return options[self.whole(0, len(options) - 1)]

    def whole(self, least: int, greatest: int) -> int:
        return int(self._draw(st.integers(least, greatest)))


class WrongAnswer(AssertionError):
    """What was asked, of which tables, what was answered and what is right."""


def create(connection: oracledb.Connection) -> None:
    for statement in CREATE:
        connection.cursor().execute(statement)


def compare(
    connection: oracledb.Connection, area: str, counts: Counts, examples: int, *, fixed: bool
) -> None:
    """Ask a number of statements of one kind and raise WrongAnswer with a small one.

    fixed: the same statements each time.
    """

    @settings(
        max_examples=examples,
        derandomize=fixed,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        chance = Chance(data.draw)
        held = tables(chance)
        counts[check(connection, held, AREAS[area](chance, held))] += 1

    ask()


def check(connection: oracledb.Connection, held: Tables, statement: Statement | Change) -> Verdict:
    try:
        _fill(connection, held)
        given = _ask(connection, statement.sql)
        if (
            isinstance(given, str)
            and given != statement.expected
            and int(given.removeprefix("ORA-")) in REFUSALS
        ):
            return Verdict.REFUSED
        if isinstance(statement, Change):
            left = _ask(connection, "SELECT * FROM t") if isinstance(given, int) else held.t
            right = given == statement.expected and _counted(left) == _counted(statement.left)
        else:
            right = isinstance(given, list) and _same(statement, given)
        if not right:
            raise WrongAnswer(_described(held, statement, given))
        return Verdict.RIGHT
    finally:
        connection.rollback()


def _fill(connection: oracledb.Connection, held: Tables) -> None:
    cursor = connection.cursor()
    cursor.setinputsizes(
        None, oracledb.NUMBER, oracledb.NUMBER, 400, oracledb.DB_TYPE_CHAR, oracledb.DB_TYPE_DATE
    )
    if held.t:
        cursor.executemany(INSERT["t"], held.t)
    cursor = connection.cursor()
    cursor.setinputsizes(None, oracledb.NUMBER, 400)
    if held.u:
        cursor.executemany(INSERT["u"], held.u)


def _ask(connection: oracledb.Connection, sql: str) -> Any:
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql)
            return cursor.rowcount if cursor.description is None else cursor.fetchall()
        except oracledb.DatabaseError as error:
            return str(error.args[0].full_code)


def _same(statement: Statement, given: list[tuple[Any, ...]]) -> bool:
    if statement.ordered:
        return list(map(_plain, given)) == list(map(_plain, statement.expected))
    return _counted(given) == _counted(statement.expected)


def _counted(rows: Any) -> Counter[tuple[Any, ...]]:
    return Counter(map(_plain, rows))


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Make numbers, texts and dates equal that are. The type counts too: 1 is not '1'."""
    return tuple(
        Decimal(str(value)).normalize()
        if isinstance(value, (int, float, Decimal))
        else _text(value)
        for value in row
    )


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _described(held: Tables, statement: Statement | Change, given: Any) -> str:
    return (
        f"\n{statement.sql}\n  T {held.t}\n  U {held.u}\n  right: {statement.expected}\n"
        f"  given: {given}"
        + (f"\n  T afterwards: {statement.left}" if isinstance(statement, Change) else "")
    )
