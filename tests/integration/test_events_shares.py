"""PUBLISHER_SHARE changed: nothing is lost, and next to nothing is sent again."""

from __future__ import annotations

import logging

import pytest

from oracle_cdc.events.legs import EventsLeg
from oracle_cdc.events.pipeline import make_leg
from oracle_cdc.events.replay import open_table
from oracle_cdc.mariadb.names import name_discarded
from oracle_cdc.running.repeats import RepeatLimiter
from tests.integration.eventworlds import MOST_BYTES, EventsWorld

#: So that one step of a sweep sees all of it.
QUICK = {"PUBLISHER_RECONCILE_HOURS": "2", "PUBLISHER_SLICE_SECONDS": "120"}
HALVES = ("1/2", "2/2")


def start(world: EventsWorld, share: str) -> EventsLeg:
    """Put a copy with a share in the place of the former one."""
    world.events.close()
    world.events = world.make(PUBLISHER_SHARE=share, **QUICK)
    return make_leg(world.events, RepeatLimiter())


def run(world: EventsWorld, *shares: str) -> int:
    """Run a copy of each share to the end of its rows, and its sweep, and return what was read."""
    read = 0
    for share in shares:
        start(world, share).step()
        world.events.sweep.get().run_once()
        assert world.events.sweep.get().walk is None
        read += world.events.counts.read
    return read


def insert_at(world: EventsWorld, number: int, minutes_ago: int) -> None:
    """Commit a row now that has the time of some minutes ago."""
    world.table.run(
        f"INSERT INTO {world.table.name} (ID, EVENT_TYPE, CREATED_AT) VALUES "
        f"(:1, 'OPENED', SYSTIMESTAMP - NUMTODSINTERVAL({minutes_ago}, 'MINUTE'))",
        number,
    )


def fill(world: EventsWorld) -> int:
    """Commit rows of the last hours, three in each quarter, and return how many."""
    number = 0
    for minutes_ago in range(100, 5, -15):
        for _ in range(3):
            insert_at(world, number, minutes_ago)
            number += 1
    return number


@pytest.mark.parametrize(
    ("before", "after"),
    [(("1/1",), HALVES), (HALVES, ("1/1",)), (HALVES, ("1/3", "2/3", "3/3"))],
    ids=["one-two", "two-one", "two-three"],
)
def test_what_was_published_is_not_read_again(
    events_world: EventsWorld, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    world = events_world
    count = fill(world)
    assert run(world, *before) == count
    # It is committed behind all watermarks while nobody runs, and so are its neighbours unchanged.
    insert_at(world, 1001, 51)
    world.insert(1002)
    read = run(world, *after)
    assert world.in_stream() == [*range(count), 1001, 1002]
    assert 2 <= read <= 2 + 3


def test_it_is_said_where_a_new_share_begins(
    events_world: EventsWorld, caplog: pytest.LogCaptureFixture
) -> None:
    fill(events_world)
    run(events_world, "1/1")
    with caplog.at_level(logging.WARNING):
        run(events_world, *HALVES)
        run(events_world, *HALVES)
    said = [line for line in caplog.messages if "PUBLISHER_SHARE is" in line]
    assert len(said) == 2
    assert "where the former shares (1/1) had come" in said[0]


def test_back_to_the_former_number_goes_on_where_the_others_were(
    events_world: EventsWorld,
) -> None:
    count = fill(events_world)
    run(events_world, "1/1")
    events_world.insert(*range(1000, 1020))
    run(events_world, *HALVES)
    insert_at(events_world, 2000, 3)
    assert run(events_world, "1/1") <= 3
    assert events_world.in_stream() == [*range(count), *range(1000, 1020), 2000]


def test_a_group_of_which_one_is_missing_is_not_followed(events_world: EventsWorld) -> None:
    # They are older than a sweep looks back.
    for number in range(10):
        insert_at(events_world, number, 300)
    run(events_world, "1/2")
    run(events_world, "1/1")
    assert events_world.in_stream() == list(range(10))


def test_a_watermark_that_a_person_set_back_is_not_followed(events_world: EventsWorld) -> None:
    world = events_world
    count = fill(world)
    run(world, "1/1")
    world.schema.set("LAST_SUCCESSFUL_TIME", "2020-01-01 00:00:00")
    assert run(world, *HALVES) == count


def test_rows_that_a_former_share_had_left_are_published(events_world: EventsWorld) -> None:
    world = events_world
    count = fill(world)
    run(world, "1/2")
    insert_at(world, 1001, 20)
    run(world, "2/2")
    insert_at(world, 1002, 20)
    run(world, "1/1")
    assert world.in_stream() == [*range(count), 1001, 1002]


def test_a_pause_keeps_a_new_share_from_beginning(events_world: EventsWorld) -> None:
    world = events_world
    fill(world)
    run(world, "1/1")
    before = world.in_stream()
    name = f"{world.schema.program}#1/2"
    world.schema.administer(
        "INSERT INTO ETL_PRMREC (PROGRAM_NAME, STATUS) VALUES (%s, 'PAUSED')", name
    )
    leg = start(world, "1/2")
    leg.step()
    assert world.in_stream() == before
    world.schema.administer("UPDATE ETL_PRMREC SET STATUS = '' WHERE PROGRAM_NAME = %s", name)
    leg.step()
    assert world.events.counts.read <= 3


@pytest.mark.parametrize(
    ("before", "after"), [(HALVES, ("1/1",)), (("1/1",), HALVES)], ids=["two-one", "one-two"]
)
def test_what_a_former_share_set_aside_is_set_aside_by_the_share_that_has_the_row(
    events_world: EventsWorld, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    world = events_world
    fill(world)
    numbers = range(3000, 3006)
    world.insert(*numbers, text="x" * MOST_BYTES)
    run(world, *before)
    run(world, *after)
    aside = {}
    for share in after:
        start(world, share)
        for row in open_table(world.events).list():
            aside[int(row.key)] = row.reason
        assert open_table(world.events).count() > 0
    assert sorted(aside) == list(numbers)
    assert all("of which the server takes" in reason for reason in aside.values())
    # None of them stays with a former share.
    (found,) = world.schema.administer("SELECT COUNT(*) AS FOUND FROM ETL_SET_ASIDE")
    assert found["FOUND"] == len(numbers)


def test_what_was_discarded_of_a_former_share_counts_so_for_the_share_that_has_the_row(
    events_world: EventsWorld,
) -> None:
    world = events_world
    fill(world)
    numbers = range(3000, 3006)
    world.insert(*numbers, text="x" * MOST_BYTES)
    for share in HALVES:
        run(world, share)
        table = open_table(world.events)
        table.discard([row.key for row in table.list()])
    run(world, "1/1")
    rows = world.schema.administer("SELECT PROGRAM_NAME, ROW_KEY FROM ETL_SET_ASIDE")
    given_up = name_discarded(open_table(world.events).program)
    assert {row["PROGRAM_NAME"] for row in rows} == {given_up}
    assert sorted(int(row["ROW_KEY"]) for row in rows) == list(numbers)
