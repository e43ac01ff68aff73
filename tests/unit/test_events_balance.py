"""What the source holds against what was handled of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oracle_cdc.relay.balance import Balance, Known, Short, first_time, weigh
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import Progress, Slice
from tests.relay.doubles import at

GRID = Grid(timedelta(seconds=10))
DAY = timedelta(hours=24)


def weighed(
    counts: list[int],
    tallies: list[int],
    aside: list[int] | None = None,
    discarded: list[int] | None = None,
    *,
    waiting: int = 0,
) -> Balance:
    """Return the balance of slices from noon on."""
    slices = list(GRID.cut(at(0), at(10 * len(counts))))
    begins = [slice.begin for slice in slices]
    known = Known(
        GRID,
        dict(zip(begins, tallies, strict=True)),
        dict(zip(begins, aside or [0] * len(counts), strict=True)),
        dict(zip(begins, discarded or [0] * len(counts), strict=True)),
    )
    return weigh(slices, counts, known, waiting=waiting)


def figures(balance: Balance) -> tuple[int, int, int, int]:
    return balance.source, balance.published, balance.aside, balance.missing


def test_rows_are_published_set_aside_or_missing() -> None:
    balance = weighed([5, 7], [5, 6], [0, 2], waiting=3)
    assert figures(balance) == (15, 9, 2, 4)
    assert balance.waiting == 3
    assert balance.short == [Short(Slice(at(10), at(20)), 7, 6)]


def test_rows_that_a_person_gave_up_are_neither_published_nor_missing() -> None:
    balance = weighed([5, 7], [5, 6], [0, 2], [3, 1])
    assert figures(balance) == (12, 5, 2, 1)
    assert balance.discarded == 4
    assert weighed([1], [5], [1], [3]).discarded == 0


def test_rows_that_are_gone_in_one_slice_hide_no_miss_in_another() -> None:
    balance = weighed([2, 7], [5, 6])
    assert figures(balance) == (9, 8, 0, 1)


def test_rows_that_were_set_aside_and_are_gone_are_not_counted() -> None:
    assert figures(weighed([1], [5], [3])) == (1, 0, 1, 0)
    assert figures(weighed([0], [5], [3])) == (0, 0, 0, 0)


def test_a_slice_that_the_store_does_not_know_is_missing_as_a_whole() -> None:
    known = Known(GRID, {}, {})
    assert figures(weigh([Slice(at(0), at(10))], [4], known, waiting=0)) == (4, 0, 0, 4)


def test_a_slice_that_is_cut_off_is_known_by_its_begin_on_the_grid() -> None:
    known = Known(GRID, {at(0): 4}, {at(0): 1})
    balance = weigh([Slice(at(3.5), at(10))], [4], known, waiting=0)
    assert figures(balance) == (4, 3, 1, 0)


def test_slices_that_touch_are_one_stretch() -> None:
    balance = weighed([1, 1, 1, 1], [0, 0, 1, 0])
    assert balance.short == [
        Short(Slice(at(0), at(20)), 2, 0),
        Short(Slice(at(30), at(40)), 1, 0),
    ]


@pytest.mark.parametrize(
    ("watermark", "coverage", "begin"),
    [
        (86_400 + 5, None, 0),
        (86_400 + 5, -50, 0),
        (86_400 + 5, 3.5, 3.5),
    ],
)
def test_rows_are_accounted_for_as_far_back_as_the_sweep_looks(
    watermark: float, coverage: float | None, begin: float
) -> None:
    covered = None
    if coverage is not None:
        covered = at(coverage)
    assert first_time(Progress(at(watermark), covered), GRID, DAY) == at(begin)


def test_before_the_first_start_nothing_is_accounted_for() -> None:
    assert first_time(Progress(None), GRID, DAY) is None
