"""The figures: summed over partitions, exact or said to be at least, shown as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_monitor.commands.shared.in_words import figures_in_words
from sync_monitor.measurements import Differences, Ratio, SchemaDifference
from sync_monitor.model import Bound, Severity
from sync_monitor.rules.cells import with_rows
from sync_monitor.rules.figures import gap_percentage, gap_text, in_hours
from sync_monitor.rules.issues import follow_issues
from sync_monitor.rules.quality import score
from sync_monitor.rules.severity import judge, reaches
from sync_monitor.triage.case import Case
from sync_monitor.triage.conditions import updates_not_carried
from sync_monitor.verdicts import Issue, IssueKind, Reason
from sync_monitor.web.issues import fact_of
from sync_monitor.web.states import State
from sync_monitor.web.sync_rows import rows_in_words
from tests.monitor.building import (
    EMPLOYEES,
    NOW,
    cell,
    day,
    figures_of,
    judged,
    newest,
    with_changes,
)

COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20)


@given(COUNTS)
def test_gap_and_extra_rows_explain_the_difference_of_the_totals(
    counts: list[tuple[int, int]],
) -> None:
    cells = []
    for number, (oracle, lake) in enumerate(counts, 1):
        cells.append(cell(f"2026-10-{number:02}", oracle, lake))
    figures = figures_of(*cells)
    difference = figures.oracle_count - figures.lake_count
    assert figures.sync_gap - figures.extra_rows == difference
    assert figures.sync_gap >= max(0, difference)


@pytest.mark.parametrize(
    ("gap", "oracle", "percent", "text"),
    [
        (16, 107, "14.95", "14.95 %"),
        (1, 800, "0.13", "0.13 %"),
        (1, 1_000_000, "0.00", "< 0.01 %"),
        (0, 1_000_000, "0.00", "0.00 %"),
        (107, 107, "100.00", "100.00 %"),
    ],
)
def test_the_gap_is_rounded_half_up_and_never_to_nothing(
    gap: int, oracle: int, percent: str, text: str
) -> None:
    found = gap_percentage(gap, oracle)
    assert str(found) == percent
    assert gap_text(gap, found) == text


def test_a_gap_of_nothing_is_no_percentage() -> None:
    assert gap_percentage(0, 0) is None
    assert gap_text(0, None) == "n/a"


def test_a_limit_is_decided_on_whole_numbers() -> None:
    # 4.995 % shows as 5.00 and is below the limit of 5.
    assert gap_percentage(999, 20_000) == Decimal("5.00")
    assert not reaches(999, 20_000, Decimal(5))
    assert reaches(1000, 20_000, Decimal(5))
    assert not reaches(0, 0, Decimal(0))


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(hours=13, minutes=30), "13.5"),
        (timedelta(minutes=3), "0.1"),
        (timedelta(seconds=1), "0.0"),
        (timedelta(hours=1, minutes=57), "2.0"),
    ],
)
def test_hours_are_shown_with_one_decimal(length: timedelta, shown: str) -> None:
    assert str(in_hours(length)) == shown
    assert in_hours(None) is None


@pytest.mark.parametrize(
    ("minutes", "severity"),
    [
        (0, Severity.OK),
        (239, Severity.OK),
        (240, Severity.WARNING),
        (479, Severity.WARNING),
        (480, Severity.CRITICAL),
    ],
)
def test_the_lag_is_judged_from_its_limit_on(minutes: int, severity: Severity) -> None:
    oracle = NOW - timedelta(hours=1)
    times = replace(newest(), oracle=oracle, lake=oracle - timedelta(minutes=minutes))
    assert judged(cell("2026-11-20", 1, 1), newest=times).severity is severity


def test_a_lake_that_is_ahead_has_no_lag() -> None:
    times = newest("2026-11-25 08:00", "2026-11-25 09:00")
    assert figures_of(cell("2026-11-20", 1, 1), newest=times).lag == timedelta(0)


@pytest.mark.parametrize(("oracle", "lake"), [(None, "2026-11-25"), ("2026-11-25", None)])
def test_a_side_without_rows_has_no_lag(oracle: str | None, lake: str | None) -> None:
    assert figures_of(newest=newest(oracle, lake)).lag is None


@pytest.mark.parametrize("lake", [None, "2026-11-26 20:00"])
def test_a_lag_that_nothing_says_is_not_ok_and_keeps_its_issue_open(lake: str | None) -> None:
    found = judged(cell("2026-11-20", 1, 1), newest=newest("2026-11-25 09:00", lake))
    assert found.severity is Severity.UNKNOWN
    assert found.has(Reason.LAG_NOT_MEASURED)
    late = Issue("S", IssueKind.LAG, "", Severity.CRITICAL, 0, NOW, NOW)
    (kept,) = follow_issues([late], [], "S", found, NOW)
    assert kept.closed_at is None


def test_a_source_whose_rows_are_all_before_the_window_needs_no_lag() -> None:
    times = newest("2026-11-01 09:00")
    assert judged(cell("2026-11-20", 1, 1), newest=times).severity is Severity.OK


def test_contents_that_differ_beyond_what_is_compared_are_no_ok() -> None:
    rest = Differences(0, 0, changed=0, bound=Bound.AT_LEAST, has_other_sum=True)
    one = with_rows(cell("2026-11-20", 2500, 2500), rest, (1, 16), EMPLOYEES)
    found = judged(one)
    assert found.severity is Severity.WARNING
    assert found.has(Reason.CHANGED)
    assert rows_in_words(figures_of(one)) == ["contents differ"]
    assert "contents differ" in figures_in_words(figures_of(one))
    issue = Issue("S", IssueKind.ROWS_CHANGED, "2026-11-20", Severity.WARNING, 0, NOW, NOW)
    assert fact_of(issue, State(EMPLOYEES), one) == "Other contents in dt=2026-11-20"
    assert updates_not_carried(Case(EMPLOYEES, NOW, found, figures_of(one), (one,)))
    waiting = replace(one, is_confirmed=False)
    assert judged(waiting).severity is Severity.OK


def test_future_rows_are_a_warning() -> None:
    times = replace(newest("2026-11-25 09:00", "2026-11-25 09:00"), has_future_rows=True)
    assert judged(cell("2026-11-20", 1, 1), newest=times).has(Reason.FUTURE_ROWS)


def test_figures_are_of_judged_partitions_alone() -> None:
    cells = (cell("2026-11-20", 5, 5), cell("2026-11-25", 9, 0))
    figures = figures_of(*cells)
    assert (figures.oracle_count, figures.judged_count) == (5, 1)


@pytest.mark.parametrize(
    ("schema", "severity"),
    [
        (SchemaDifference(10), Severity.OK),
        (SchemaDifference(10, missing=("TAX_CODE",)), Severity.WARNING),
        (SchemaDifference(10, retyped=("ID",), is_compared=True), Severity.CRITICAL),
    ],
)
def test_columns_that_differ_are_judged(schema: SchemaDifference, severity: Severity) -> None:
    figures = figures_of(cell("2026-11-20", 1, 1), schema=schema)
    assert judge(EMPLOYEES, figures, schema).severity is severity


def test_a_low_source_is_a_warning() -> None:
    verdict = judged(cell("2026-11-20", 1, 1), expected_low=("2026-11-20",))
    assert verdict.has(Reason.SOURCE_LOW)


def test_the_score_is_the_smallest_ratio_rounded_down() -> None:
    counted = cell("2026-11-20", 1_000_000, 1_000_002)
    doubles = Differences(0, 2, changed=0, doubled=2, compared=1_000_000)
    drilled = with_rows(counted, doubles, (1, 16), EMPLOYEES)
    quality = figures_of(drilled, schema=SchemaDifference(10)).quality
    assert (quality.score, quality.measured_count) == (99, 4)
    assert dict(quality.ratios)["uniqueness"] == Ratio(1_000_000, 1_000_002)


def test_a_small_good_ratio_does_not_hide_a_bad_one() -> None:
    cells = [cell(f"2026-10-{number:02}", 1000, 1000) for number in range(1, 20)]
    quality = figures_of(*cells, schema=SchemaDifference(4, missing=("A",))).quality
    assert quality.score == 75


def test_there_is_no_score_without_completeness() -> None:
    assert score([("completeness", None), ("schema", Ratio(1, 1))]) is None
    assert figures_of().quality.score is None


def test_punctuality_counts_only_what_was_watched_in_time() -> None:
    seen_late = cell("2026-11-20", 5, 5)
    awaited = cell("2026-11-24", 5, 5, now=NOW - timedelta(hours=5))
    in_time = cell("2026-11-24", 5, 5, before=awaited)
    quality = figures_of(seen_late, in_time, cell("2026-11-22", 5, 0)).quality
    assert dict(quality.ratios)["punctuality"] == Ratio(1, 2)


def test_a_partition_of_another_zone_begins_when_its_own_day_does() -> None:
    jerusalem = with_changes(zone=type(EMPLOYEES.zone)("Asia/Jerusalem"))
    assert day("2026-11-20", jerusalem).begin.hour == 22
