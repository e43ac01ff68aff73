"""What events set aside: listed, shown, published again and deleted, while a copy is at work."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime

import pytest

from oracle_cdc.mariadb.names import name_failure
from tests.acceptance.eventaside import (
    NO_STORE,
    NOWHERE,
    PRIVATE,
    environment_of,
    failures,
    listed,
    mend,
    refuse,
    tracked,
)
from tests.acceptance.process import finished
from tests.integration.eventworlds import MOST_BYTES, EventsWorld
from tests.nats.streams import Streams

LONG = "k" * 300


@pytest.fixture
def events(events_world: EventsWorld) -> EventsWorld:
    return events_world


# list and show


def test_a_row_is_listed_with_its_key_and_reason_and_nothing_private(events: EventsWorld) -> None:
    refuse(events, 60)

    code, out, err = failures(events, "list")
    (found,) = listed(events)

    assert (code, err) == (0, "")
    assert found["id"] == name_failure(events.schema.program, "60")
    assert (found["pipeline"], found["direction"], found["key"]) == ("events", "EVENT", "60")
    assert found["attempts"] == 1
    assert found["failedAt"].endswith("Z")
    assert str(MOST_BYTES) in found["reason"].replace(",", "")
    ((row_time,),) = events.table.dba.cursor().execute(
        f"SELECT CREATED_AT FROM {events.table.name} WHERE ID = 60"
    )
    assert datetime.fromisoformat(found["rowTime"]) == row_time
    assert "1 set aside" in out
    assert found["id"] in out
    for private in (PRIVATE, "case 60"):
        assert private not in out + json.dumps(found)


def test_what_another_program_or_another_share_set_aside_is_not_listed(
    events: EventsWorld,
) -> None:
    refuse(events, 60)
    events.schema.administer("UPDATE ETL_SET_ASIDE SET PROGRAM_NAME = CONCAT(PROGRAM_NAME, '#2/4')")

    assert listed(events) == []
    code, out, _ = failures(events, "list", "--json", PUBLISHER_SHARE="2/4")
    assert (code, [found["key"] for found in json.loads(out)]) == (0, ["60"])


def test_show_prints_the_body_that_would_be_published_only_when_it_is_asked_for(
    events: EventsWorld,
) -> None:
    refuse(events, 60)
    mend(events, 60, text="private but shorter")
    failure_id = listed(events)[0]["id"]

    code, plain, _ = failures(events, "show", failure_id.lower())
    _, with_body, _ = failures(events, "show", failure_id, "--body")
    _, as_json, _ = failures(events, "show", failure_id, "--body", "--json")

    assert (code, "private" in plain, "bytes" in plain) == (0, False, True)
    assert "private but shorter" in with_body
    body = json.loads(json.loads(as_json)["body"])
    assert (body["ID"], body["EVENT_DATA"], body["data_type"]) == (
        60,
        "private but shorter",
        "TXLOG",
    )


def test_show_of_a_row_that_is_gone_has_no_body_and_says_so(events: EventsWorld) -> None:
    refuse(events, 60)
    events.table.run(f"DELETE FROM {events.table.name}")

    code, out, _ = failures(events, "show", listed(events)[0]["id"], "--body")

    assert code == 0
    assert out.splitlines()[-1].startswith("it is not in its table any more")


def test_a_key_does_nothing_to_a_terminal(events: EventsWorld) -> None:
    events.schema.administer(
        "INSERT INTO ETL_SET_ASIDE (PROGRAM_NAME, ROW_KEY, REASON) VALUES (%s, %s, '[bold]')",
        events.schema.program,
        "\x1b[2J\n[red]",
    )
    (found,) = listed(events)

    shown = failures(events, "list")[1] + failures(events, "show", found["id"])[1]

    assert found["key"] == "\x1b[2J\n[red]"
    assert "\x1b" not in shown
    assert shown.count(r"\x1b[2J\n[red]") == 2
    assert shown.count("[bold]") == 2


def test_an_unknown_id_exits_1(events: EventsWorld) -> None:
    for arguments in (["show", "0" * 32], ["replay", "0" * 32, "--yes"]):
        code, out, _ = failures(events, *arguments)
        assert (code, "no such failure" in out) == (1, True)


# replay


def test_a_replay_beside_a_copy_at_work_publishes_once_and_touches_no_count(
    events: EventsWorld,
) -> None:
    events.insert(1, 2)
    refuse(events, 60)
    events.insert(3)
    events.drain()
    mend(events, 60)
    before = tracked(events)
    read = events.events.relay.get().sender.counts.read

    code, out, err = failures(events, "replay", "--all", "--yes")

    assert (code, err, listed(events)) == (0, "", [])
    assert "event 60: published" in out
    assert "1 replayed, 0 kept" in out
    assert tracked(events) == before
    assert events.in_stream() == [1, 2, 3, 60]
    # The copy at work, which has the program's lock, has nothing left to do of it.
    events.drain()
    events.events.sweep.get().run_once()
    assert events.events.relay.get().sender.counts.read == read
    assert events.in_stream() == [1, 2, 3, 60]


def test_a_row_that_is_refused_again_is_kept_with_the_newest_reason(events: EventsWorld) -> None:
    refuse(events, 60, 61)
    mend(events, 61)
    events.schema.administer("UPDATE ETL_SET_ASIDE SET REASON = 'an older one'")

    # Who replays tries again by asking again, and does not wait through retries.
    code, out, _ = failures(events, "replay", "--all", "--yes", PUBLISHER_MAX_RETRIES="5")

    (kept,) = listed(events)
    assert (code, kept["key"], kept["attempts"]) == (1, "60", 2)
    assert str(MOST_BYTES) in kept["reason"].replace(",", "")
    assert "1 replayed, 1 kept" in out
    assert events.in_stream() == [61]


def test_a_row_that_is_gone_is_kept_and_said(events: EventsWorld) -> None:
    refuse(events, 60)
    events.table.run(f"DELETE FROM {events.table.name}")

    code, out, _ = failures(events, "replay", "--all", "--yes")

    assert (code, len(listed(events))) == (1, 1)
    assert "event 60: it is not in its table any more" in out


def test_a_row_without_a_time_is_kept_and_said(events: EventsWorld) -> None:
    refuse(events, 60)
    events.schema.administer("UPDATE ETL_SET_ASIDE SET ROW_TIME = NULL")

    code, out, _ = failures(events, "replay", "--all", "--yes")

    assert (code, len(listed(events))) == (1, 1)
    assert "event 60: its ROW_TIME is no time" in out


def test_only_the_rows_that_are_named_are_published(events: EventsWorld) -> None:
    refuse(events, 60, 61)
    mend(events, 60, 61)
    wanted = name_failure(events.schema.program, "61")

    code, out, _ = failures(events, "replay", wanted, "0" * 32, "--yes")

    assert (code, events.in_stream()) == (1, [61])
    assert [found["key"] for found in listed(events)] == ["60"]
    assert f"❌ {'0' * 32}: no such failure" in out


def test_rows_are_found_by_a_date_and_by_a_long_key_among_many_of_one_second(
    events: EventsWorld,
) -> None:
    events.table.run(f"DROP TABLE {events.table.name}")
    events.table.create(
        "ID VARCHAR2(400) PRIMARY KEY, EVENT_TYPE VARCHAR2(20), EVENT_DATA CLOB, CREATED_AT DATE"
    )
    for number in range(7):
        text = "x"
        if number in (2, 5):
            text = "x" * MOST_BYTES
        events.table.run(
            f"INSERT INTO {events.table.name} VALUES (:1, 'OPENED', :2, DATE '2026-11-25')",
            f"{LONG}{number}",
            text,
        )
    events.drain()
    assert len(listed(events)) == 2
    events.table.run(f"UPDATE {events.table.name} SET EVENT_DATA = 'mended'")

    code, out, _ = failures(events, "replay", "--all", "--yes", PUBLISHER_BATCH_SIZE="2")

    assert (code, "2 replayed, 0 kept" in out) == (0, True)
    with closing(Streams(events.nats.url)) as streams:
        assert sorted(int(id[-1]) for id in streams.ids(events.stream)) == list(range(7))


@pytest.mark.parametrize("creates", ["true", "false"])
def test_where_nats_is_not_there_nothing_is_lost(events: EventsWorld, creates: str) -> None:
    refuse(events, 60)
    mend(events, 60)
    before = listed(events)

    given = {**NOWHERE, "NATS_CREATE_STREAM": creates}
    code, out, err = failures(events, "replay", "--all", "--yes", **given)

    assert code == 4
    assert "❌ connecting to nats://127.0.0.1:1" in err
    assert "0 replayed, 1 kept" in out
    assert listed(events) == before
    assert failures(events, "replay", "--all", "--yes")[0] == 0


@pytest.mark.parametrize("action", ["list", "replay", "discard"])
def test_where_mariadb_is_not_there_the_command_exits_5(events: EventsWorld, action: str) -> None:
    arguments = {"list": ["--json"]}.get(action, ["--all", "--yes"])

    code, out, err = failures(events, action, *arguments, **NO_STORE)

    assert (code, out) == (5, "")
    assert "❌ MariaDB at connecting" in err


# discard


def test_discard_deletes_what_is_chosen_and_leaves_the_table_alone(events: EventsWorld) -> None:
    refuse(events, 60, 61)
    events.schema.administer(
        "UPDATE ETL_SET_ASIDE SET SET_ASIDE_AT = SET_ASIDE_AT - INTERVAL 8 DAY WHERE ROW_KEY = '60'"
    )
    before = tracked(events)

    code, out, err = failures(events, "discard", "--older-than", "7")
    assert (code, "1 event will be deleted" in out, "--yes" in err) == (2, True, True)
    code, out, _ = failures(events, "discard", "--older-than", "7", "--yes")

    assert (code, "1 discarded" in out) == (0, True)
    assert [found["key"] for found in listed(events)] == ["61"]
    assert events.in_table() == [60, 61]
    assert tracked(events) == before


def test_calls_are_none_of_events(events: EventsWorld) -> None:
    code, _, err = failures(events, "replay", "--call", "1", "--yes")

    assert code == 2
    assert "failures --call: only where PIPELINES names conversations" in err


def test_a_choice_must_be_made(events: EventsWorld) -> None:
    for arguments in (["replay", "--yes"], ["discard", "--all", "--older-than", "1", "--yes"]):
        code, _, err = finished(["failures", *arguments], environment_of(events))
        assert (code, "say which" in err) == (2, True)
