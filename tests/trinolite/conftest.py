"""A coordinator with a table in files and one that DuckDB holds, and the real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
import trino.dbapi

from trinolite.server import Trino, serve
from trinolite.warehouse import Table

COLUMNS = {
    "id": "decimal(38,0)",
    "name": "varchar",
    "amount": "decimal(12,2)",
    "born": "date",
    "changed": "timestamp(6)",
    "dt": "varchar",
}


class Ask(Protocol):
    """Runs a statement and returns its rows."""

    def __call__(self, sql: str, parameters: tuple[object, ...] = ()) -> list[Any]: ...


def connected(trino_served: Trino, **changes: Any) -> trino.dbapi.Connection:
    return trino.dbapi.connect(
        host="127.0.0.1",
        port=trino_served.port,
        user="tests",
        legacy_prepared_statements=False,
        **{"request_timeout": 10.0, **changes},
    )


@pytest.fixture
def coordinator(tmp_path: Path) -> Iterator[Trino]:
    with serve(Trino(page_rows=100)) as served:
        warehouse = served.warehouse
        warehouse.add("hive.sales.orders", Table(COLUMNS, tmp_path / "orders", "dt"))
        warehouse.cursor().execute(
            "CREATE TABLE source AS SELECT number AS id, 'n' || number AS name, "
            "TIMESTAMP '2026-11-23 00:00:00' + to_minutes(CAST(number AS INTEGER)) AS changed "
            "FROM range(250) numbers (number)"
        )
        kinds = {"id": "bigint", "name": "varchar", "changed": "timestamp(6)"}
        warehouse.add("oracle.sales.orders", Table(kinds, relation="source"))
        yield served


@pytest.fixture
def ask(coordinator: Trino) -> Iterator[Ask]:
    exact = {"hive.timestamp_precision": "MICROSECONDS"}
    connection = connected(coordinator, session_properties=exact)

    def asked(sql: str, parameters: tuple[object, ...] = ()) -> list[Any]:
        cursor = connection.cursor()
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()

    yield asked
    connection.close()
