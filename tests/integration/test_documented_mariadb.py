"""Every statement for MariaDB that the documents print runs as it stands, and does what is said."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests import documents
from tests.integration.eventworlds import MOST_BYTES, EventsWorld

PROGRAM = "M_INTIMECASEAGENT"


def printed() -> dict[str, list[str]]:
    """Return the statements of each block by its first comment."""
    found = {}
    for block in documents.blocks(documents.everything(), "mariadb"):
        title, _, text = block.partition("\n")
        statements = []
        for statement in text.split(";"):
            if statement.strip():
                statements.append(statement.strip())
        found[title.removeprefix("-- ")] = statements
    return found


PRINTED = printed()


@pytest.fixture
def world(events_world: EventsWorld) -> EventsWorld:
    """Give a copy of the program that the documents name, which has published three rows."""
    events_world.schema.program = PROGRAM
    events_world.restart()
    events_world.insert(1, 2, 3)
    events_world.drain()
    return events_world


def run(world: EventsWorld, title: str) -> list[dict[str, Any]]:
    """Run a block, and return the rows of its last statement."""
    rows: list[dict[str, Any]] = []
    for statement in PRINTED[title]:
        rows = world.schema.administer(statement)
    return rows


def moved_to(world: EventsWorld) -> datetime:
    time = world.schema.row()["LAST_SUCCESSFUL_TIME"]
    assert isinstance(time, datetime)
    return time


def test_the_documents_print_statements_for_mariadb() -> None:
    assert len(PRINTED) >= 8
    titled = re.findall("^```mariadb$", documents.everything(), re.MULTILINE)
    assert len(PRINTED) == len(titled)


@pytest.mark.parametrize("title", sorted(PRINTED))
def test_a_statement_of_the_documents_runs(world: EventsWorld, title: str) -> None:
    run(world, title)


def test_it_shows_how_far_the_program_is(world: EventsWorld) -> None:
    (row,) = run(world, "How far is it, and what went wrong")
    assert (row["PROGRAM_NAME"], row["STATUS"], row["RECORDS_PROCESSED"]) == (PROGRAM, "SUCCESS", 3)
    assert row["SECONDS_SINCE_RUN"] >= 0


def test_it_shows_what_was_set_aside_and_why(world: EventsWorld) -> None:
    world.insert(4, 5, text="x" * MOST_BYTES)
    world.drain()
    (row,) = run(world, "What was set aside, by reason")
    assert row["HOW_MANY"] == 2
    assert "bytes with its headers" in row["REASON"]


def test_it_shows_how_many_rows_were_published(world: EventsWorld) -> None:
    rows = run(world, "How many rows were published in each of the last hours")
    assert sum(row["HOW_MANY"] for row in rows) == 3


def test_a_pause_stops_the_rows_and_ends(world: EventsWorld) -> None:
    relay = world.events.relay.get()
    run(world, "Pause events")
    world.insert(4)
    relay.run_cycle()
    assert relay.run_cycle() is False
    assert world.in_stream() == [1, 2, 3]
    run(world, "Let events go on")
    world.drain()
    assert world.in_stream() == [1, 2, 3, 4]


def test_the_last_hour_is_published_again_and_known_by_its_ids(world: EventsWorld) -> None:
    before = moved_to(world)
    run(world, "Publish the last hour again")
    assert before - moved_to(world) == timedelta(hours=1)
    world.drain()
    world.drain()
    assert world.events.relay.get().sender.counts.repeats == 3
    assert world.in_stream() == [1, 2, 3]


def test_what_is_older_is_skipped_and_nothing_is_set_back(world: EventsWorld) -> None:
    title = "Skip what is older than a time"
    skipped = re.search(r"= '(.*?)'", PRINTED[title][0])
    assert skipped
    aim = datetime.fromisoformat(skipped[1])
    world.schema.set("LAST_SUCCESSFUL_TIME", aim - timedelta(hours=1))
    run(world, title)
    assert moved_to(world) == aim
    world.schema.set("LAST_SUCCESSFUL_TIME", aim + timedelta(hours=1))
    run(world, title)
    assert moved_to(world) == aim + timedelta(hours=1)


def test_the_session_that_has_the_lock_is_shown(world: EventsWorld) -> None:
    (row,) = run(world, "Who has the lock")
    assert row["USER"] == world.schema.user
    assert world.events.close()
    world.schema.wait_until_gone()
    assert run(world, "Who has the lock") == []


def test_shares_of_before_are_forgotten_and_no_others(world: EventsWorld) -> None:
    names = [f"{PROGRAM}#1/4", f"{PROGRAM}#4/4", f"{PROGRAM}#1/2", "OTHER#1/4"]
    for name in names:
        world.schema.administer("INSERT INTO ETL_PRMREC (PROGRAM_NAME) VALUES (%s)", name)
    run(world, "Forget the shares of before")
    left = world.schema.administer("SELECT PROGRAM_NAME FROM ETL_PRMREC")
    assert {row["PROGRAM_NAME"] for row in left} == {PROGRAM, f"{PROGRAM}#1/2", "OTHER#1/4"}
