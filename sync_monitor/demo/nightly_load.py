"""What loads a table of Oracle into the lake: a day at a time, as a nightly job does."""

from __future__ import annotations

from datetime import date

import oracledb

from sync_monitor.demo.samples import Sample, columns_of, key_of_row, names_of
from sync_monitor.demo.seeding import add_to_lake
from sync_monitor.rows.dialects import Dialect, quote_name, quote_path
from sync_monitor.rules.periods import bounds, day_partition


def days_of(sample: Sample) -> list[str]:
    """Return the days that have rows, the first one too if it is not whole, ascending."""
    found: set[str] = set()
    for number in range(sample.count):
        found.add(key_of_row(sample.sync, sample.time_of(number))[:10])
    return sorted(found)


def load_day(connection: oracledb.Connection, sample: Sample, day: str) -> int:
    """Copy the rows that Oracle has of a day into the lake, and return how many."""
    sync = sample.sync
    stretch = bounds(day_partition(date.fromisoformat(day), sync.zone), sync.source_zone)
    names = ", ".join(quote_name(name, Dialect.ORACLE) for name in names_of(columns_of(sample)))
    time = quote_name(sync.time_column, Dialect.ORACLE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM {quote_path(sync.source, Dialect.ORACLE)} "
            f"WHERE {time} >= :begin_time AND {time} < :end_time",
            begin_time=stretch.begin,
            end_time=stretch.end,
            fetch_decimals=True,
        )
        rows = cursor.fetchall()
    add_to_lake(sample, rows)
    return len(rows)
