"""The grid of slices, and what is kept in memory of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.relay.handled import Handled
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import Row, Slice
from tests.relay.doubles import at
from tests.relay.world import RelayWorld

GRID = Grid(timedelta(seconds=10))


def test_a_stretch_is_cut_at_the_grid_and_at_its_own_ends() -> None:
    assert list(GRID.cut(at(4), at(25.5))) == [
        Slice(at(4), at(10)),
        Slice(at(10), at(20)),
        Slice(at(20), at(25.5)),
    ]
    assert list(GRID.cut(at(10), at(10))) == []


@given(st.datetimes(datetime(1001, 1, 1), datetime(2100, 1, 1)), st.integers(1, 10_000_000))
def test_slices_follow_each_other_without_a_gap(begin: datetime, microseconds: int) -> None:
    end = begin + timedelta(microseconds=microseconds)
    slices = list(GRID.cut(begin, end))
    assert (slices[0].begin, slices[-1].end) == (begin, end)
    for before, after in pairwise(slices):
        assert before.end == after.begin == GRID.begin(after.begin)


def test_rows_of_the_newest_time_are_counted_once_no_more_of_it_can_come() -> None:
    handled = Handled(GRID)
    slice = Slice(at(0), at(10))
    handled.add([Row(at(1), "a", ()), Row(at(2), "b", ()), Row(at(2), "c", ())])
    assert handled.count(slice) == 1
    handled.pass_edge()
    assert handled.count(slice) == 3


def test_no_more_keys_are_kept_than_allowed_and_the_oldest_go_first() -> None:
    handled = Handled(GRID, most_keys=4)
    rows = [Row(at(5 * number), f"k{number}", ()) for number in range(10)]
    for row in rows:
        handled.remember(row)
    assert [handled.knows(row) for row in rows] == [False] * 6 + [True] * 4
    assert handled.known == 4


def test_the_newest_slice_keeps_its_keys_however_many_there_are() -> None:
    handled = Handled(GRID, most_keys=4)
    rows = [Row(at(1), f"k{number}", ()) for number in range(10)]
    for row in rows:
        handled.remember(row)
    assert all(handled.knows(row) for row in rows)


def test_what_no_sweep_looks_at_any_more_is_dropped() -> None:
    handled = Handled(GRID)
    handled.remember(Row(at(1), "a", ()))
    handled.remember(Row(at(11), "b", ()))
    handled.forget_before(at(19))
    assert (list(handled.accounts), handled.known) == ([at(10)], 1)


def test_a_clock_that_is_set_back_beyond_all_counts_repeats_rows_once() -> None:
    # Given: rows of three hours, of the first two of which nothing is counted any more
    world = RelayWorld()
    for number in range(36):
        world.source.commit(f"k{number}", number * 300)
        world.cycle(number * 300 + 5)
    for number in range(10):
        world.source.commit(f"again{number}", 3600 + number)
        world.cycle(3603 + number)
    assert {f"again{number}" for number in range(10)} <= world.destination.keys
    assert world.relay.sender.counts.repeats <= 24
