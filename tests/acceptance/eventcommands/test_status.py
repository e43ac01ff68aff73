"""`status` of events: what the source holds, what was published, what is missing and where."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.eventcommands.running import EVENTS_ALONE, everything, run, said
from tests.acceptance.process import finished
from tests.integration.eventworlds import MOST_BYTES, EventsWorld
from tests.world import USER, World

NOBODY = "127.0.0.1:1"


def status(events: EventsWorld, **given: str) -> dict[str, Any]:
    """Return what stands below the pipeline's name, of a status that succeeds."""
    code, out = said(events, "status", "--json", **given)
    assert code == 0, out
    report = json.loads(out)
    assert set(report) == {"ready", "reasons", "pipelines"}
    found: dict[str, Any] = report["pipelines"]["events"]
    assert (report["ready"], report["reasons"]) == (found["ready"], found["reasons"])
    return found


def figures(found: dict[str, Any]) -> tuple[int, ...]:
    names = ("source", "published", "missing", "setAside", "waiting")
    return tuple(found[name] for name in names)


def insert_at(events: EventsWorld, number: int, time: datetime) -> None:
    events.table.run(
        f"INSERT INTO {events.table.name} (ID, CREATED_AT) VALUES (:1, TO_TIMESTAMP(:2, "
        "'YYYY-MM-DD HH24:MI:SS.FF6'))",
        number,
        f"{time:%Y-%m-%d %H:%M:%S.%f}",
    )


def test_every_row_is_published_set_aside_or_waits(events: EventsWorld) -> None:
    events.insert(1, 2, 3)
    events.insert(4, text="x" * MOST_BYTES)
    events.drain()
    events.insert(5, 6)

    found = status(events)

    assert figures(found) == (6, 3, 2, 1, 2)
    assert found["stretches"] == []
    assert (found["records"], found["setAsideInAll"]) == (3, 1)
    assert (found["program"], found["status"]) == (events.schema.program, "SUCCESS")
    assert found["ready"]
    exact = events.schema.exact()
    assert exact is not None
    assert found["watermark"] == exact.isoformat()
    assert found["since"] <= found["watermark"]
    assert found["lagSeconds"] >= 0
    assert found["lastRunAt"].endswith("Z")


def test_a_row_that_a_person_discarded_is_not_published(events: EventsWorld) -> None:
    events.insert(1, 2)
    events.insert(3, text="x" * MOST_BYTES)
    events.drain()
    before = status(events)
    assert said(events, "failures", "discard", "--all", "--yes")[0] == 0

    found = status(events)

    assert figures(before) == (3, 2, 0, 1, 0)
    assert figures(found) == (3, 2, 0, 0, 0)
    assert (before["discarded"], found["discarded"]) == (0, 1)
    assert "rows discarded           1 of them" in said(events, "status")[1]


def test_before_the_first_row_no_watermark_is_made_up(events: EventsWorld) -> None:
    assert run(events, "run", "--once")[0] == 0

    found = status(events)

    assert (found["watermark"], found["lagSeconds"], found["waiting"]) == (None, None, 0)
    assert found["ready"]


def test_it_writes_nothing_while_a_copy_works(events: EventsWorld) -> None:
    events.insert(1)
    events.drain()
    before = everything(events)

    status(events)

    assert everything(events) == before
    events.insert(2)
    events.drain()
    assert events.in_stream() == [1, 2]


def test_a_row_that_came_late_is_missing_until_a_cycle_finds_it_though_others_were_deleted(
    events: EventsWorld,
) -> None:
    exact = events.table.source.look(()).now
    noon = exact.replace(microsecond=0) - timedelta(hours=2)
    for number in range(3):
        insert_at(events, number, noon)
    events.drain()
    events.table.run(f"DELETE FROM {events.table.name} WHERE ID IN (0, 1)")
    late = noon + timedelta(minutes=30)
    insert_at(events, 10, late)

    found = status(events)

    assert figures(found) == (2, 1, 1, 0, 0)
    (stretch,) = found["stretches"]
    assert stretch["from"] <= late.isoformat() < stretch["to"]
    assert (stretch["source"], stretch["handled"]) == (1, 0)
    code, out = said(events, "status")
    assert code == 0
    assert f"missing from {stretch['from']}" in out
    assert f"to {stretch['to']}: 1 row, 0 handled" in out
    while events.events.sweep.get().run_once().next_seconds == 1:
        pass
    # What a sweep found is written down by the next cycle.
    events.cycle()
    assert figures(status(events)) == (2, 2, 0, 0, 0)


def test_a_day_of_slices_is_counted_in_22_statements(events: EventsWorld) -> None:
    begin = events.table.source.look(()).now - timedelta(hours=30)
    events.restart(PUBLISHER_START=f"{begin:%Y-%m-%dT%H:%M:%S}")
    for _ in range(2):
        events.cycle()
    looks = "executes_query"
    before = events.table.server.statistics()[looks]
    found = status(events, PUBLISHER_RECONCILE_HOURS="1")
    after_an_hour = events.table.server.statistics()[looks]
    assert found["since"] > begin.isoformat()

    status(events)

    after_a_day = events.table.server.statistics()[looks]
    # An hour is one statement.
    assert (after_a_day - after_an_hour) - (after_an_hour - before) == 22 - 1


def test_more_stretches_than_are_listed_are_counted(events: EventsWorld) -> None:
    events.insert(1)
    events.drain()
    begin = datetime.fromisoformat(status(events)["watermark"]) - timedelta(hours=1)
    for number in range(25):
        insert_at(events, 100 + number, begin + timedelta(minutes=number))

    found = status(events)

    assert (found["missing"], len(found["stretches"]), found["stretchesInAll"]) == (25, 20, 25)
    assert "stretches that are not listed: 5" in said(events, "status")[1]


def test_a_share_counts_its_own_rows(events: EventsWorld) -> None:
    events.insert(*range(50))
    counted = 0
    for share in ("1/2", "2/2"):
        events.restart(PUBLISHER_SHARE=share)
        events.drain()
        found = status(events, PUBLISHER_SHARE=share)
        assert found["program"] == f"{events.schema.program}#{share}"
        assert 0 < found["source"] == found["published"] < 50
        counted += found["source"]
    assert counted == 50


def test_what_lies_before_a_watermark_that_a_person_set_ahead_is_not_missing(
    events: EventsWorld,
) -> None:
    events.insert(1, 2)
    ahead = events.table.source.look(()).now + timedelta(seconds=1)
    events.restart(PUBLISHER_START="now")
    events.cycle()
    events.schema.set("LAST_SUCCESSFUL_TIME", f"{ahead:%Y-%m-%d %H:%M:%S}")
    found = status(events)
    assert found["since"] == found["watermark"]
    assert found["source"] == found["waiting"] == found["missing"]


def test_a_program_that_never_ran_says_so(events: EventsWorld) -> None:
    events.insert(1)

    found = status(events)

    assert found["reasons"] == ["events never ran: python cdc_service.py run"]
    assert figures(found) == (None, None, None, None, None)
    assert (found["watermark"], found["lagSeconds"], found["status"]) == (None, None, None)
    code, out = said(events, "status")
    assert code == 0
    assert "events never ran" in out


def test_no_copy_for_longer_than_the_limit_and_a_failure_are_reasons(events: EventsWorld) -> None:
    events.insert(1)
    events.drain()
    events.schema.administer(
        "UPDATE ETL_PRMREC SET STATUS = 'FAILED', ERROR_MESSAGE = 'ORA-03113 at look', "
        "LAST_RUN_TIME = UTC_TIMESTAMP()"
    )
    found = status(events)
    assert found["reasons"] == ["ORA-03113 at look"]
    assert (found["status"], found["error"]) == ("FAILED", "ORA-03113 at look")
    events.schema.administer(
        "UPDATE ETL_PRMREC SET LAST_RUN_TIME = UTC_TIMESTAMP() - INTERVAL 1 HOUR"
    )
    (reason,) = status(events)["reasons"]
    assert reason.startswith("no copy has worked for 36")


def test_a_pause_is_shown_and_is_no_reason(events: EventsWorld) -> None:
    events.insert(1)
    events.drain()
    events.schema.set("STATUS", "PAUSED")

    found = status(events)

    assert (found["paused"], found["ready"]) == (True, True)
    out = said(events, "status")[1]
    assert f"{events.schema.program}: ETL_PRMREC.STATUS is PAUSED" in out


@pytest.mark.parametrize(
    ("down", "code", "null", "known"),
    [
        ({"MARIADB_PORT": "1"}, 5, "watermark", None),
        ({"ORACLE_DSN": f"{NOBODY}/XE"}, 3, "source", "watermark"),
        ({"ORACLE_DSN": f"{NOBODY}/XE", "MARIADB_PORT": "1"}, 3, "source", None),
    ],
)
def test_what_cannot_be_asked_is_null_with_its_reason(
    events: EventsWorld, down: dict[str, str], code: int, null: str, known: str | None
) -> None:
    events.insert(1)
    events.drain()

    ended, out = said(events, "status", "--json", **down)

    assert ended == code
    report = json.loads(out)
    found = report["pipelines"]["events"]
    assert not report["ready"]
    assert len(report["reasons"]) == len(down)
    assert found[null] is None
    assert known is None or found[known] is not None
    assert said(events, "status", **down)[0] == code


def test_overdue_answers_are_those_of_conversations(events: EventsWorld) -> None:
    code, _, err = run(events, "status", "--overdue")
    assert code == 2
    assert "status --overdue: only where PIPELINES names conversations" in err


def test_with_both_pipelines_each_has_its_reasons(
    events: EventsWorld, world: World, tmp_path: Path
) -> None:
    world.change("CREATE TABLE SPC.TXLOG_EVENTS (ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP)")
    world.change(f"GRANT SELECT ON SPC.TXLOG_EVENTS TO {USER}")
    both = {
        **events.environment(),
        **EVENTS_ALONE,
        **world.environment(str(tmp_path)),
        "PIPELINES": "conversations,events",
        "PUBLISHER_SCHEMA": "SPC",
        "NATS_SUBJECT": events.stream,
    }
    del both["ORACLE_DSN"]

    code, out, _ = finished(["status", "--json"], both)

    assert code == 0
    report = json.loads(out)
    assert {"watermark", "states", "queues"} <= set(report)
    never = "never ran: python cdc_service.py run"
    assert report["reasons"] == [f"conversations: the service {never}", f"events: events {never}"]
    assert report["pipelines"]["conversations"]["reasons"] == [f"the service {never}"]
    assert report["pipelines"]["events"]["reasons"] == [f"events {never}"]
    code, out, _ = finished(["run", "--once"], both)
    assert code == 0
    code, out, _ = finished(["status"], both)
    assert code == 0
    assert out.startswith("ready")
    assert f"events program           {events.schema.program}" in out
    assert "outbound queue" in out
