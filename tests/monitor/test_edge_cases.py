"""What a total minus a total gets wrong, case by case."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sync_monitor.measurements import Cell, CellState, Differences
from sync_monitor.model import Bound, Deletes, Severity, Sync
from sync_monitor.rules.cells import with_rows
from sync_monitor.verdicts import Reason
from tests.monitor.building import EMPLOYEES, cell, figures_of, judged, newest, with_changes

MAY_BE_EMPTY = with_changes(may_be_empty=True)
KEEPS = with_changes(deletes=Deletes.KEEP)


@pytest.mark.parametrize(
    ("oracle", "lake", "sync", "severity", "reasons", "gap", "extra", "percent"),
    [
        (0, 0, EMPLOYEES, Severity.UNKNOWN, [Reason.BOTH_EMPTY], 0, 0, None),
        (0, 0, MAY_BE_EMPTY, Severity.OK, [], 0, 0, None),
        (0, 5, EMPLOYEES, Severity.WARNING, [Reason.EXTRA], 0, 5, None),
        (100, 120, EMPLOYEES, Severity.WARNING, [Reason.EXTRA], 0, 20, Decimal("0.00")),
        (100, 120, KEEPS, Severity.OK, [], 0, 20, Decimal("0.00")),
        (107, 91, EMPLOYEES, Severity.CRITICAL, [Reason.GAP], 16, 0, Decimal("14.95")),
        (100, 99, EMPLOYEES, Severity.WARNING, [Reason.GAP], 1, 0, Decimal("1.00")),
        (101, 100, EMPLOYEES, Severity.OK, [], 1, 0, Decimal("0.99")),
        (100, 95, EMPLOYEES, Severity.CRITICAL, [Reason.GAP], 5, 0, Decimal("5.00")),
        (1000, 951, EMPLOYEES, Severity.WARNING, [Reason.GAP], 49, 0, Decimal("4.90")),
        (100, 100, EMPLOYEES, Severity.OK, [], 0, 0, Decimal("0.00")),
    ],
)
def test_counts_of_a_partition_are_judged(
    *,
    oracle: int,
    lake: int,
    sync: Sync,
    severity: Severity,
    reasons: list[Reason],
    gap: int,
    extra: int,
    percent: Decimal | None,
) -> None:
    one = cell("2026-11-20", oracle, lake, sync)
    verdict = judged(one, sync=sync)
    figures = figures_of(one, sync=sync)
    assert (verdict.severity, [each.reason for each in verdict.findings]) == (severity, reasons)
    assert (figures.sync_gap, figures.extra_rows) == (gap, extra)
    assert figures.gap_percentage == percent


def test_a_double_in_one_partition_hides_no_missing_row_of_another() -> None:
    cells = (cell("2026-11-20", 100, 84), cell("2026-11-21", 100, 116))
    figures = figures_of(*cells)
    assert figures.oracle_count == figures.lake_count
    assert (figures.sync_gap, figures.extra_rows) == (16, 16)
    assert judged(*cells).severity is Severity.CRITICAL


def test_a_double_hides_no_missing_row_of_the_same_partition_once_checksums_are_there() -> None:
    one = cell("2026-11-20", 107, 107, oracle_sum=500, lake_sum=499)
    assert one.state is CellState.CHANGED
    assert figures_of(one).bound is Bound.AT_LEAST

    found = Differences(16, 16, changed=0, doubled=16, compared=91)
    drilled = with_rows(one, found, (12, 256), EMPLOYEES)

    assert drilled.state is CellState.ROWS_MISSING
    figures = figures_of(drilled)
    assert (figures.sync_gap, figures.extra_rows, figures.bound) == (16, 16, Bound.EXACT)
    assert judged(drilled).severity is Severity.CRITICAL


def test_equal_counts_and_checksums_are_exact() -> None:
    one = cell("2026-11-20", 107, 107, oracle_sum=500, lake_sum=500)
    assert (one.state, figures_of(one).bound) == (CellState.OK, Bound.EXACT)


def test_equal_counts_alone_say_at_least() -> None:
    assert figures_of(cell("2026-11-20", 107, 107)).bound is Bound.AT_LEAST


def big_window() -> list[Cell]:
    cells = [cell("2026-11-23", 6_136_412, 0)]
    for number in range(1, 28):
        cells.append(cell(f"2026-10-{number:02}", 6_154_000, 6_154_000))
    return cells


def test_a_partition_that_is_not_there_is_critical_however_small_in_the_window() -> None:
    cells = big_window()
    figures = figures_of(*cells)
    assert figures.gap_percentage == Decimal("3.56")
    assert figures.missing_partitions == ("2026-11-23",)
    verdict = judged(*cells)
    assert verdict.severity is Severity.CRITICAL
    assert verdict.has(Reason.MISSING_PARTITION)


def test_a_day_without_rows_in_oracle_is_never_missing() -> None:
    cells = (cell("2026-11-20", 10, 10), cell("2026-11-21", 0, 0))
    assert figures_of(*cells).missing_partitions == ()
    assert judged(*cells).severity is Severity.OK


@pytest.mark.parametrize("has_partition", [True, False])
def test_an_empty_partition_is_as_missing_as_none(has_partition: bool) -> None:
    one = cell("2026-11-20", 10, 0, has_partition=has_partition)
    assert figures_of(one).missing_partitions == ("2026-11-20",)


def test_what_deletes_leave_is_a_fault_only_where_they_go_to_the_lake() -> None:
    gone = Differences(0, 5, changed=0, doubled=0, compared=100)
    for sync, state in ((EMPLOYEES, CellState.EXTRA), (KEEPS, CellState.OK)):
        counted = cell("2026-11-20", 100, 105, sync, oracle_sum=1, lake_sum=2)
        drilled = with_rows(counted, gone, (1, 16), sync)
        assert drilled.state is state
        assert figures_of(drilled, sync=sync).extra_rows == 5


def test_doubles_are_a_fault_also_where_deleted_rows_stay() -> None:
    twice = Differences(0, 5, changed=0, doubled=5, compared=100)
    counted = cell("2026-11-20", 100, 105, KEEPS, oracle_sum=1, lake_sum=2)
    drilled = with_rows(counted, twice, (1, 16), KEEPS)
    assert judged(drilled, sync=KEEPS).has(Reason.EXTRA)


def test_rows_ahead_of_the_clock_do_not_count_for_the_newest() -> None:
    now = newest("2026-11-25 09:00", "2026-11-25 18:00")
    figures = figures_of(cell("2026-11-20", 1, 1), newest=now)
    assert (figures.lag, figures.age) == (None, None)


def test_an_idle_source_has_no_lag() -> None:
    now = newest("2026-11-20 09:00", "2026-11-20 09:00")
    figures = figures_of(cell("2026-11-20", 1, 1), newest=now)
    assert figures.lag == timedelta(0)
    assert figures.age == timedelta(days=5, minutes=52)
    assert judged(cell("2026-11-20", 1, 1), newest=now).severity is Severity.OK


def test_the_age_of_the_newest_row_is_judged_only_where_rows_are_expected() -> None:
    sync = with_changes(expect_rows_every=timedelta(hours=24))
    now = newest("2026-11-20 09:00", "2026-11-20 09:00")
    assert judged(cell("2026-11-20", 1, 1), sync=sync, newest=now).has(Reason.AGE)


def test_before_a_partition_is_judged_a_sync_is_not_well() -> None:
    for sync in (EMPLOYEES, MAY_BE_EMPTY):
        verdict = judged(cell("2026-11-25", 5, 5, sync), sync=sync)
        assert verdict.severity is Severity.UNKNOWN
        assert verdict.has(Reason.NOTHING_JUDGED)
