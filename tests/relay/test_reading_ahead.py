"""A batch is read while the one before it is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from oracle_cdc.errors import DestinationUnavailable, OracleUnavailable
from oracle_cdc.relay.values import Event, Outcome, Row, Slice
from tests.relay.doubles import MemoryDestination, MemorySource, at
from tests.relay.world import RelayWorld

#: Only who waits in vain waits for this long.
PATIENCE_SECONDS = 20.0


class MeetingSource(MemorySource):
    """Brings its second batch only while the first is being sent."""

    def __init__(self, meeting: threading.Barrier) -> None:
        super().__init__()
        self.batch_size = 2
        self.meeting = meeting

    @contextmanager
    def read(self, stretch: Slice) -> Iterator[Iterator[Sequence[Row]]]:
        with super().read(stretch) as batches:
            yield self.meet(batches)

    def meet(self, batches: Iterator[Sequence[Row]]) -> Iterator[Sequence[Row]]:
        yield next(batches)
        self.meeting.wait(PATIENCE_SECONDS)
        yield from batches


class MeetingDestination(MemoryDestination):
    """Takes what it is sent first only while the next is being read."""

    meeting: threading.Barrier

    def send(self, events: Sequence[Event]) -> Sequence[Outcome]:
        if not self.order:
            self.meeting.wait(PATIENCE_SECONDS)
        return super().send(events)


def commit_four(source: MemorySource) -> None:
    for number in range(4):
        source.commit(f"k{number}", number)


def test_the_next_rows_are_read_while_the_former_are_sent() -> None:
    meeting = threading.Barrier(2)
    destination = MeetingDestination()
    destination.meeting = meeting
    world = RelayWorld(source=MeetingSource(meeting), destination=destination)
    commit_four(world.source)
    world.cycle(10)
    assert destination.order == ["k0", "k1", "k2", "k3"]


def test_what_was_sent_is_written_down_when_the_next_read_breaks() -> None:
    world = RelayWorld()
    world.source.batch_size = 2
    commit_four(world.source)
    world.source.breaks_after = 1
    with pytest.raises(OracleUnavailable):
        world.cycle(10)
    assert world.tracking.progress.watermark == at(1)
    assert world.destination.order == ["k0", "k1"]


def test_a_read_that_is_under_way_ends_before_the_cycle_does() -> None:
    world = RelayWorld()
    world.source.batch_size = 2
    commit_four(world.source)
    world.destination.is_down = True
    with pytest.raises(DestinationUnavailable):
        world.cycle(10)
    assert world.source.rows_read == 4
    world.destination.is_down = False
    world.cycle(11)
    assert world.destination.order == ["k0", "k1", "k2", "k3"]
