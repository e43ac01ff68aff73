"""A replay of rows that were set aside: what is deleted there, and what stays."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from oracle_cdc.errors import DestinationUnavailable
from oracle_cdc.events.replay import Replay
from oracle_cdc.mariadb.set_aside import AsideRow
from oracle_cdc.relay.delivery import Delivery
from tests.relay.doubles import MemoryDestination, MemorySource, at, encode


class Kept:
    """What is set aside, as its table has it: reasons by keys."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, int]] = {}

    def remove(self, keys: Iterable[str]) -> int:
        return sum(self.rows.pop(key, None) is not None for key in keys)

    def keep(self, key: str, reason: str, attempts: int) -> None:
        self.rows[key] = reason, attempts


class World:
    """Rows of one time, some of which are set aside."""

    def __init__(self) -> None:
        self.source = MemorySource()
        self.destination = MemoryDestination()
        self.kept = Kept()
        delivery = Delivery(self.destination, encode, max_retries=0, rest=lambda failures: None)
        self.replay = Replay(self.source, delivery, self.kept)  # type: ignore[arg-type]

    def aside(self, *keys: str) -> list[AsideRow]:
        rows = []
        for key in keys:
            self.kept.rows[key] = "too large", 1
            rows.append(AsideRow(key, key, at(5), "too large", 1, None))
        return rows


@pytest.fixture
def world() -> World:
    world = World()
    for number in range(30):
        world.source.commit(f"k{number:02}", 5)
    return world


def test_the_rest_of_a_time_is_not_read_once_all_are_found(world: World) -> None:
    (replayed,) = world.replay.run(world.aside("k01"))

    assert replayed.is_done
    assert (world.destination.order, world.source.rows_read) == (["k01"], 3)


def test_what_was_not_acknowledged_stays_set_aside(world: World) -> None:
    rows = world.aside("k00", "k01", "k02")
    world.destination.loses["k01"] = False
    done = []

    with pytest.raises(DestinationUnavailable):
        for replayed in world.replay.run(rows):
            done.append(replayed.row.key)

    assert done == ["k00", "k02"]
    assert world.kept.rows == {"k01": ("too large", 1)}


def test_a_row_that_no_event_can_be_made_of_is_kept_with_an_attempt_more(world: World) -> None:
    world.source.commit("odd", 5, "no event")

    (replayed,) = world.replay.run(world.aside("odd"))

    assert not replayed.is_done
    assert world.kept.rows == {"odd": ("no event can be made of it", 1)}
    assert str(world.replay.read_body(replayed.row)) == "no event can be made of it"


def test_a_key_with_a_blank_at_its_end_is_found_as_a_former_version_wrote_it(world: World) -> None:
    world.source.commit("k ", 5)
    (row,) = world.aside("k ")

    assert world.replay.read_body(row) is not None
    (replayed,) = world.replay.run([row])

    assert (replayed.is_done, world.kept.rows) == (True, {})


def test_a_row_of_a_former_version_that_is_refused_again_is_kept_once(world: World) -> None:
    world.source.commit("k ", 5, "no event")

    (replayed,) = world.replay.run(world.aside("k "))

    assert not replayed.is_done
    assert world.kept.rows == {"k ": ("no event can be made of it", 1)}


def test_rows_of_several_times_are_each_found_at_theirs(world: World) -> None:
    world.source.commit("late", 9)
    late = AsideRow("late", "late", at(9), "too large", 1, None)
    moved = AsideRow("k05", "k05", at(9), "too large", 1, None)

    found = list(world.replay.run([*world.aside("k07"), late, moved]))

    assert [(each.row.key, each.is_done) for each in found] == [
        ("k07", True),
        ("late", True),
        ("k05", False),
    ]
