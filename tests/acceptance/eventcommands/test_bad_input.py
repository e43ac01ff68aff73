"""Tables that are not as anybody would wish, and what `check` says of each."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.acceptance.eventcommands.running import run, said
from tests.integration.eventworlds import MOST_BYTES, EventsWorld
from tests.integration.rowtables import EVENTS
from tests.unit.test_events_settings import FORMER

#: Nothing says that its ID is the only one, and its time may be NULL.
LOOSE = EVENTS.replace(" PRIMARY KEY", "").replace(" DEFAULT SYSTIMESTAMP", "")


def make_anew(events: EventsWorld, columns: str = LOOSE, index: str = "CREATED_AT, ID") -> None:
    """Put another table in the place of the usual one."""
    events.table.run(f"DROP TABLE {events.table.name}")
    events.table.create(columns, index)


def insert(events: EventsWorld, number: int, kind: str, time: str = "SYSTIMESTAMP") -> None:
    """Insert a row with a time as SQL writes it."""
    events.table.run(
        f"INSERT INTO {events.table.name} (ID, EVENT_TYPE, CREATED_AT) VALUES (:1, :2, {time})",
        number,
        kind,
    )


def test_columns_that_are_not_there_are_named_beside_those_that_are(events: EventsWorld) -> None:
    given = {"PUBLISHER_TIME_COLUMN": "MADE_AT", "PUBLISHER_ID_COLUMN": "NUMBER_OF"}

    code, out = said(events, "check", **given)

    assert code == 1
    for column in ("MADE_AT", "NUMBER_OF"):
        assert f"❌ {events.table.name}: no column {column}; there are CASE_ID, CREATED_AT" in out
    assert "❌ Event table: 2 mistakes, see above" in out


def test_a_table_that_is_not_there_or_not_granted_is_named_with_the_grant(
    events: EventsWorld,
) -> None:
    code, out = said(events, "check", PUBLISHER_TABLE="NOTHING")

    assert code == 1
    assert f"{events.table.schema}.NOTHING: no such table or view, or no SELECT on it" in out
    assert "GRANT SELECT ON" in out


def test_an_id_that_may_repeat_and_a_missing_index_are_warnings(events: EventsWorld) -> None:
    make_anew(events, index="")
    insert(events, 1, "OPENED")
    insert(events, 1, "CLOSED")

    code, out = said(events, "check")

    assert code == 0, out
    assert "⚠️  " + events.table.name + ": no constraint or index says that ID is unique" in out
    assert f"⚠️  {events.table.name}: no index begins with CREATED_AT" in out
    assert "2 would be published" in out


def test_rows_without_a_time_are_counted(events: EventsWorld) -> None:
    make_anew(events)
    insert(events, 1, "OPENED", "NULL")

    code, out = said(events, "check")

    assert code == 0, out
    assert "CREATED_AT is NULL in 1 row, which is never published" in out


def test_times_far_ahead_are_counted(events: EventsWorld) -> None:
    insert(events, 1, "OPENED", "SYSTIMESTAMP + INTERVAL '3' DAY")

    code, out = said(events, "check")

    assert code == 0, out
    assert "1 row has a CREATED_AT over an hour ahead of Oracle's clock" in out
    assert "0 rows wait" in out


def test_a_text_of_ten_megabytes_would_be_set_aside_and_the_others_published(
    events: EventsWorld,
) -> None:
    events.insert(1)
    events.drain()
    events.insert(2, text="x" * 10_000_000)
    events.insert(3)

    code, out = said(events, "check")

    assert code == 1
    found = re.search(r"❌ row '2' of .*: would be set aside: (\d+) bytes with its headers, ", out)
    assert found is not None, out
    assert int(found[1]) > 10_000_000
    assert f"of which the server takes {MOST_BYTES}" in out
    assert "2 rows wait, of which 2 were looked at: 1 would be published, 1 set aside" in out


@pytest.mark.parametrize("kind", ["two words", "a.b", "*", ">", "שלום", "", "x" * 50])
def test_any_value_in_a_subject_is_made_safe(events: EventsWorld, kind: str) -> None:
    insert(events, 1, kind)

    code, out = said(events, "check")

    assert code == 0, out
    assert "1 would be published, 0 set aside" in out


def test_subjects_that_get_too_long_would_be_set_aside(events: EventsWorld) -> None:
    columns = EVENTS.replace("EVENT_TYPE VARCHAR2(50)", "EVENT_TYPE VARCHAR2(200)")
    make_anew(events, columns)
    insert(events, 1, "x" * 100)
    subject = f"{events.stream}." + ".".join(["{EVENT_TYPE}"] * 4)

    code, out = said(events, "check", NATS_SUBJECT=subject)

    assert code == 1
    assert re.search(r"row '1' of .*: would be set aside: its subject has \d+ characters", out)


def test_a_subject_that_names_no_column_of_events_is_a_mistake(events: EventsWorld) -> None:
    code, out = said(events, "check", NATS_SUBJECT=f"{events.stream}.{{NOTHING}}")

    assert code == 1
    assert "❌ Events cycle: the subject names the column 'NOTHING', which is not read" in out


def test_a_watermark_ahead_of_the_clock_is_said(events: EventsWorld) -> None:
    events.insert(1)
    events.drain()
    events.schema.set("LAST_SUCCESSFUL_TIME", "2999-01-01")

    code, out = said(events, "check")

    assert code == 0, out
    assert "⚠️  the watermark, 2999-01-01 00:00:00, is ahead of Oracle's clock" in out


def test_the_yaml_of_the_former_publisher_is_taken_with_what_changes_nothing_named(
    events: EventsWorld, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(FORMER, encoding="utf-8")
    file.chmod(0o600)
    events.insert(1)

    code, out = said(events, "check", CONFIG_FILE=str(file), NATS_SUBJECT=events.stream)

    assert code == 0, out
    assert re.search(r"⚠️  .*oracle_db/pool_min.*nats/max_reconnect_attempts", out)
    assert "1 would be published" in out


def test_what_the_last_run_failed_with_and_fails_now_is_said_once(events: EventsWorld) -> None:
    assert run(events, "run", "--once", PUBLISHER_TABLE="NOWHERE")[0] == 3

    code, out = said(events, "status", "--json", PUBLISHER_TABLE="NOWHERE")

    assert code == 3
    (reason,) = json.loads(out)["reasons"]
    assert "NOWHERE: no such table or view" in reason
