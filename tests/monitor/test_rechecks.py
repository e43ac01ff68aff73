"""What a look measures: what is faulty, what was never, what is due again, within a budget."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sync_monitor.lake.seam import Listing
from sync_monitor.looks.looking import changed_in_lake
from sync_monitor.measurements import Cell
from sync_monitor.rules.cells import unmeasured
from sync_monitor.rules.periods import window
from sync_monitor.rules.rechecks import Due, due_partitions, is_overdue, within_budget
from tests.monitor.building import EMPLOYEES, NOW, at, cell, day, with_changes

WEEK = with_changes(window_days=7)
DAYS = window(NOW, WEEK)


def known(*cells: Cell) -> dict[str, Cell]:
    """Return cells of the week, all measured now, but for those that are given."""
    found = {each.key: cell(each.key, 10, 10) for each in DAYS}
    found.update({each.partition.key: each for each in cells})
    return found


def due_keys(cells: dict[str, Cell], now: datetime = NOW) -> list[str]:
    return [each.partition.key for each in due_partitions(window(now, WEEK), cells, now, WEEK)]


def test_the_first_fill_begins_with_the_newest_day() -> None:
    assert due_keys({}) == [each.key for each in reversed(DAYS)]


def test_what_is_known_and_well_is_not_measured_again() -> None:
    assert due_keys(known()) == []


def test_a_day_is_closed_once_its_promise_has_passed() -> None:
    assert due_keys(known(), at(20)) == []
    assert due_keys(known(), at(20.2))[0] == "2026-11-25"


def test_what_is_faulty_is_measured_each_time_and_first() -> None:
    faulty = cell("2026-11-20", 10, 4)
    nothing = unmeasured(day("2026-11-24"))
    assert due_keys(known(faulty, nothing)) == ["2026-11-20", "2026-11-24"]


def test_a_confirmed_fault_that_a_failed_look_found_waits_for_one_that_ends() -> None:
    key = "2026-11-20"
    confirmed = cell(key, 10, 4)
    once = replace(confirmed, is_confirmed=False)

    def is_due(fault: Cell, later: timedelta = timedelta(0), *changed: str) -> bool:
        cells = known(fault)
        found = due_partitions(DAYS, cells, NOW + later, WEEK, changed=changed, kept=(key,))
        return key in {each.partition.key for each in found}

    assert is_due(once)
    assert not is_due(confirmed)
    assert not is_due(confirmed, timedelta(days=1))
    assert is_due(confirmed, timedelta(days=1, seconds=1))
    assert is_due(confirmed, timedelta(0), key)


def test_a_look_at_all_begins_with_what_none_has_measured() -> None:
    nothing = unmeasured(day("2026-11-20"))
    due = due_partitions(DAYS, known(nothing), NOW, WEEK, is_of_all=True)
    keys = [each.partition.key for each in due]
    assert keys[:2] == ["2026-11-20", DAYS[-1].key]
    assert sorted(keys) == [each.key for each in DAYS]


@pytest.mark.parametrize("days", [1, 2, 3, 7, 14, 30])
def test_a_closed_day_is_measured_again_after_some_days(days: int) -> None:
    closed = cell("2026-11-20", 10, 10)
    promised = datetime.fromisoformat("2026-11-21T06:00:00+00:00")
    due_at = promised + timedelta(days=days)
    before = replace(closed, checked_at=due_at - timedelta(minutes=1))
    month = with_changes(window_days=40)
    for now, checked, is_due in (
        (due_at, before, True),
        (due_at - timedelta(seconds=1), before, False),
        (due_at, replace(closed, checked_at=due_at), False),
    ):
        others = {each.key: cell(each.key, 1, 1, now=now) for each in window(now, month)}
        others["2026-11-20"] = checked
        found = due_partitions(window(now, month), others, now, month)
        assert ("2026-11-20" in [each.partition.key for each in found]) is is_due


def test_what_was_not_measured_again_for_a_day_is_not_claimed() -> None:
    closed = cell("2026-11-20", 10, 10, now=datetime.fromisoformat("2026-11-21T06:05:00+00:00"))
    due_at = datetime.fromisoformat("2026-11-22T06:00:00+00:00")
    assert not is_overdue(closed, due_at + timedelta(hours=23), EMPLOYEES)
    assert is_overdue(closed, due_at + timedelta(hours=24), EMPLOYEES)


@pytest.mark.parametrize(
    ("files", "was_there", "now", "is_there", "is_changed"),
    [
        ("a", True, "a", True, False),
        ("a", True, "b", True, True),
        ("a", True, "", False, True),
        ("", False, "a", True, True),
        # Trino and Hive say nothing of files.
        ("", True, "", True, False),
        ("", True, "", False, True),
        ("", False, "", True, True),
        ("", False, "", False, False),
    ],
)
def test_what_comes_goes_or_has_other_files_has_changed_in_the_lake(
    files: str, was_there: bool, now: str, is_there: bool, is_changed: bool
) -> None:
    key = "2026-11-20"
    known = replace(cell(key, 0, 0, has_partition=was_there), files=files)
    keys = (key,) if is_there else ()
    versions = {key: now} if now else {}
    listing = Listing(keys, versions=versions)
    assert changed_in_lake({key: known}, listing) == ({key} if is_changed else set())


@pytest.mark.parametrize(
    ("rows", "budget", "count"),
    [
        ([100, 100, 100], 250, 2),
        ([100, 100, 100], 300, 3),
        ([100], 5, 1),
        ([100, None, None], 250, 2),
        ([None, None], 10, 2),
        ([], 10, 0),
    ],
)
def test_a_look_keeps_to_its_budget_of_rows(
    rows: list[int | None], budget: int, count: int
) -> None:
    due = []
    for each in rows:
        due.append(Due(day("2026-11-20"), each))
    assert len(within_budget(due, budget)) == count
