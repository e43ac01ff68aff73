"""What tests ask of the driver's errors and connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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


def unpack(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return rows, each of one column as its value."""
    found: list[Any] = []
    for row in rows:
        if len(row) == 1:
            found.append(row[0])
        else:
            found.append(row)
    return found
