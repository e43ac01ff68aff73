"""`run` with events: rows of a table become messages of a stream, whatever dies meanwhile."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.process import finished, log_text, running, wait_for
from tests.acceptance.watching import ask, free_port
from tests.integration.eventworlds import MOST_BYTES, EventsWorld
from tests.integration.rowtables import EVENTS
from tests.mariadb.schema import PASSWORD as STORE_PASSWORD
from tests.world import USER, World

HELLO = (("A", "שלום, איך אפשר לעזור?"), ("C", "My bill is wrong 😡"))


class Copy:
    """What one copy of the service is started with."""

    def __init__(self, world: EventsWorld, logs: Path) -> None:
        self.logs = logs
        self.port = free_port()
        self.environment = world.environment(
            PIPELINES="events",
            PYTHONUNBUFFERED="1",
            MARIADB_PASSWORD=STORE_PASSWORD,
            LOG_DIR=str(logs),
            HEALTH_PORT=str(self.port),
            POLL_INTERVAL="0.1",
            PUBLISHER_RETRY_INITIAL_SECONDS="0.05",
            PUBLISHER_RETRY_MAX_SECONDS="0.2",
            CDC_READY_DEADLINE_SECONDS="1",
        )

    def log(self) -> str:
        return log_text(self.logs)

    def ready(self) -> dict[str, Any]:
        """Return what /readyz says, nothing before it can be asked."""
        return ask(self.port, "/readyz")[1] or dict.fromkeys(("ready", "missing", "standingBy"))

    def metrics(self) -> str:
        return str(ask(self.port, "/metrics")[1])


@pytest.fixture
def copy(events_world: EventsWorld, tmp_path: Path) -> Copy:
    return Copy(events_world, tmp_path / "logs")


def test_rows_travel_and_sigterm_ends_it_with_exit_code_0(
    events_world: EventsWorld, copy: Copy
) -> None:
    events_world.insert(1, 2, 3)
    with running(copy.environment) as service:
        wait_for("the first rows", lambda: events_world.published() == [1, 2, 3])
        events_world.insert(4, text="x" * MOST_BYTES)
        events_world.insert(5)
        wait_for("the next row", lambda: events_world.published() == [1, 2, 3, 5])
        wait_for("readiness", lambda: bool(copy.ready()["ready"]))
        assert 'oracle_cdc_events_total{outcome="published"} 4.0' in copy.metrics()
        assert 'oracle_cdc_events_total{outcome="set_aside"} 1.0' in copy.metrics()
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0
    for line in (
        "✅ MariaDB connection successful",
        "✅ MariaDB tables validated",
        "✅ NATS connection successful",
        "ended with exit code 0",
    ):
        assert line in copy.log()
    assert "MariaDB: connected" in log_text(copy.logs, "cdc_oracle.log")
    assert "NATS: created the stream" in log_text(copy.logs, "cdc_sqs.log")
    assert "a cycle of" in log_text(copy.logs, "cdc_performance.log")


def test_two_pipelines_work_in_one_process(
    world: World, events_world: EventsWorld, copy: Copy
) -> None:
    environment = {**copy.environment, **world.environment(str(copy.logs))}
    environment["PIPELINES"] = "conversations,events"
    del environment["ORACLE_DSN"]
    with world.session() as dba, dba.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {events_world.table.name} ({EVENTS})")
        cursor.execute(f"GRANT SELECT ON {events_world.table.name} TO {USER}")
        cursor.execute(
            f"INSERT INTO {events_world.table.name} (ID, EVENT_TYPE) VALUES (7, 'OPENED')"
        )
        dba.commit()
    world.record("42", *HELLO)
    with running(environment) as service:
        wait_for("the call to be sent", lambda: world.states() == {"42": "SENT"})
        wait_for("the row", lambda: events_world.published() == [7])
        wait_for("readiness", lambda: bool(copy.ready()["ready"]))
        assert copy.ready()["dependencies"].keys() == {
            "oracle",
            "outbound",
            "results",
            "tables",
            "nats",
            "mariadb",
            "event table",
        }
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0


def test_a_killed_copy_goes_on_where_it_was(events_world: EventsWorld, copy: Copy) -> None:
    with running(copy.environment) as service:
        events_world.insert(*range(100))
        wait_for("the first rows", lambda: bool(events_world.published()))
        service.kill()
    events_world.insert(*range(100, 200))
    with running(copy.environment):
        wait_for("all rows", lambda: events_world.published() == list(range(200)))


def test_a_second_copy_stands_by_and_takes_over(
    events_world: EventsWorld, copy: Copy, tmp_path: Path
) -> None:
    second = Copy(events_world, tmp_path / "second")
    with running(copy.environment) as first:
        events_world.insert(1)
        wait_for("the first copy", lambda: events_world.published() == [1])
        with running(second.environment):
            wait_for("the second to stand by", lambda: second.ready()["standingBy"] == ["events"])
            assert second.ready()["ready"]
            first.kill()
            events_world.insert(2)
            wait_for("the second copy", lambda: events_world.published() == [1, 2])
            wait_for("it to say so", lambda: second.ready()["standingBy"] == [])
    assert second.log().count("another copy runs as") == 1
    assert "this one goes on" in second.log()


def test_an_outage_of_nats_ends_readiness_and_loses_nothing(
    events_world: EventsWorld, copy: Copy
) -> None:
    with running(copy.environment) as service:
        wait_for("readiness", lambda: bool(copy.ready()["ready"]))
        events_world.nats.kill()
        events_world.insert(1, 2)
        try:
            wait_for("what is missing", lambda: "nats: " in str(copy.ready()["missing"]))
        finally:
            events_world.nats.start()
        wait_for("the rows", lambda: events_world.published() == [1, 2])
        wait_for("readiness", lambda: bool(copy.ready()["ready"]))
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0


def test_a_pause_in_etl_prmrec_is_shown_and_ends(events_world: EventsWorld, copy: Copy) -> None:
    with running(copy.environment):
        wait_for("readiness", lambda: bool(copy.ready()["ready"]))
        # The row that a person changes is made by the first cycle.
        wait_for("a cycle", lambda: "oracle_cdc_events_lag_seconds" in copy.metrics())
        events_world.schema.set("STATUS", "PAUSED")
        wait_for("the pause", lambda: copy.ready()["paused"] == ["events"])
        events_world.insert(1)
        events_world.schema.set("STATUS", "RUNNING")
        wait_for("the row", lambda: events_world.published() == [1])
        wait_for("it to be shown", lambda: copy.ready()["paused"] == [])


def test_sigterm_ends_it_within_ten_seconds_while_mariadb_hangs(
    events_world: EventsWorld, copy: Copy
) -> None:
    with running(copy.environment) as service:
        wait_for("readiness", lambda: bool(copy.ready()["ready"]))
        events_world.schema.server.freeze()
        try:
            wait_for("the hang", lambda: "mariadb: no answer" in str(copy.ready()["missing"]))
            service.send_signal(signal.SIGTERM)
            assert service.wait(10) == 0
        finally:
            events_world.schema.server.thaw()


def test_a_table_that_is_dropped_and_made_again_is_read_on(
    events_world: EventsWorld, copy: Copy
) -> None:
    table = events_world.table
    with running(copy.environment):
        events_world.insert(1)
        wait_for("the first row", lambda: events_world.published() == [1])
        table.run(f"DROP TABLE {table.name}")
        wait_for("what is missing", lambda: "event table: " in str(copy.ready()["missing"]))
        table.create(f"NOTE VARCHAR2(9), {EVENTS}")
        events_world.insert(2)
        wait_for("the next row", lambda: events_world.published() == [1, 2])
    assert '"NOTE":' in events_world.message(2)[1].decode()


def test_once_publishes_what_is_there_and_ends(events_world: EventsWorld, copy: Copy) -> None:
    events_world.insert(*range(10))
    code, _, _ = finished(["run", "--once"], copy.environment)
    assert (code, events_world.published()) == (0, list(range(10)))
    assert "Events published: 10" in copy.log()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("NATS_SERVERS", "nats://127.0.0.1:1", 4),
        ("MARIADB_PORT", "1", 5),
        ("ORACLE_DSN", "127.0.0.1:1/XE", 3),
        ("PUBLISHER_TIME_COLUMN", "CREATED", 3),
    ],
)
def test_once_says_by_its_exit_code_what_is_not_usable(
    events_world: EventsWorld, copy: Copy, name: str, value: str, code: int
) -> None:
    assert finished(["run", "--once"], {**copy.environment, name: value})[0] == code


def test_what_is_wrong_in_both_pipelines_is_listed_once_and_all_of_it(
    events_world: EventsWorld, copy: Copy
) -> None:
    environment = {**copy.environment, "PIPELINES": "conversations,events", "ORACLE_PORT": "x"}
    del environment["NATS_SERVERS"]
    code, _, errors = finished(["run"], environment)
    assert code == 2
    assert errors.count("ORACLE_PORT") == 1
    for name in ("NATS_SERVERS: missing", "SQS_OUTBOUND_QUEUE_URL: missing"):
        assert errors.count(name) == 1


def test_settings_of_a_pipeline_that_is_not_enabled_are_not_needed(
    events_world: EventsWorld, copy: Copy
) -> None:
    code, out, _ = finished(["settings"], copy.environment)
    assert code == 0
    assert "PUBLISHER_TABLE" in out
    assert "SQS_OUTBOUND_QUEUE_URL" not in out
    code, _, errors = finished(["settings"], {**copy.environment, "PIPELINES": "evens"})
    assert code == 2
    assert "PIPELINES in the environment: given 'evens'; allowed: one or more of" in errors
    assert "the monitor is no pipeline: `monitor run`" in errors


def test_nothing_private_of_a_row_reaches_a_log(events_world: EventsWorld, copy: Copy) -> None:
    events_world.insert(1, text="canary-of-data")
    events_world.insert(2, text="canary-of-data" * MOST_BYTES)
    finished(["run", "--once"], {**copy.environment, "LOG_LEVEL": "DEBUG"})
    for file in copy.logs.glob("*.log"):
        text = file.read_text(encoding="utf-8")
        for word in ("canary-of-data", "case 1", "case 2", STORE_PASSWORD):
            assert word not in text
