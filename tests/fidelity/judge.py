"""Runs a statement through the real driver and says whether its answer is right, refused or
wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import oracledb

from tests.fidelity.corpus import Case


class Verdict(Enum):
    RIGHT = "right"
    REFUSED = "refused"
    WRONG = "wrong"


#: What a statement that the stand-in does not know is answered with: unimplemented, an unknown
#: function, syntax.
REFUSALS = frozenset((900, 902, 904, 905, 906, 907, 911, 920, 923, 933, 936, 1821, 2248, 3001))

Answer = list[tuple[Any, ...]] | int | str


def answer(connection: oracledb.Connection, statement: str) -> Answer:
    """Return rows, a count of rows changed, or the error's code.

    Raises what is no ORA- error: a lost connection.
    """
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement)
            if cursor.description is None:
                return int(cursor.rowcount)
            return [tuple(map(plain, row)) for row in cursor.fetchall()]
        except oracledb.DatabaseError as error:
            code = str(error.args[0].full_code)
            if not code.startswith("ORA-"):
                raise
            return code


def plain(value: Any) -> Any:
    """Return a fetched value as the expected ones are written."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value) if isinstance(value, timedelta) else value


def judge(connection: oracledb.Connection, case: Case) -> tuple[Verdict, Answer]:
    """Return the verdict and what was answered. The session must be alive afterwards."""
    given: Answer = 0
    for statement in case.statements:
        given = answer(connection, statement)
        if isinstance(given, str):
            break
    alive = answer(connection, "SELECT 'alive' FROM dual") == [("alive",)]
    connection.rollback()
    return (verdict(case.expected, given) if alive else Verdict.WRONG), given


def verdict(expected: Answer, given: Answer) -> Verdict:
    if same(expected, given):
        return Verdict.RIGHT
    refused = isinstance(given, str) and int(given.removeprefix("ORA-")) in REFUSALS
    return Verdict.REFUSED if refused else Verdict.WRONG


def same(expected: Answer, given: Answer) -> bool:
    if not isinstance(expected, list) or not isinstance(given, list):
        return type(expected) is type(given) and expected == given
    return len(expected) == len(given) and all(map(_same_row, expected, given))


def _same_row(expected: Sequence[Any], given: Sequence[Any]) -> bool:
    return len(expected) == len(given) and all(map(_same_value, expected, given))


def _same_value(expected: Any, given: Any) -> bool:
    if isinstance(expected, float) and given is not None:
        return isinstance(given, (int, float, Decimal)) and float(given) == expected
    return (expected is None) == (given is None) and bool(expected == given)
