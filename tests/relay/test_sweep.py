"""The sweep finds what came later than any overlap, and says how source and stream compare."""

from __future__ import annotations

import logging

import pytest

from oracle_cdc.errors import DestinationUnavailable
from oracle_cdc.relay.sweep import Sweep
from oracle_cdc.relay.values import Slice
from oracle_cdc.running.chore import Result
from tests.relay.doubles import at
from tests.relay.world import RelayWorld


def sweep_to_its_end(sweep: Sweep) -> Result:
    result = sweep.run_once()
    while sweep.walk is not None:
        result = sweep.run_once()
    return result


def far_world() -> RelayWorld:
    """Make a world whose rows lie far behind the overlap."""
    world = RelayWorld(overlap_seconds=60)
    for number in range(50):
        world.source.commit(f"k{number:02}", number * 20.0)
    world.cycle(1200)
    return world


def test_a_row_that_comes_later_than_the_overlap_is_found_by_the_sweep() -> None:
    world = far_world()
    world.source.commit("late", 401)
    world.cycle(1210)
    assert "late" not in world.destination.keys
    sweep = world.make_sweep()
    result = sweep_to_its_end(sweep)
    assert "late" in world.destination.keys
    assert world.destination.sent == 51
    assert (result.level, result.next_seconds) == (logging.WARNING, 900)


def test_a_sweep_says_what_the_source_holds_and_what_was_missing() -> None:
    world = far_world()
    world.source.commit("late", 401)
    sweep = world.make_sweep()
    sweep_to_its_end(sweep)
    balance = sweep.balance
    assert balance is not None
    assert (balance.source, balance.handled, balance.missing) == (51, 50, 1)
    sweep_to_its_end(sweep)
    balance = sweep.balance
    assert balance is not None
    assert (balance.source, balance.handled, balance.missing) == (51, 51, 0)


def test_a_sweep_in_which_a_call_is_lost_counts_each_row_once() -> None:
    world = far_world()
    world.source.commit("late", 401)
    world.source.commit("later", 601)
    world.destination.loses["later"] = False
    sweep = world.make_sweep()
    with pytest.raises(DestinationUnavailable):
        sweep.run_once()
    result = sweep_to_its_end(sweep)
    balance = sweep.balance
    assert balance is not None
    assert (balance.source, balance.handled, balance.missing) == (52, 50, 2)
    assert "2 came late and were sent now" in result.report


def test_a_sweep_goes_on_in_steps_of_a_hundred_slices() -> None:
    world = far_world()
    sweep = world.make_sweep()
    looks = world.source.looks
    assert sweep.run_once().next_seconds == 1
    assert sweep.run_once().next_seconds == 900
    assert world.source.looks == looks + 2


@pytest.mark.parametrize("begins_at", [0, 1000])
def test_a_sweep_looks_at_nothing_from_before_the_start_of_coverage(begins_at: int) -> None:
    world = RelayWorld(start=at(begins_at))
    world.source.commit("old", 500)
    world.cycle(1200)
    sweep = world.make_sweep()
    sweep_to_its_end(sweep)
    balance = sweep.balance
    assert balance is not None
    assert balance.source == (begins_at == 0)


def test_a_sweep_waits_for_the_first_cycle() -> None:
    sweep = RelayWorld().make_sweep()
    assert sweep.run_once().waits_for == "the first cycle"


def test_a_new_copy_sends_nothing_again_of_a_slice_that_the_sweep_sees_in_part() -> None:
    world = RelayWorld()
    world.source.commit("old", 3)
    world.cycle(60)
    world.source.commit("new", 3600)
    # An hour behind the watermark lies in the middle of the first slice.
    world.cycle(3608)
    world.restart()
    world.cycle(3609)
    sweep_to_its_end(world.make_sweep())
    assert world.destination.sent == 2


def test_the_last_slice_of_a_sweep_is_as_whole_as_what_was_handled_of_it() -> None:
    # Given: a sweep that began in the middle of a slice, which the watermark has left since
    world = far_world()
    world.source.commit("before", 1205)
    world.cycle(1209)
    sweep = world.make_sweep()
    sweep.run_once()
    world.source.commit("after", 1208)
    world.cycle(1220)

    sweep_to_its_end(sweep)

    assert world.relay.sender.counts.gone == 0
    assert world.relay.handled.count(Slice(at(1200), at(1210))) == 2


def test_a_sweep_sends_nothing_that_a_person_skips_meanwhile() -> None:
    world = far_world()
    sweep = world.make_sweep()
    sweep.run_once()
    world.source.commit("skipped", 1100)
    world.tracking.move(at(1210))
    world.cycle(1220)
    world.cycle(1221)

    sweep_to_its_end(sweep)

    assert "skipped" not in world.destination.keys
    assert world.destination.sent == 50
