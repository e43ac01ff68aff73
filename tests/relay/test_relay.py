"""Rows by counted slices: none lost, none repeated, whatever fails."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import (
    DestinationUnavailable,
    HeldElsewhere,
    OracleUnavailable,
    StoreUnavailable,
)
from tests.relay.doubles import MemorySource, MemoryTracking, at
from tests.relay.world import RelayWorld


def commit_many(source: MemorySource, keys: range, every: float = 1.0) -> None:
    for number in keys:
        source.commit(f"k{number:05}", number * every)


def test_rows_leave_in_the_order_of_their_time() -> None:
    world = RelayWorld()
    world.source.commit("b", 3)
    world.source.commit("c", 3)
    world.source.commit("a", 5)
    world.cycle(10)
    assert world.destination.order == ["b", "c", "a"]
    assert world.tracking.progress.watermark == at(8)
    assert world.tracking.progress.records == 3


def test_rows_younger_than_the_settle_time_are_not_read_yet() -> None:
    world = RelayWorld()
    world.source.commit("a", 8.5)
    world.cycle(10)
    assert world.destination.order == []
    world.cycle(11)
    assert world.destination.order == ["a"]


def test_a_row_that_is_committed_late_is_found_by_the_count_of_its_slice() -> None:
    world = RelayWorld()
    world.source.commit("a", 3)
    world.cycle(20)
    world.source.commit("late", 4)
    world.cycle(30)
    assert world.destination.order == ["a", "late"]
    assert world.destination.sent == 2
    assert world.relay.sender.counts.late == 1


def test_a_row_that_is_committed_late_at_the_watermark_itself_is_found() -> None:
    world = RelayWorld()
    world.cycle(10)
    world.source.commit("late", 8)
    world.source.commit("later", 7.999999)
    world.cycle(20)
    assert world.destination.keys == {"late", "later"}


def test_an_idle_cycle_reads_no_row() -> None:
    world = RelayWorld()
    commit_many(world.source, range(50))
    world.cycle(60)
    read = world.source.rows_read
    for seconds in range(61, 70):
        world.cycle(seconds)
    assert world.source.rows_read == read


def test_equal_times_across_the_limit_of_a_cycle_are_sent_once_each() -> None:
    world = RelayWorld(max_rows=5)
    for number in range(40):
        world.source.commit(f"k{number:02}", 3)
    world.source.commit("last", 4)
    world.cycle(20)
    world.cycle(21)
    assert (len(world.destination.keys), world.destination.sent) == (41, 41)


def test_a_cycle_ends_at_its_limit_and_the_next_goes_on_there() -> None:
    world = RelayWorld(max_rows=6)
    commit_many(world.source, range(20))
    world.cycle(60)
    assert len(world.destination.order) == 6
    assert world.tracking.progress.watermark == at(6)
    world.cycle(61)
    assert len(world.destination.order) == 12


def test_a_snapshot_that_breaks_goes_on_where_all_was_accepted() -> None:
    world = RelayWorld()
    commit_many(world.source, range(10))
    world.source.breaks_after = 2
    with pytest.raises(OracleUnavailable):
        world.cycle(60)
    assert len(world.destination.order) == 6
    world.cycle(61)
    assert (len(world.destination.order), world.destination.sent) == (10, 10)


def test_the_watermark_never_passes_a_row_that_has_no_answer() -> None:
    world = RelayWorld()
    commit_many(world.source, range(3))
    world.destination.loses["k00001"] = False
    with pytest.raises(DestinationUnavailable):
        world.cycle(60)
    assert world.relay.position.reached.watermark == at(0)
    world.cycle(61)
    assert world.destination.order == ["k00000", "k00002", "k00001"]
    assert world.destination.sent == 4


def test_a_lost_answer_to_a_row_that_was_kept_makes_no_second_one() -> None:
    world = RelayWorld()
    commit_many(world.source, range(3))
    world.destination.loses["k00001"] = True
    with pytest.raises(DestinationUnavailable):
        world.cycle(60)
    world.cycle(61)
    assert world.destination.order == ["k00000", "k00001", "k00002"]
    assert world.relay.sender.counts.repeats == 1


def test_a_refused_row_is_set_aside_after_its_retries_and_the_rest_flows() -> None:
    world = RelayWorld(max_retries=2)
    commit_many(world.source, range(3))
    world.destination.refuses["k00001"] = -1
    world.cycle(60)
    assert world.destination.keys == {"k00000", "k00002"}
    item = world.tracking.aside["k00001"]
    assert (item.reason, item.attempts) == ("too large", 3)
    assert world.waits == [0, 1]
    world.cycle(61)
    assert world.destination.sent == 5


def test_no_retries_means_one_try() -> None:
    world = RelayWorld(max_retries=0)
    world.source.commit("a", 1)
    world.source.commit("b", 1)
    world.destination.refuses["a"] = -1
    world.cycle(60)
    assert (world.destination.keys, set(world.tracking.aside)) == ({"b"}, {"a"})


def test_a_row_that_no_event_can_be_made_of_is_set_aside_at_once() -> None:
    world = RelayWorld()
    world.source.commit("a", 1, "no event")
    world.cycle(60)
    assert world.tracking.aside["a"].attempts == 0
    assert world.tracking.progress.watermark == at(58)


def test_a_row_set_aside_does_not_count_as_missing() -> None:
    world = RelayWorld()
    world.source.commit("a", 1, "no event")
    world.cycle(20)
    world.cycle(30)
    assert world.relay.sender.counts.aside == 1


def test_a_clean_restart_repeats_nothing() -> None:
    world = RelayWorld()
    commit_many(world.source, range(30), every=0.5)
    world.cycle(20)
    world.restart()
    world.cycle(21)
    assert world.destination.sent == 30


def test_a_late_row_after_a_restart_repeats_its_slice_alone() -> None:
    world = RelayWorld()
    commit_many(world.source, range(30))
    world.cycle(60)
    world.restart()
    world.source.commit("late", 5)
    world.cycle(61)
    assert len(world.destination.order) == 31
    assert world.relay.sender.counts.repeats == 10


def test_a_save_that_failed_and_was_written_all_the_same_repeats_nothing() -> None:
    world = RelayWorld()
    world.cycle(0)
    commit_many(world.source, range(9))
    # Given: the first save after a restart is that of rows which were sent
    world.restart()
    world.tracking.fails = [True]
    with pytest.raises(StoreUnavailable):
        world.cycle(60)
    world.source.commit("late", 0.5)
    world.cycle(61)
    assert (len(world.destination.order), world.destination.sent) == (10, 10)


def test_rows_that_are_gone_are_noted_and_hide_no_late_one() -> None:
    world = RelayWorld()
    commit_many(world.source, range(5))
    world.cycle(20)
    del world.source.rows["k00002"]
    world.cycle(21)
    assert world.relay.sender.counts.gone == 1
    world.source.commit("late", 2)
    world.cycle(22)
    assert "late" in world.destination.keys


def test_a_watermark_that_a_person_sets_back_is_a_replay() -> None:
    world = RelayWorld()
    commit_many(world.source, range(30))
    world.cycle(60)
    world.tracking.move(at(15))
    world.cycle(61)
    world.cycle(62)
    # Then: from the begin of its slice on
    assert world.destination.sent == 30 + 20
    assert len(world.destination.order) == 30
    assert world.tracking.progress.watermark == at(60)


def test_a_watermark_that_a_person_sets_ahead_skips_what_it_passes() -> None:
    world = RelayWorld()
    world.cycle(10)
    commit_many(world.source, range(10, 30))
    world.tracking.move(at(20))
    world.cycle(60)
    world.cycle(61)
    world.cycle(62)
    assert world.destination.order[0] == "k00020"


def test_while_a_person_pauses_it_nothing_is_sent() -> None:
    world = RelayWorld()
    world.source.commit("a", 1)
    paused = MemoryTracking().progress
    world.tracking.progress = type(paused)(at(0), coverage=at(0), is_paused=True)
    assert not world.cycle(60)
    assert world.destination.order == []
    world.tracking.progress = type(paused)(at(0), coverage=at(0))
    assert world.cycle(61)
    assert world.destination.order == ["a"]


def test_a_copy_without_the_lock_sends_nothing() -> None:
    world = RelayWorld()
    world.source.commit("a", 1)
    world.tracking.is_held = True
    with pytest.raises(HeldElsewhere):
        world.cycle(60)
    assert world.destination.sent == 0


def test_counts_that_a_move_makes_wrong_hide_no_row_from_the_next_copy() -> None:
    world = RelayWorld()
    commit_many(world.source, range(3))
    world.cycle(20)
    world.tracking.move(at(5))
    world.source.rows.clear()
    for seconds in (30, 40, 41):
        world.cycle(seconds)
    world.restart()
    world.source.commit("late", 4)
    world.cycle(42)
    assert "late" in world.destination.keys


def test_a_clock_that_is_set_back_loses_nothing_and_repeats_nothing() -> None:
    world = RelayWorld()
    commit_many(world.source, range(100))
    world.cycle(200)
    # Then: rows come whose times lie behind the watermark, as in the hour that comes twice
    world.cycle(100)
    world.source.commit("again", 101)
    world.cycle(104)
    assert world.relay.position.reached.watermark == at(198)
    assert "again" in world.destination.keys
    assert world.destination.sent == 101


def test_a_first_start_at_now_leaves_older_rows_alone() -> None:
    world = RelayWorld(start=None)
    world.source.commit("old", 50)
    world.cycle(60)
    world.source.commit("new", 60)
    world.cycle(70)
    world.cycle(71)
    assert world.destination.order == ["new"]
