"""What every edge of a lake must do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from hashlib import md5
from pathlib import Path

import pytest

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.seam import LakeRows, LakeTable
from sync_monitor.metering import Meter
from sync_monitor.model import Column, Kind
from sync_monitor.rows.canonical import Expressions, expressions
from sync_monitor.rows.drill import Leaf
from tests.lakes.stages import FINE, STAGES, LakeStage, Row

DAY = "2026-11-23"
FIRST, LAST = "2026-11-01", "2026-11-30"
ROWS: list[Row] = [
    (1, "O'Neil", "10.50", "2026-11-23 08:00:00"),
    (2, "שם", "-3.00", "2026-11-23 09:00:00.123456"),
    (3, None, "0.00", "2026-11-23 23:59:59"),
]
#: The canonical texts of these rows.
TEXTS = (
    "1|O'Neil|10.50|2026-11-23 08:00:00.000000",
    "2|שם|-3.00|2026-11-23 09:00:00.123456",
    "3|~|0.00|2026-11-23 23:59:59.000000",
)
COLUMNS = (
    Column("ID", Kind.INTEGER),
    Column("NAME", Kind.TEXT),
    Column("PAY", Kind.DECIMAL, 2),
    Column("CHANGED", Kind.TIMESTAMP),
)


@pytest.fixture(params=sorted(STAGES))
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LakeStage]:
    with STAGES[request.param](tmp_path) as found:
        yield found


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def table(stage: LakeStage, meter: Meter) -> Iterator[LakeTable]:
    with closing(stage.lake.open(stage.sync, meter)) as found:
        yield found


def checksum(text: str) -> int:
    """Return the last 15 digits of a text's MD5 as a number."""
    return int(md5(text.encode(), usedforsecurity=False).hexdigest()[17:], 16)


def texts_of(stage: LakeStage, columns: Sequence[Column] = COLUMNS) -> Expressions:
    return expressions(columns, ("ID",), stage.lake.dialect)


def test_partitions_are_listed_within_the_range(stage: LakeStage, table: LakeTable) -> None:
    for key in ("2026-10-31", FIRST, DAY, LAST, "2026-12-01"):
        stage.write(key, ROWS)
    assert table.partitions(FIRST, LAST).keys == (FIRST, DAY, LAST)


def test_columns_are_those_beside_the_partition(stage: LakeStage, table: LakeTable) -> None:
    stage.write(DAY, ROWS)
    columns = table.describe(table.partitions(FIRST, LAST))
    assert columns is not None
    found = [(column.name.lower(), column.kind, column.scale) for column in columns]
    assert found == [
        ("id", Kind.INTEGER, 0),
        ("name", Kind.TEXT, 0),
        ("pay", Kind.DECIMAL, 2),
        ("changed", Kind.TIMESTAMP, 0),
    ]


def test_the_newest_time_is_of_the_newest_partition_with_rows(
    stage: LakeStage, table: LakeTable, meter: Meter
) -> None:
    stage.write(DAY, ROWS)
    assert table.newest(table.partitions(FIRST, LAST)) == datetime(2026, 11, 23, 23, 59, 59)
    assert meter.statements == stage.listing_statements + 1
    stage.write("2026-11-24", [])
    assert table.newest(table.partitions(FIRST, LAST)) == datetime(2026, 11, 23, 23, 59, 59)


def test_rows_are_counted_and_summed_by_one_statement(
    stage: LakeStage, table: LakeTable, meter: Meter
) -> None:
    stage.write(DAY, ROWS)
    table.describe(table.partitions(FIRST, LAST))
    before = meter.statements
    counted = table.measure(DAY, None)
    summed = table.measure(DAY, texts_of(stage))
    assert meter.statements == before + 2
    assert counted == LakeRows(3, None, has_partition=True)
    assert summed.rows == 3
    assert summed.checksum == sum(map(checksum, TEXTS))


def test_of_a_time_all_digits_behind_the_sixth_are_cut_off(
    stage: LakeStage, table: LakeTable
) -> None:
    stage.write(DAY, [(1, "a", "1.00", "2026-11-23 23:59:59.999999999")], columns=FINE)
    found = table.measure(DAY, texts_of(stage))
    assert found.checksum == checksum("1|a|1.00|2026-11-23 23:59:59.999999")


@pytest.mark.parametrize("sign", ["\u00a0", "\t", "\u3000"])
def test_of_a_char_blanks_alone_are_left_out(stage: LakeStage, table: LakeTable, sign: str) -> None:
    stage.write(DAY, [(1, f"a{sign}  ", "1.00", "2026-11-23 08:00:00")])
    columns = (COLUMNS[0], Column("NAME", Kind.CHAR))
    found = table.measure(DAY, expressions(columns, ("ID",), stage.lake.dialect))
    assert found.checksum == checksum(f"1|a{sign}")


def test_a_partition_without_rows_and_one_that_is_not_there(
    stage: LakeStage, table: LakeTable
) -> None:
    stage.write(DAY, [])
    assert table.measure(DAY, texts_of(stage)) == LakeRows(0, None, has_partition=True)
    assert table.measure("2026-11-24", texts_of(stage)) == LakeRows(0, None, has_partition=False)


def test_buckets_and_leaves_have_every_row_once(stage: LakeStage, table: LakeTable) -> None:
    many: list[Row] = [(number, "x", "1.00", "2026-11-23 08:00:00") for number in range(40)]
    stage.write(DAY, many)
    stage.write(DAY, many[:2])
    side = table.side(DAY, texts_of(stage))
    buckets = side.buckets(1)
    assert sum(tally.rows for tally in buckets.values()) == 42
    leaves = list(side.leaves(1, sorted(buckets)))
    assert len(leaves) == 42
    assert sorted(leaves) == sorted(side.leaves(0, [""]))
    assert len(set(leaves)) == 40
    assert all(isinstance(leaf, Leaf) for leaf in leaves)


def test_a_partition_that_was_written_without_a_column_has_null_there(
    stage: LakeStage, table: LakeTable
) -> None:
    older = "id BIGINT, name VARCHAR, pay DECIMAL(9,2)"
    stage.write(DAY, [row[:3] for row in ROWS], columns=older)  # type: ignore[misc]
    stage.write("2026-11-24", [(1, "a", "1.00", "2026-11-24 01:00:00")])
    table.describe(table.partitions(FIRST, LAST))
    assert table.measure(DAY, texts_of(stage)).rows == 3


def test_a_table_that_is_not_there_is_absent(stage: LakeStage, table: LakeTable) -> None:
    stage.remove_table()
    with pytest.raises(LakeUnusable) as refused:
        table.partitions(FIRST, LAST)
    assert refused.value.state_code == "LAKE-ABSENT"


def test_a_table_without_partitions_is_there_and_empty(stage: LakeStage, table: LakeTable) -> None:
    stage.write(DAY, ROWS)
    stage.remove(DAY)
    listing = table.partitions(FIRST, LAST)
    assert listing.keys == ()
    assert table.describe(listing) is None
    assert table.newest(listing) is None


def test_a_column_of_other_text_is_refused_as_schema(stage: LakeStage, table: LakeTable) -> None:
    stage.write(DAY, [("x",)], columns="id VARCHAR")  # type: ignore[list-item]
    with pytest.raises(LakeUnusable) as refused:
        table.measure(DAY, texts_of(stage))
    assert refused.value.state_code == "LAKE-SCHEMA"


def test_what_is_cancelled_says_so(stage: LakeStage, table: LakeTable) -> None:
    stage.write(DAY, ROWS)
    stage.lake.cancel()
    with pytest.raises(LakeUnusable) as refused:
        table.measure(DAY, None)
    assert refused.value.state_code == "LAKE-CANCELLED"


def test_an_odd_name_reads_no_other_table(stage: LakeStage, table: LakeTable) -> None:
    stage.write(DAY, ROWS)
    for odd in ("x' OR '1'='1", "../t/dt=2026-11-23", "*"):
        assert table.measure(odd, None).rows == 0
