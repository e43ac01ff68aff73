"""The rows of a stretch once more, whatever fails meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from oracle_cdc.errors import DestinationUnavailable, OracleUnavailable, StoreUnavailable
from oracle_cdc.relay.backfill import Backfill
from oracle_cdc.relay.delivery import Delivery
from oracle_cdc.relay.values import SetAside, Slice
from tests.relay.doubles import MemoryDestination, MemorySource, at, encode


@dataclass
class World:
    """A stretch of a minute, which is read in batches of three rows."""

    source: MemorySource = field(default_factory=MemorySource)
    destination: MemoryDestination = field(default_factory=MemoryDestination)
    aside: list[str] = field(default_factory=list)
    seconds: float = 0.0
    store_fails: bool = False

    def set_aside(self, items: Sequence[SetAside]) -> None:
        if self.store_fails:
            raise StoreUnavailable("down")
        self.aside += [item.key for item in items]

    def backfill(self, rate: float = 0.0) -> Backfill:
        delivery = Delivery(self.destination, encode, max_retries=0, rest=lambda failures: None)
        stretch = Slice(at(0), at(60))
        return Backfill(
            self.source, delivery, self.set_aside, stretch, rate=rate, clock=lambda: self.seconds
        )


@pytest.fixture
def world() -> World:
    return World()


def finish(backfill: Backfill) -> None:
    while not backfill.is_done:
        backfill.step()


def test_every_row_of_the_stretch_is_sent_and_none_beside_it(world: World) -> None:
    for key, seconds in {"before": -0.1, "a": 0, "b": 7, "c": 59.9, "at the end": 60}.items():
        world.source.commit(key, seconds)
    backfill = world.backfill()
    finish(backfill)
    assert world.destination.order == ["a", "b", "c"]
    assert (backfill.counts.read, backfill.counts.published, backfill.fraction) == (3, 3, 1.0)


def test_what_the_destination_knows_is_counted_and_kept_once(world: World) -> None:
    for number in range(4):
        world.source.commit(f"k{number}", number)
    finish(world.backfill())
    world.source.commit("new", 9)
    backfill = world.backfill()
    finish(backfill)
    assert (backfill.counts.read, backfill.counts.published, backfill.counts.repeats) == (5, 1, 4)
    assert world.destination.order == ["k0", "k1", "k2", "k3", "new"]


def test_a_lost_snapshot_is_taken_up_where_it_was_and_no_row_is_sent_twice(world: World) -> None:
    for number in range(4):
        world.source.commit(f"same {number}", 5)
    for number in range(4):
        world.source.commit(f"later {number}", 6 + number)
    world.source.breaks_after = 2
    backfill = world.backfill()
    backfill.step()
    backfill.step()
    with pytest.raises(OracleUnavailable):
        backfill.step()
    assert backfill.cursor == at(7)
    finish(backfill)
    assert (world.destination.sent, backfill.counts.repeats, backfill.counts.published) == (8, 0, 8)


def test_rows_of_one_time_that_lie_in_two_batches_are_all_sent(world: World) -> None:
    for number in range(7):
        world.source.commit(f"same {number}", 5)
    world.source.breaks_after = 1
    backfill = world.backfill()
    backfill.step()
    with pytest.raises(OracleUnavailable):
        backfill.step()
    finish(backfill)
    assert (world.destination.sent, backfill.counts.published) == (7, 7)


def test_what_waits_for_the_destination_comes_with_the_next_step(world: World) -> None:
    for key in ("a", "b", "c"):
        world.source.commit(key, 5)
    world.destination.loses["b"] = False
    backfill = world.backfill()
    with pytest.raises(DestinationUnavailable):
        backfill.step()
    assert backfill.cursor == at(0)
    finish(backfill)
    assert sorted(world.destination.order) == ["a", "b", "c"]
    assert (world.destination.sent, backfill.counts.repeats) == (4, 0)


def test_a_refused_row_is_set_aside_and_the_others_go_on(world: World) -> None:
    world.destination.refuses["b"] = -1
    for number, key in enumerate(("a", "b", "c")):
        world.source.commit(key, number)
    backfill = world.backfill()
    finish(backfill)
    assert (world.aside, world.destination.order) == (["b"], ["a", "c"])
    assert (backfill.counts.read, backfill.counts.published, backfill.counts.aside) == (3, 2, 1)


def test_a_row_that_could_not_be_set_aside_is_not_passed(world: World) -> None:
    world.destination.refuses["b"] = -1
    for number, key in enumerate(("a", "b", "c")):
        world.source.commit(key, number)
    world.store_fails = True
    backfill = world.backfill()
    with pytest.raises(StoreUnavailable):
        backfill.step()
    assert (backfill.cursor, backfill.counts.published, backfill.counts.aside) == (at(0), 2, 0)
    world.store_fails = False
    finish(backfill)
    assert (world.aside, backfill.counts.read) == (["b"], 3)


def test_the_next_batch_waits_as_long_as_the_rate_wants(world: World) -> None:
    for number in range(3):
        world.source.commit(f"k{number}", number)
    assert world.backfill(rate=2.0).step() == pytest.approx(1.5)
    assert world.backfill().step() == 0.0


def test_the_time_that_a_batch_took_is_no_part_of_the_wait(world: World) -> None:
    backfill = world.backfill(rate=2.0)
    world.seconds = 10.0
    assert backfill.pause_after(3, began_at=9.0) == pytest.approx(0.5)
    assert backfill.pause_after(3, began_at=0.0) == 0.0


def test_a_reading_that_is_closed_is_begun_anew(world: World) -> None:
    for number in range(4):
        world.source.commit(f"k{number}", number)
    backfill = world.backfill()
    backfill.step()
    backfill.close()
    assert backfill.reading is None
    finish(backfill)
    assert backfill.counts.published == 4
