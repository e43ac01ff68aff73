"""The rows before the watermark are counted first, so that nothing is read where there are none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.relay.values import Look, Slice
from tests.relay.doubles import MemorySource, Reading
from tests.relay.world import RelayWorld

DAY = 86_400


class CountingSource(MemorySource):
    """Counts the reads, and keeps what it was last asked to count."""

    reads = 0
    asked: Sequence[Slice] = ()

    def look(self, slices: Sequence[Slice]) -> Look:
        self.asked = slices
        return super().look(slices)

    def read(self, stretch: Slice) -> Reading:
        self.reads += 1
        return super().read(stretch)


def test_a_cycle_without_new_rows_reads_nothing_and_moves_on() -> None:
    source = CountingSource()
    world = RelayWorld(source=source)
    world.source.commit("1", 1)
    world.cycle(10)
    before = source.reads
    for seconds in (20, 30, 40):
        world.cycle(seconds)
    assert source.reads == before
    world.source.commit("2", 39)
    world.cycle(50)
    assert world.destination.order == ["1", "2"]


def test_a_row_too_young_to_be_read_is_read_by_a_later_cycle() -> None:
    world = RelayWorld()
    world.cycle(10)
    world.source.commit("young", 19)
    world.cycle(20)
    assert world.destination.order == []
    world.cycle(30)
    assert world.destination.order == ["young"]


def test_what_came_further_ahead_than_is_counted_is_read_all_the_same() -> None:
    world = RelayWorld()
    world.cycle(10)
    world.source.commit("after a long pause", 2 * DAY)
    world.cycle(3 * DAY)
    assert world.destination.order == ["after a long pause"]


def test_a_backlog_is_not_counted() -> None:
    source = CountingSource()
    world = RelayWorld(source=source, max_rows=5)
    for number in range(30):
        world.source.commit(str(number), number)
    world.cycle(60)
    world.cycle(61)
    watermark = world.relay.position.reached.watermark
    assert watermark is not None
    assert all(each.end <= watermark for each in source.asked)


def test_after_a_read_that_broke_nothing_is_counted_ahead() -> None:
    source = CountingSource()
    world = RelayWorld(source=source)
    world.cycle(10)
    for number in range(11, 30):
        world.source.commit(str(number), number)
    source.breaks_after = 1
    with pytest.raises(OracleUnavailable):
        world.cycle(40)
    source.breaks_after = None
    watermark = world.relay.position.reached.watermark
    assert watermark is not None
    world.cycle(41)
    assert all(each.end <= watermark for each in source.asked)
    assert len(world.destination.keys) == 19
