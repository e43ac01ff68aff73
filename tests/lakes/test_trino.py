"""Trino's edge by the real client: what fails has its code, what hangs has its end."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.seam import LakeTable
from sync_monitor.lake.trino import TrinoLake, TrinoPlace
from sync_monitor.metering import Meter
from sync_monitor.model import Sync
from sync_monitor.rows.canonical import expressions
from sync_monitor.rows.dialects import Dialect
from tests.lakes.stages import TrinoStage
from tests.lakes.test_contract import COLUMNS, DAY, FIRST, LAST, ROWS
from trinolite.faults import CANCEL, NEXT, SUBMIT, Fault
from trinolite.server import serve
from trinolite.warehouse import NULL_PARTITION


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[TrinoStage]:
    with serve() as trino:
        made = TrinoStage(tmp_path, trino)
        yield made
        made.lake.close()


@pytest.fixture
def table(stage: TrinoStage) -> Iterator[LakeTable]:
    with closing(stage.lake.open(stage.sync, Meter())) as found:
        yield found


def code_of(table: LakeTable) -> str:
    with pytest.raises(LakeUnusable) as refused:
        table.measure(DAY, None)
    return refused.value.state_code


def hurried(stage: TrinoStage, seconds: float) -> LakeTable:
    stage.lake.close()
    stage.lake = TrinoLake(TrinoPlace("127.0.0.1", stage.trino.port, "tests"), seconds)
    return stage.lake.open(stage.sync, Meter())


@pytest.mark.parametrize("step", [SUBMIT, NEXT])
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "LAKE-LOGIN"),
        (403, "LAKE-LOGIN"),
        (404, "LAKE-UNREACHABLE"),
        (429, "LAKE-UNREACHABLE"),
        (502, "LAKE-UNREACHABLE"),
        (503, "LAKE-UNREACHABLE"),
    ],
)
def test_a_status_that_is_no_answer_is_not_measured(
    stage: TrinoStage, table: LakeTable, step: str, status: int, code: str
) -> None:
    stage.trino.faults.order(Fault(step, status=status))
    assert code_of(table) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("TABLE_NOT_FOUND", "LAKE-ABSENT"),
        ("PERMISSION_DENIED", "LAKE-DENIED"),
        ("COLUMN_NOT_FOUND", "LAKE-SCHEMA"),
        ("HIVE_BAD_DATA", "LAKE-FILE"),
        ("HIVE_FILE_NOT_FOUND", "LAKE-VANISHED"),
        ("EXCEEDED_TIME_LIMIT", "LAKE-TIMEOUT"),
        ("USER_CANCELED", "LAKE-CANCELLED"),
        ("HIVE_METASTORE_ERROR", "LAKE-FAILED"),
    ],
)
def test_an_error_has_its_code_and_keeps_its_text_to_itself(
    stage: TrinoStage, table: LakeTable, name: str, code: str
) -> None:
    stage.trino.faults.order(Fault(SUBMIT, error=name))
    with pytest.raises(LakeUnusable) as refused:
        table.measure(DAY, None)
    assert str(refused.value) == f"{code} at look at S"


def test_half_an_answer_is_not_measured(stage: TrinoStage, table: LakeTable) -> None:
    stage.trino.faults.order(Fault(NEXT, is_cut=True))
    assert code_of(table) == "LAKE-UNREACHABLE"


def test_an_answer_that_ends_too_soon_is_no_list_of_partitions(
    stage: TrinoStage, table: LakeTable
) -> None:
    stage.trino.page_rows = 10
    for day in range(1, 31):
        stage.table.registered.add(f"2026-11-{day:02d}")
    assert len(table.partitions(FIRST, LAST).keys) == 30
    stage.trino.faults.order(Fault(NEXT, skip=1, drops_next=True, containing="$partitions"))
    with pytest.raises(LakeUnusable) as refused:
        table.partitions(FIRST, LAST)
    assert refused.value.state_code == "LAKE-FAILED"


def test_a_count_without_a_row_is_not_zero(stage: TrinoStage, table: LakeTable) -> None:
    stage.write(DAY, ROWS)
    table.partitions(FIRST, LAST)
    stage.trino.faults.order(Fault(SUBMIT, drops_next=True, containing="COUNT"))
    assert code_of(table) == "LAKE-FAILED"


def test_a_statement_that_waits_for_ever_is_cancelled(stage: TrinoStage) -> None:
    with closing(hurried(stage, 0.5)) as table:
        table.partitions(FIRST, LAST)
        stage.trino.faults.order(Fault(SUBMIT, stays_queued=True))
        began = time.monotonic()
        assert code_of(table) == "LAKE-TIMEOUT"
        assert time.monotonic() - began < 5
    assert stage.trino.cancelled


def test_a_mute_coordinator_is_given_up(stage: TrinoStage) -> None:
    with closing(hurried(stage, 0.3)) as table:
        stage.trino.faults.order(Fault(SUBMIT, is_mute=True))
        began = time.monotonic()
        assert code_of(table) == "LAKE-TIMEOUT"
        assert time.monotonic() - began < 5


def test_a_cancel_that_fails_keeps_nobody(stage: TrinoStage) -> None:
    with closing(hurried(stage, 0.3)) as table:
        stage.trino.faults.order(Fault(CANCEL, status=503))
        stage.trino.faults.order(Fault(NEXT, is_mute=True))
        assert code_of(table) == "LAKE-TIMEOUT"


def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = TrinoPlace("127.0.0.1", free.getsockname()[1], "tests")
        sync = Sync("S", "A.T", "hive.a.t", "CHANGED")
        with closing(TrinoLake(place, 2.0).open(sync, Meter())) as table:
            assert code_of(table) == "LAKE-UNREACHABLE"


def test_what_runs_is_cancelled_from_another_thread(stage: TrinoStage, table: LakeTable) -> None:
    table.partitions(FIRST, LAST)
    stage.trino.faults.order(Fault(SUBMIT, stays_queued=True))
    timer = threading.Timer(0.3, stage.lake.cancel)
    timer.start()
    assert code_of(table) == "LAKE-CANCELLED"
    timer.join()
    assert len(stage.trino.cancelled) == 1


def test_a_table_without_a_right_is_denied(stage: TrinoStage, table: LakeTable) -> None:
    table.partitions(FIRST, LAST)
    stage.table.is_denied = True
    assert code_of(table) == "LAKE-DENIED"


def test_every_statement_about_rows_names_a_partition(stage: TrinoStage, table: LakeTable) -> None:
    stage.write(DAY, ROWS)
    listing = table.partitions(FIRST, LAST)
    table.describe(listing)
    table.newest(listing)
    texts = expressions(COLUMNS, ("ID",), Dialect.TRINO)
    table.measure(DAY, texts)
    side = table.side(DAY, texts)
    side.leaves(2, sorted(side.buckets(2)))
    of_rows = [sql for sql in stage.trino.statements if '"a"."t"' in sql]
    assert len(of_rows) == 4
    for sql in of_rows:
        assert f"WHERE \"dt\" = '{DAY}'" in sql


def test_dates_as_partitions_are_compared_as_dates(stage: TrinoStage, table: LakeTable) -> None:
    stage.table.columns = {**stage.table.columns, "dt": "date"}
    stage.write(DAY, ROWS)
    listing = table.partitions(FIRST, LAST)
    assert listing.keys == (DAY,)
    assert not listing.is_text
    assert table.measure(DAY, None).rows == 3


def test_a_partition_column_of_another_type_is_refused(stage: TrinoStage, table: LakeTable) -> None:
    stage.table.columns = {**stage.table.columns, "dt": "bigint"}
    with pytest.raises(LakeUnusable, match=r"of type bigint; allowed: varchar, date") as refused:
        table.partitions(FIRST, LAST)
    assert refused.value.state_code == "LAKE-SCHEMA"


def test_rows_without_a_partition_are_named(stage: TrinoStage, table: LakeTable) -> None:
    stage.table.registered.update([DAY, NULL_PARTITION])
    listing = table.partitions(FIRST, LAST)
    assert listing.keys == (DAY,)
    assert listing.others == (f"dt={NULL_PARTITION}",)


@pytest.mark.parametrize("target", ["t", "a.t", "x.hive.a.t", "hive.a.t\x00", "hive..t"])
def test_a_name_that_is_none_is_refused(stage: TrinoStage, target: str) -> None:
    with pytest.raises(LakeUnusable) as refused:
        stage.lake.open(replace(stage.sync, target=target), Meter())
    assert refused.value.state_code == "LAKE-NAME"


def test_quotes_in_names_end_none(stage: TrinoStage) -> None:
    odd = replace(stage.sync, target='hive.a.t" WHERE 1 = 1')
    with closing(stage.lake.open(odd, Meter())) as table:
        assert code_of(table) == "LAKE-ABSENT"
    assert not any(re.search(r'[^"]" WHERE 1', sql) for sql in stage.trino.statements)


def test_a_statement_whose_first_answer_is_late_is_cancelled_all_the_same(
    stage: TrinoStage,
) -> None:
    with closing(hurried(stage, 0.3)) as table:
        table.partitions(FIRST, LAST)
        # Its time is over before there is an address to cancel it by.
        stage.trino.faults.order(Fault(SUBMIT, delay_seconds=0.6, stays_queued=True))
        assert code_of(table) == "LAKE-TIMEOUT"
    assert stage.trino.cancelled
