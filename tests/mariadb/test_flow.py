"""A relay whose progress is in MariaDB, with the server killed in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from oracle_cdc.errors import StoreUnavailable
from oracle_cdc.relay.values import Event, Outcome
from standins.mariadbserver import MariaDbServer
from tests.mariadb.schema import Schema
from tests.relay.doubles import MemoryDestination, at
from tests.relay.tracking_contract import until_free
from tests.relay.world import RelayWorld


class Killing(MemoryDestination):
    """Kills a server once it has accepted what is sent, before anybody can write that down."""

    victim: MariaDbServer | None = None

    def send(self, events: Sequence[Event]) -> Sequence[Outcome]:
        outcomes = super().send(events)
        if self.victim is not None:
            self.victim.kill()
            self.victim = None
        return outcomes


@pytest.fixture
def destination() -> Killing:
    return Killing()


@pytest.fixture
def world(schema: Schema, destination: Killing) -> RelayWorld:
    return RelayWorld(destination=destination, tracking=schema.tracking(), program=schema.program)


def commit(world: RelayWorld, *seconds: int) -> None:
    for each in seconds:
        world.source.commit(str(each), each)


def new_copy(world: RelayWorld, schema: Schema) -> None:
    """Put another process in the place of the first."""
    world.tracking.close()
    world.tracking = schema.tracking()
    until_free(world.tracking, schema.program)
    world.restart()


def test_rows_go_on_where_they_were_when_the_server_comes_back(
    schema: Schema, world: RelayWorld
) -> None:
    commit(world, 1, 2, 3)
    world.cycle(10)
    schema.server.kill()
    commit(world, 11, 12)
    with pytest.raises(StoreUnavailable):
        world.cycle(20)
    schema.server.start()
    commit(world, 4)
    assert world.cycle(30)
    assert sorted(map(int, world.destination.order)) == [1, 2, 3, 4, 11, 12]
    assert world.relay.sender.counts.repeats == 0


def test_a_server_that_is_killed_between_the_acks_and_the_save_loses_nothing(
    schema: Schema, world: RelayWorld, destination: Killing
) -> None:
    commit(world, 1, 2)
    world.cycle(10)
    commit(world, 11, 12, 13)
    destination.victim = schema.server
    with pytest.raises(StoreUnavailable):
        world.cycle(20)
    schema.server.start()
    new_copy(world, schema)
    world.cycle(30)
    assert world.destination.keys == {"1", "2", "11", "12", "13"}
    assert world.relay.sender.counts.repeats == 3
    assert schema.exact() == at(28)


def test_a_new_copy_repeats_nothing_and_finds_what_came_late(
    schema: Schema, world: RelayWorld
) -> None:
    commit(world, 1, 2, 11, 12)
    world.cycle(20)
    new_copy(world, schema)
    commit(world, 3)
    world.cycle(30)
    assert world.destination.order == ["1", "2", "11", "12", "3"]
    # Of the slice with the late row nothing is known but how many rows it had.
    assert world.relay.sender.counts.repeats == 2


def test_a_person_who_sets_it_back_gets_everything_again(schema: Schema, world: RelayWorld) -> None:
    commit(world, 1, 2, 11, 12)
    world.cycle(20)
    schema.set("LAST_SUCCESSFUL_TIME", at(0))
    world.cycle(30)
    world.cycle(40)
    assert world.relay.sender.counts.repeats == 4
    assert schema.exact() == at(38)


def test_a_person_who_pauses_it_finds_it_where_it_was(schema: Schema, world: RelayWorld) -> None:
    commit(world, 1)
    world.cycle(10)
    schema.set("STATUS", "PAUSED")
    commit(world, 11)
    world.cycle(20)
    assert not world.cycle(30)
    assert world.destination.order == ["1"]
    schema.set("STATUS", "RUNNING")
    assert world.cycle(40)
    assert world.destination.order == ["1", "11"]
    assert schema.row()["STATUS"] == "SUCCESS"
