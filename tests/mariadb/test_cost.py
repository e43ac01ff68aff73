"""How often MariaDB is asked: its own count of this session's statements."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oracle_cdc.mariadb.tracking import MariaDbTracking
from oracle_cdc.relay.values import SetAside, Tally
from tests.mariadb.schema import Schema
from tests.relay.tracking_contract import EXACT, LONG_AGO, REACHED, tally
from tests.relay.world import RelayWorld


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracking(schema: Schema, clock: Clock) -> MariaDbTracking:
    """Return a copy that has begun, and forgotten old slices just now."""
    tracking = MariaDbTracking(schema.database(), clock)
    tracking.begin(schema.program)
    tracking.save(REACHED, [tally(0, 1)], forget=LONG_AGO)
    return tracking


def asked(tracking: MariaDbTracking) -> int:
    """Return how many statements the session has sent before this one."""
    connection = tracking.database.connection
    assert connection is not None
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Questions'")
        (row,) = cursor.fetchall()
    # It counts itself.
    return int(row[1]) - 1


def test_a_save_without_tallies_is_one_round_trip(tracking: MariaDbTracking) -> None:
    before = asked(tracking)
    tracking.save(REACHED, [], forget=LONG_AGO)
    assert asked(tracking) - before == 1 + 1


def test_a_save_of_thousands_of_tallies_is_four_round_trips(tracking: MariaDbTracking) -> None:
    tallies: list[Tally] = []
    for number in range(5000):
        tallies.append(tally(10.0 * number, 1))
    before = asked(tracking)
    tracking.save(REACHED, tallies, forget=LONG_AGO)
    assert asked(tracking) - before == 1 + 4


def test_thousands_of_rows_are_set_aside_in_one_round_trip(tracking: MariaDbTracking) -> None:
    items: list[SetAside] = []
    for number in range(5000):
        items.append(SetAside(str(number), EXACT, "too large", 1))
    before = asked(tracking)
    tracking.set_aside(items)
    assert asked(tracking) - before == 1 + 1


def test_old_slices_are_deleted_once_a_minute_at_most(
    schema: Schema, tracking: MariaDbTracking, clock: Clock
) -> None:
    later = EXACT + timedelta(days=1)
    tracking.save(REACHED, [tally(0, 2)], forget=later)
    assert len(tracking.read_tallies()) == 1
    clock.seconds = 59.9
    tracking.save(REACHED, [tally(0, 3)], forget=later)
    assert len(tracking.read_tallies()) == 1
    clock.seconds = 60.0
    tracking.save(REACHED, [tally(0, 4)], forget=later)
    assert tracking.read_tallies() == {}
    assert schema.exact() == EXACT


def test_an_idle_cycle_of_a_relay_is_one_round_trip(schema: Schema) -> None:
    tracking = schema.tracking()
    world = RelayWorld(tracking=tracking, program=schema.program)
    world.source.commit("1", 1)
    world.cycle(10)
    before = asked(tracking)
    for seconds in (20, 30, 40):
        world.cycle(seconds)
    assert asked(tracking) - before == 1 + 3
