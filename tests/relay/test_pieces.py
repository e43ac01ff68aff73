"""Late rows are looked for in the pieces of a slice that have other counts than are known."""

from __future__ import annotations

from collections.abc import Container

import pytest

from oracle_cdc.errors import DestinationUnavailable
from oracle_cdc.relay.values import Row, Slice
from tests.relay.doubles import MemorySource, Reading, at
from tests.relay.world import RelayWorld


class WatchedSource(MemorySource):
    """Notes in which stretches unknown rows are looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.stretches: list[Slice] = []

    def read_others(self, stretch: Slice, known: Container[str]) -> Reading:
        self.stretches.append(stretch)
        return super().read_others(stretch, known)


def stretch(begin: float, end: float) -> Slice:
    return Slice(at(begin), at(end))


@pytest.fixture
def source() -> WatchedSource:
    source = WatchedSource()
    for number in range(40):
        source.commit(f"k{number:02}", number / 2)
    return source


@pytest.fixture
def world(source: WatchedSource) -> RelayWorld:
    world = RelayWorld(source=source)
    world.cycle(25)
    return world


def test_only_the_piece_of_a_late_row_is_read(world: RelayWorld, source: WatchedSource) -> None:
    source.commit("late", 13.7)
    world.cycle(30)
    assert source.stretches == [stretch(13, 14)]
    assert "late" in world.destination.keys
    assert world.relay.sender.counts.late == 1
    assert world.destination.sent == 41


def test_a_piece_ends_where_the_watermark_is(source: WatchedSource) -> None:
    world = RelayWorld(source=source)
    world.cycle(15.6)
    source.commit("late", 13.2)
    world.cycle(15.7)
    assert source.stretches == [stretch(13, 13.6)]
    assert "late" in world.destination.keys


def test_a_piece_begins_where_the_coverage_does(source: WatchedSource) -> None:
    world = RelayWorld(source=source, start=at(3.4))
    world.cycle(25)
    source.commit("late", 3.9)
    source.commit("before", 3.3)
    world.cycle(26)
    assert source.stretches == [stretch(3.4, 4)]
    assert "late" in world.destination.keys
    assert "before" not in world.destination.keys


def test_a_late_row_in_the_place_of_one_that_is_gone_is_looked_for_in_the_whole_slice(
    world: RelayWorld, source: WatchedSource
) -> None:
    del source.rows["k26"]
    world.cycle(26)
    source.commit("late", 13.2)
    world.cycle(27)
    assert source.stretches == [stretch(10, 20)]
    assert "late" in world.destination.keys


def test_a_copy_that_knows_no_keys_reads_the_whole_slice(
    world: RelayWorld, source: WatchedSource
) -> None:
    world.restart()
    source.commit("late", 13.7)
    world.cycle(30)
    assert source.stretches == [stretch(10, 20)]
    assert "late" in world.destination.keys
    assert world.destination.keys == source.rows.keys()


def test_a_slice_whose_keys_were_forgotten_is_read_as_a_whole(source: WatchedSource) -> None:
    world = RelayWorld(source=source)
    world.relay.handled.most_keys = 25
    world.cycle(25)
    source.commit("late", 3.2)
    source.commit("later", 13.2)
    world.cycle(30)
    assert source.stretches == [stretch(0, 10), stretch(13, 14)]
    assert {"late", "later"} <= world.destination.keys


def test_a_row_that_was_sent_ahead_of_the_watermark_stands_for_no_late_row() -> None:
    # Given: of the slice's first row a new copy has no key, and knows one ahead of the watermark
    world = RelayWorld()
    world.source.commit("first", 0.5)
    world.cycle(4)
    world.restart()
    world.source.commit("ahead", 5.5)
    world.source.commit("unanswered", 5.6)
    world.destination.loses["unanswered"] = False
    with pytest.raises(DestinationUnavailable):
        world.cycle(8)
    # When: a late row comes into the piece of that one
    world.source.commit("late", 5.2)
    world.cycle(9)
    assert "late" in world.destination.keys


def test_rows_that_others_handled_are_not_known_by_their_keys() -> None:
    handled = RelayWorld().relay.handled
    handled.correct(stretch(0, 10), 3)
    handled.remember(Row(at(4), "ahead", ()))
    assert handled.pieces(stretch(0, 10)) == []
