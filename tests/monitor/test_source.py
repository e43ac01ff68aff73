"""Oracle's side of a look, through the real driver: dictionary, pulse, bytes of texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from hashlib import md5
from typing import Any

import pytest

from sync_monitor.errors import SourceUnusable
from sync_monitor.metering import Meter
from sync_monitor.model import Kind, Sync
from sync_monitor.rows.canonical import expressions
from sync_monitor.rows.dialects import Dialect
from sync_monitor.rules.periods import day_partition
from sync_monitor.source.tables import Source
from tests.monitor.asked import oracle_with
from tests.monitor.building import with_changes

SYNC = Sync("S", "APP.T", "t", "CHANGED")
TABLE = (
    "CREATE TABLE T (ID NUMBER(10) PRIMARY KEY, PAY NUMBER(9,2), FREE NUMBER, NAME VARCHAR2(40), "
    "CODE CHAR(3), NOTE CLOB, NATIONAL NVARCHAR2(20), CHANGED TIMESTAMP, DAY DATE, "
    "ZONED TIMESTAMP WITH TIME ZONE)"
)


@contextmanager
def source_of(sync: Sync, *sql: str, charset: str = "AL32UTF8") -> Iterator[Source]:
    """Lend the monitor's side of a table that some statements make."""
    with oracle_with(*sql, charset=charset) as database:
        yield Source(database.session, sync, Meter())


def test_columns_are_compared_by_what_both_sides_can_write() -> None:
    with source_of(SYNC, TABLE) as source:
        found = source.describe()
    kinds = {column.name: (column.kind, column.scale) for column in found.columns}
    assert kinds == {
        "ID": (Kind.INTEGER, 0),
        "PAY": (Kind.DECIMAL, 2),
        "FREE": (Kind.OTHER, 0),
        "NAME": (Kind.TEXT, 0),
        "CODE": (Kind.CHAR, 0),
        "NOTE": (Kind.OTHER, 0),
        "NATIONAL": (Kind.OTHER, 0),
        "CHANGED": (Kind.TIMESTAMP, 0),
        "DAY": (Kind.TIMESTAMP, 0),
        "ZONED": (Kind.OTHER, 0),
    }
    assert (found.keys, found.charset) == (("ID",), "AL32UTF8")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": "APP.NOWHERE"}, "ORA-00942"),
        ({"time_column": "NOTHING"}, "SOURCE-TIME"),
        ({"time_column": "ZONED"}, "SOURCE-TIME"),
    ],
)
def test_a_table_that_cannot_be_measured_says_why(changes: dict[str, str], code: str) -> None:
    with source_of(with_changes(SYNC, **changes), TABLE) as source:
        with pytest.raises(SourceUnusable) as refused:
            source.describe()
        assert refused.value.state_code == code


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        (
            {"source": "APP.NOWHERE"},
            "ORA-00942",
            "APP.NOWHERE: no such table or synonym, or no SELECT",
        ),
        ({"time_column": "NOTHING"}, "SOURCE-TIME", "APP.T: it has no column NOTHING"),
    ],
)
def test_a_refusal_names_its_table_and_no_remedy_of_the_service(
    changes: dict[str, str], code: str, words: str
) -> None:
    with source_of(with_changes(SYNC, **changes), TABLE) as source:
        with pytest.raises(SourceUnusable) as refused:
            source.pulse()
        assert refused.value.state_code == code
        assert words in str(refused.value)
        assert "init-tables" not in str(refused.value)
        assert "cdc_service.py check" not in str(refused.value)


@pytest.mark.parametrize("column", ["NAME", "ID", "FREE", "CODE", "NOTE", "ZONED"])
def test_a_time_column_of_another_type_is_named(column: str) -> None:
    row = "INSERT INTO T (ID, FREE, NAME, CODE, ZONED) VALUES (1, 2.5, '2026', 'x', SYSTIMESTAMP)"
    with source_of(with_changes(SYNC, time_column=column), TABLE, row) as source:
        with pytest.raises(SourceUnusable) as refused:
            source.pulse()
            source.describe()
        assert refused.value.state_code == "SOURCE-TIME"
        assert f"APP.T: {column}; allowed: a DATE or TIMESTAMP" in str(refused.value)


def test_a_pulse_is_one_statement_and_one_row() -> None:
    with source_of(SYNC, TABLE) as source:
        pulse = source.pulse()
        assert (source.meter.statements, source.meter.rows) == (1, 1)
        assert (pulse.newest, pulse.has_future_rows) == (None, False)
        assert abs(pulse.now - datetime.now(timezone.utc)) < timedelta(minutes=5)


@pytest.mark.parametrize(("ahead", "is_future"), [("1", False), ("48", True)])
def test_rows_of_the_future_count_for_nothing(ahead: str, is_future: bool) -> None:
    past = "INSERT INTO T (ID, CHANGED) VALUES (1, TIMESTAMP '2020-01-01 00:00:00')"
    future = (
        "INSERT INTO T (ID, CHANGED) VALUES (2, "
        f"CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL({ahead}, 'HOUR') AS TIMESTAMP))"
    )
    with source_of(SYNC, TABLE, past, future) as source:
        pulse = source.pulse()
        assert pulse.has_future_rows is is_future
        expected = pulse.now
        if is_future:
            expected = datetime(2020, 1, 1, tzinfo=timezone.utc)
        assert pulse.newest == expected
        assert source.meter.statements == 1 + is_future


@pytest.mark.parametrize("column", ["DAY", "CHANGED"])
def test_no_time_column_is_compared_with_a_timestamp_which_would_convert_each_date(
    column: str,
) -> None:
    asked: list[str] = []
    rows = (
        "INSERT INTO T (ID, DAY, CHANGED) VALUES (1, DATE '2020-01-01', DATE '2020-01-01')",
        "INSERT INTO T (ID, DAY, CHANGED) VALUES (2, SYSDATE + 2, SYSDATE + 2)",
    )
    with source_of(with_changes(SYNC, time_column=column), TABLE, *rows) as source:
        ask = source.ask

        def noted(sql: str) -> list[tuple[Any, ...]]:
            asked.append(sql)
            return ask(sql)

        source.ask = noted  # type: ignore[method-assign]
        assert source.pulse().newest == datetime(2020, 1, 1, tzinfo=timezone.utc)
        day = day_partition(datetime(2020, 1, 1).date(), SYNC.zone)
        assert source.measure(day, None).rows == 1
    of_rows = asked[1:]
    assert len(of_rows) == 2
    assert all("TO_DATE('" in sql and "TIMESTAMP" not in sql for sql in of_rows)


def test_a_new_column_changes_the_shape() -> None:
    with source_of(SYNC, TABLE) as source:
        before = source.pulse().shape
        with source.sessions() as session:
            session.run("ALTER TABLE T ADD (MORE NUMBER(3))")
        assert source.pulse().shape != before


def test_hebrew_has_the_checksum_of_the_lake_whatever_oracle_keeps_it_in() -> None:
    row = (
        "INSERT INTO T (ID, PAY, NAME, CODE, CHANGED) "
        "VALUES (7, 1.5, 'שלום', 'ab', TIMESTAMP '2026-11-23 08:00:00')"
    )
    text = "7|1.50|שלום|ab|2026-11-23 08:00:00.000000|~"
    checksum = int(md5(text.encode(), usedforsecurity=False).hexdigest()[17:], 16)
    day = day_partition(datetime(2026, 11, 23).date(), SYNC.zone)
    with source_of(SYNC, TABLE, row, charset="IW8MSWIN1255") as source:
        found = source.describe()
        texts = expressions(found.columns, found.keys, Dialect.ORACLE, charset=found.charset)
        assert source.measure(day, texts) == (1, checksum)
        bare = expressions(found.columns, found.keys, Dialect.ORACLE)
        assert source.measure(day, bare) != (1, checksum)
