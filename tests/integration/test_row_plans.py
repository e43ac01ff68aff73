"""The statements for rows reach them by the index on time and key, and read no table to count."""

from __future__ import annotations

import pytest

from oracle_cdc.oracle.queries import Query
from oracle_cdc.oracle.row_sql import RowSql, Share, count_some
from oralite.model import BindType, SqlType
from oralite.scan import scan
from tests.integration.rowtables import READER, RowTable

INDEX = "USING COVERING INDEX"
TYPES = {"DATE": SqlType.DATE, "TIMESTAMP": SqlType.TIMESTAMP}


def explain(table: RowTable, query: Query) -> list[str]:
    """Return the steps by which the stand-in carries out a query."""
    session = table.server.database.open_session(READER, interrupted=lambda: False)
    binds: list[BindType] = []
    for bind in scan(query.sql).binds:
        binds.append(BindType(TYPES[query.types[bind.lower()].name.removeprefix("DB_TYPE_")]))
    try:
        return session.explain(query.sql, binds)
    finally:
        session.close()


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP(9)"])
@pytest.mark.parametrize("share", [Share(), Share(2, 4)])
def test_a_count_and_keys_are_read_from_the_index_alone(
    table: RowTable, kind: str, share: Share
) -> None:
    table.create(f"ID NUMBER PRIMARY KEY, CREATED_AT {kind}, DATA CLOB")
    sql = RowSql(table.shape, share, "Asia/Jerusalem")
    for query, times in ((sql.look(10), 10), (sql.read_keys(), 1)):
        steps = [step for step in explain(table, query) if "TXLOG_EVENTS" in step or INDEX in step]
        assert len(steps) == times
        assert all("CREATED_AT>? AND CREATED_AT<?" in step for step in steps), steps
        assert all(step.startswith("SEARCH") and INDEX in step for step in steps), steps


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP(9)"])
def test_every_bind_has_the_type_of_the_time_column(table: RowTable, kind: str) -> None:
    # Beside a bind of another type Oracle converts the column, and its index does not serve.
    table.create(f"ID NUMBER PRIMARY KEY, CREATED_AT {kind}, DATA CLOB")
    sql = RowSql(table.shape, Share(), None)
    for query in (sql.look(10), count_some(sql, 9), sql.read(), sql.read(10), sql.read_keys()):
        binds = {bind.lower() for bind in scan(query.sql).binds}
        assert set(query.types) == binds
        assert {bind.name for bind in query.types.values()} == {f"DB_TYPE_{kind.split('(')[0]}"}


@pytest.mark.parametrize("length", [0, 10])
def test_rows_are_read_by_the_index_and_not_sorted(table: RowTable, length: int) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP, DATA CLOB")
    sql = RowSql(table.shape, Share(), None)
    steps = explain(table, sql.read(length))
    assert "(CREATED_AT>? AND CREATED_AT<?)" in "\n".join(steps)
    assert not any("TEMP B-TREE" in step for step in steps), steps
