"""`failures` where both pipelines are enabled: one list, and one that fails hides no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oracle_cdc.mariadb.names import name_failure
from tests.acceptance.eventaside import EVENTS_ALONE, NO_STORE, listed
from tests.acceptance.failures import fail_a_call, failure_ids
from tests.acceptance.process import finished
from tests.integration.eventworlds import EventsWorld
from tests.world import USER, World


@pytest.fixture
def events(events_world: EventsWorld) -> EventsWorld:
    return events_world


def both(events: EventsWorld, world: World, folder: Path) -> dict[str, str]:
    """Return the settings of a service that runs both pipelines on one Oracle."""
    given = {
        **events.environment(),
        **EVENTS_ALONE,
        **world.environment(str(folder)),
        "PIPELINES": "conversations,events",
        "PUBLISHER_SCHEMA": "SPC",
        "NATS_SUBJECT": events.stream,
    }
    del given["ORACLE_DSN"]
    return given


def set_aside_anywhere(events: EventsWorld, world: World) -> None:
    """Have a call and an event set aside, both of which can be sent now."""
    fail_a_call(world)
    world.change("CREATE TABLE SPC.TXLOG_EVENTS (ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP)")
    world.change("INSERT INTO SPC.TXLOG_EVENTS VALUES (60, TIMESTAMP '2026-11-25 08:00:00')")
    world.change(f"GRANT SELECT ON SPC.TXLOG_EVENTS TO {USER}")
    events.schema.administer(
        "INSERT INTO ETL_SET_ASIDE (PROGRAM_NAME, ROW_KEY, ROW_TIME, REASON, ATTEMPTS) "
        "VALUES (%s, '60', '2026-11-25 08:00:00', 'too large', 1)",
        events.schema.program,
    )


def test_one_list_has_what_both_pipelines_set_aside(
    events: EventsWorld, world: World, tmp_path: Path
) -> None:
    set_aside_anywhere(events, world)
    given = both(events, world, tmp_path)

    code, out, _ = finished(["failures", "list"], given)
    found = json.loads(finished(["failures", "list", "--json"], given)[1])

    assert (code, "2 set aside" in out) == (0, True)
    assert [(each["pipeline"], each["direction"]) for each in found] == [
        ("conversations", "OUTBOUND"),
        ("events", "EVENT"),
    ]
    for each in found:
        assert each["id"] in finished(["failures", "show", each["id"]], given)[1]


def test_all_is_all_of_both_and_a_call_is_no_event(
    events: EventsWorld, world: World, tmp_path: Path
) -> None:
    set_aside_anywhere(events, world)
    given = both(events, world, tmp_path)

    code, out, _ = finished(["failures", "discard", "--call", "1", "--yes"], given)
    assert (code, failure_ids(world), len(listed(events))) == (0, [], 1)
    assert "1 call and 0 results will be deleted" in out
    fail_a_call(world, "2")
    code, out, _ = finished(["failures", "discard", "--all", "--yes"], given)

    assert (code, failure_ids(world), listed(events)) == (0, [], [])
    assert "1 call and 0 results, 1 event will be deleted for good" in out
    assert "2 discarded" in out


def test_a_pipeline_that_can_not_be_asked_keeps_the_other_from_nothing(
    events: EventsWorld, world: World, tmp_path: Path
) -> None:
    set_aside_anywhere(events, world)
    given = both(events, world, tmp_path)

    code, out, err = finished(["failures", "list"], {**given, **NO_STORE})
    assert (code, failure_ids(world)[0] in out, "set aside" in out) == (5, True, False)
    assert "❌ MariaDB at connecting" in err
    code, out, _ = finished(["failures", "list", "--json"], {**given, **NO_STORE})
    assert (code, out) == (5, "")
    code, out, _ = finished(["failures", "replay", "--all", "--yes"], {**given, **NO_STORE})
    assert (code, failure_ids(world)) == (5, [])
    code, out, _ = finished(["failures", "replay", "--all", "--yes"], given)
    assert (code, "1 replayed, 0 kept" in out, listed(events)) == (0, True, [])


def test_an_id_is_missing_only_where_both_say_so(
    events: EventsWorld, world: World, tmp_path: Path
) -> None:
    set_aside_anywhere(events, world)
    given = both(events, world, tmp_path)
    event_id = name_failure(events.schema.program, "60")

    for failure_id, code in ((event_id, 0), (failure_ids(world)[0], 0), ("0" * 32, 1)):
        ended, out, _ = finished(["failures", "discard", failure_id, "--yes"], given)
        assert (ended, "no such failure" in out) == (code, bool(code))
    code, out, _ = finished(["failures", "show", event_id], {**given, **NO_STORE})
    assert (code, out) == (5, "")
