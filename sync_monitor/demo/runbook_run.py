"""A runbook, run as a person runs it.

DuckDB has no way into Oracle, so the tables of the syncs are copied into it first, under the names
that runbooks have for them. For the stand-in and the embedded lake alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from sync_monitor.demo.samples import Sample, columns_of, names_of
from sync_monitor.demo.standin import StandIn
from sync_monitor.rows.dialects import Dialect, quote_name, quote_path

ROWS_AT_ONCE = 500
CATALOG = "oracle"


def apply_runbook(text: str, place: StandIn, samples: Sequence[Sample]) -> tuple[int, int]:
    """Run a runbook as it is copied, and return both counts of its check: Oracle's, the lake's.

    Raises duckdb.Error.
    """
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH ':memory:' AS {CATALOG}")
        for sample in samples:
            copy_table(connection, place, sample)
        answer = connection.execute(text).fetchone()
    assert answer is not None
    return int(answer[0]), int(answer[1])


def copy_table(connection: duckdb.DuckDBPyConnection, place: StandIn, sample: Sample) -> None:
    """Copy a table of Oracle into DuckDB, with the columns that samples have."""
    columns = columns_of(sample)
    schema, table = sample.sync.source.lower().split(".")
    target = quote_path(f"{CATALOG}.{schema}.{table}", Dialect.DUCKDB)
    kinds = [f"{quote_name(name, Dialect.DUCKDB)} {kind}" for name, _, kind in columns]
    connection.execute(
        f"CREATE SCHEMA IF NOT EXISTS {quote_path(f'{CATALOG}.{schema}', Dialect.DUCKDB)}"
    )
    connection.execute(f"CREATE TABLE {target} ({', '.join(kinds)})")
    names = ", ".join(quote_name(name, Dialect.ORACLE) for name in names_of(columns))
    binds = f"({', '.join('?' for _ in columns)})"
    with place.dba() as session, session.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {quote_path(sample.sync.source, Dialect.ORACLE)}")
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            values: list[object] = []
            for row in rows:
                values.extend(row)
            connection.execute(
                f"INSERT INTO {target} VALUES {', '.join([binds] * len(rows))}", values
            )
