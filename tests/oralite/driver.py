"""What tests ask of the driver's errors and connections."""

from __future__ import annotations

from dataclasses import dataclass, field

import oracledb
import pytest


@dataclass(frozen=True)
class Target:
    """Where the driver connects to."""

    dsn: str
    user: str
    password: str = field(repr=False)


def code_of(error: pytest.ExceptionInfo[oracledb.Error]) -> str:
    """Return ORA-nnnnn or DPY-nnnn."""
    return str(error.value.args[0].full_code)


def query(
    connection: oracledb.Connection, sql: str, *binds: object, **named: object
) -> list[tuple[object, ...]]:
    """Return all rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, binds or named)
        return list(cursor.fetchall())
