"""`check` of events: a line for each thing, all of them in one go, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from standins import natsserver
from standins.natsserver import NatsServer
from tests.acceptance.eventcommands.running import EVENTS_ALONE, everything, make_stream, said
from tests.acceptance.process import finished
from tests.integration.eventworlds import MOST_BYTES, EventsWorld
from tests.integration.rowtables import TABLE
from tests.mariadb.schema import RIGHTS
from tests.world import USER, World

WELL = (
    "✅ Oracle connection successful",
    "✅ MariaDB connection successful",
    "✅ MariaDB tables validated",
    "✅ NATS connection successful",
    f"✅ Event table {{schema}}.{TABLE} validated",
    "🔄 First events cycle completed (dry run)",
)
#: A port on which nothing listens.
NOBODY = "127.0.0.1:1"
USERS = """
authorization { users: [
  { user: narrow, password: "a", permissions: { subscribe: "_INBOX.>", publish: {
      allow: ["other.>", "$JS.API.>", "$SYS.REQ.USER.INFO"] } } }
  { user: denied, password: "a", permissions: { publish: { deny: ["*.SECRET"] } } }
  { user: unknown, password: "a", permissions: { subscribe: "_INBOX.>", publish: {
      allow: ["etl_*.>", "$JS.API.>"] } } }
  { user: fit, password: "a", permissions: { subscribe: "_INBOX.>", publish: {
      allow: ["*.*", "$JS.API.>", "$SYS.REQ.USER.INFO"] } } }
] }
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """Serve NATS with users."""
    with natsserver.serving(tmp_path_factory.mktemp("users"), USERS) as server:
        yield server


def lines_of(events: EventsWorld) -> list[str]:
    return [line.replace("{schema}", events.table.schema) for line in WELL]


def test_all_that_is_well_is_said_while_a_copy_works(events: EventsWorld) -> None:
    events.insert(1, 2)
    events.drain()

    code, out = said(events, "check")

    assert code == 0, out
    assert "❌" not in out
    assert [line for line in out.splitlines() if line[0] in "✅🔄"] == lines_of(events)
    assert "0 rows wait, of which 0 were looked at" in out


def test_it_sends_and_writes_nothing(events: EventsWorld) -> None:
    events.insert(1)
    events.drain()
    events.insert(2, 3)
    events.insert(4, text="x" * MOST_BYTES)
    before = everything(events)

    assert said(events, "check")[0] == 1

    assert everything(events) == before
    events.drain()
    assert events.in_stream() == [1, 2, 3]


def test_before_anything_was_made_each_thing_that_is_missing_has_its_remedy(
    events: EventsWorld,
) -> None:
    events.schema.administer("DROP TABLE ETL_PRMREC, ETL_SLICES, ETL_SET_ASIDE")

    code, out = said(events, "check", NATS_CREATE_STREAM="false")

    assert code == 4
    for table in ("ETL_PRMREC", "ETL_SLICES", "ETL_SET_ASIDE"):
        assert f"❌ {table}: missing, or no right on it; run init-tables" in out
    assert "❌ MariaDB: 3 problems of its tables, see above" in out
    assert f"❌ NATS: stream {events.stream}: not there; create it by init-stream" in out
    assert f"✅ Event table {events.table.name} validated" in out
    assert "⚠️  no dry cycle of events: it begins where MariaDB says" in out


def test_a_stream_that_will_be_created_is_a_warning_and_is_not_created(
    events: EventsWorld,
) -> None:
    before = everything(events)

    code, out = said(events, "check")

    assert code == 0, out
    assert f"⚠️  stream {events.stream}: not there, it will be created: 1 replica(s)" in out
    assert everything(events) == before


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("DROP TABLE ETL_SLICES", "❌ ETL_SLICES: missing, or no right on it; run init-tables"),
        (
            "ALTER TABLE ETL_SLICES MODIFY LAST_TIME DATETIME",
            "❌ ETL_SLICES: column LAST_TIME must be DATETIME(6)",
        ),
    ],
)
def test_a_table_of_mariadb_that_is_missing_or_wrong_fails_the_check(
    events: EventsWorld, sql: str, line: str
) -> None:
    events.schema.administer(sql)

    code, out = said(events, "check")

    assert code == 1
    assert line in out
    assert "✅ MariaDB connection successful" in out
    assert "✅ MariaDB tables validated" not in out


def test_a_right_that_is_missing_in_mariadb_is_named(events: EventsWorld) -> None:
    user = f"{events.schema.user}@'127.0.0.1'"
    events.schema.administer(f"REVOKE {RIGHTS} ON {events.schema.name}.* FROM {user}")
    events.schema.administer(f"GRANT SELECT, INSERT, UPDATE ON {events.schema.name}.* TO {user}")
    events.schema.administer(f"GRANT DELETE ON {events.schema.name}.ETL_SET_ASIDE TO {user}")

    code, out = said(events, "check")

    assert code == 0, out
    assert [line for line in out.splitlines() if "right" in line] == [
        "⚠️  a right is missing in MariaDB: DELETE on ETL_SLICES"
    ]


def test_whatever_endangers_events_in_the_stream_is_a_warning(events: EventsWorld) -> None:
    make_stream(
        events,
        storage="memory",
        max_msgs=1000,
        max_age=3600.0,
        discard="old",
        duplicate_window=5.0,
    )

    code, out = said(events, "check")

    assert code == 0, out
    for danger in (
        "the stream is in memory",
        "the stream has 1 replica",
        "sync_interval",
        "discard: old",
        "(max_age)",
        "ids are known again for 5 s (duplicate_window), and rows may be sent again after 600 s",
    ):
        assert any(line[:2] == "⚠️" and danger in line for line in out.splitlines()), danger


def test_a_stream_that_takes_other_subjects_is_refused_with_the_setting(
    events: EventsWorld,
) -> None:
    make_stream(events, subjects=[f"{events.stream}.other"])

    code, out = said(events, "check", NATS_SUBJECT="txlog.events")

    assert code == 4
    assert f"takes {events.stream}.other, and not txlog.events; see NATS_SUBJECT" in out
    assert "✅ NATS connection successful" not in out


@pytest.mark.parametrize(
    ("user", "code", "line"),
    [
        ("narrow", 4, "❌ NATS: this user's right to publish: it may publish to "),
        ("denied", 4, "it may not publish to *.SECRET, which "),
        ("unknown", 0, "⚠️  NATS: whether this user may publish to "),
        ("fit", 0, "✅ NATS connection successful"),
    ],
)
def test_the_right_to_publish_is_asked_of_the_server(
    events: EventsWorld, guarded: NatsServer, user: str, code: int, line: str
) -> None:
    given = {"NATS_SERVERS": guarded.url, "NATS_USER": user, "NATS_PASSWORD": "a"}

    ended, out = said(events, "check", **given)

    assert (ended, line in out) == (code, True), out


def test_every_part_is_asked_although_all_others_fail_and_oracle_counts_first(
    events: EventsWorld,
) -> None:
    down = {"ORACLE_DSN": f"{NOBODY}/XE", "NATS_SERVERS": f"nats://{NOBODY}", "MARIADB_PORT": "1"}

    code, out = said(events, "check", **down)

    assert code == 3
    for part in ("Oracle", "MariaDB", "NATS"):
        assert f"❌ {part}: " in out


@pytest.mark.parametrize(
    ("down", "code"),
    [
        ({"NATS_SERVERS": f"nats://{NOBODY}", "MARIADB_PORT": "1"}, 4),
        ({"MARIADB_PORT": "1"}, 5),
        ({"MARIADB_PASSWORD": "wrong"}, 5),
        ({"MARIADB_DATABASE": "nothing"}, 5),
    ],
)
def test_the_exit_code_says_which_kind_of_thing_is_not_usable(
    events: EventsWorld, down: dict[str, str], code: int
) -> None:
    ended, out = said(events, "check", **down)

    assert ended == code, out
    assert "❌ MariaDB: " in out
    assert f"✅ Event table {events.table.name} validated" in out


def test_a_wrong_password_of_oracle_is_tried_once(events: EventsWorld) -> None:
    before = events.table.server.statistics()

    code, out = said(events, "check", ORACLE_PASSWORD="wrong")

    assert code == 3
    assert out.count("❌ Oracle: ") == 1
    assert "✅ NATS connection successful" in out
    after = events.table.server.statistics()
    assert after["logins_failed"] - before["logins_failed"] == 1


def test_a_pause_is_said(events: EventsWorld) -> None:
    events.insert(1)
    events.drain()
    events.schema.set("STATUS", "PAUSED")

    code, out = said(events, "check")

    assert code == 0
    assert f"⚠️  {events.schema.program} is paused: ETL_PRMREC.STATUS is PAUSED" in out


def test_with_both_pipelines_oracle_is_asked_once_and_each_line_says_whose_it_is(
    events: EventsWorld, world: World, tmp_path: Path
) -> None:
    world.change(f"DROP TABLE {USER}.ERROR_LOG")
    world.change("CREATE TABLE SPC.TXLOG_EVENTS (ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP)")
    both = {
        **events.environment(),
        **EVENTS_ALONE,
        **world.environment(str(tmp_path)),
        "PIPELINES": "conversations,events",
        "PUBLISHER_SCHEMA": "SPC",
        "NATS_SUBJECT": events.stream,
    }
    del both["ORACLE_DSN"]
    before = world.server.statistics()["logins"]

    code, out, err = finished(["check"], both)

    assert (code, err) == (1, "")
    assert out.count("Oracle connection successful") == 1
    assert world.server.statistics()["logins"] - before == 1
    _, conversations = out.split("conversations:\n")
    conversations, of_events = conversations.split("events:\n")
    assert "❌ Tables: 1 problem" in conversations
    assert "✅ NATS connection successful" in of_events
    assert "❌ SPC.TXLOG_EVENTS: no such table or view, or no SELECT on it" in of_events
    world.change(f"GRANT SELECT ON SPC.TXLOG_EVENTS TO {USER}")
    assert "🔄 First events cycle completed" in finished(["check"], both)[1]


def test_a_share_that_was_changed_begins_where_the_former_shares_had_come(
    events: EventsWorld,
) -> None:
    events.insert(1, 2, 3)
    events.restart(PUBLISHER_SHARE="1/2")
    events.drain()
    events.restart(PUBLISHER_SHARE="2/2")
    events.drain()
    events.insert(4)

    code, out = said(events, "check")

    assert code == 0, out
    assert "⚠️  PUBLISHER_SHARE is 1/1: it goes on from " in out
    assert "where the former shares (1/2 and 2/2) had come" in out
    assert "0 set aside" in out
    assert "from 1900-01-01" not in out
