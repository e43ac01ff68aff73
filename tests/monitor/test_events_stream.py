"""The pipeline of events as a sync: real MariaDB, NATS and driver of Oracle, asked as a reader."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from oracle_cdc.errors import DestinationUnavailable
from oracle_cdc.oracle.database import Database
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.sections import OracleSettings
from sync_monitor.looks.looked import Looked
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.metering import Meter
from sync_monitor.model import Severity
from sync_monitor.rules.conclusion import Before
from sync_monitor.runbooks.stream_commands import Trouble, write_commands
from sync_monitor.streams.seam import Stream
from sync_monitor.verdicts import Issue, IssueKind, Reason
from sync_monitor.wiring.edges import all_statements
from sync_monitor.wiring.streams import make_stream_looker
from sync_monitor.wiring.syncs import stream_syncs
from tests.acceptance.eventaside import environment_of, refuse
from tests.acceptance.process import finished
from tests.eventfixtures import events_world as events_world
from tests.eventfixtures import table as table
from tests.integration.eventworlds import EventsWorld
from tests.integration.rowtables import PASSWORD, READER
from tests.monitor.asked import failure_of
from tests.monitor.building import NOW

NAME = "events"
#: Of a reader's own, who may write nothing.
READER_PASSWORD = "Rea/der@1"
HALF_AN_HOUR = timedelta(minutes=30)
PACE = Pace(timedelta(minutes=5), timedelta(minutes=15), 10**6)


def write(world: EventsWorld, *numbers: int, age: timedelta = HALF_AN_HOUR) -> None:
    """Insert rows that are of some time ago."""
    world.insert(*numbers)
    minutes = age / timedelta(minutes=1)
    for number in numbers:
        world.table.run(
            f"UPDATE {world.table.name} SET CREATED_AT = SYSTIMESTAMP - "
            f"NUMTODSINTERVAL({minutes}, 'MINUTE') WHERE ID = :1",
            number,
        )


def settings_of(world: EventsWorld, **given: object) -> MonitorSettings:
    """Return settings of a monitor that may read the pipeline's tables, and no more."""
    user = f"monitor_{world.schema.name}"
    place = f"'{user}'@'127.0.0.1'"
    world.schema.administer(f"CREATE OR REPLACE USER {place} IDENTIFIED BY %s", READER_PASSWORD)
    world.schema.administer(f"GRANT SELECT ON {world.schema.name}.* TO {place}")
    server = f"127.0.0.1:{world.schema.server.port}"
    url = f"mariadb://{user}:{quote(READER_PASSWORD, safe='')}@{server}/{world.schema.name}"
    stream = {"kind": "events", "table": world.table.name, "program": world.schema.program}
    usual = {"streams": {NAME: stream}, "mariadb_url": SecretStr(url)}
    fresh = MonitorSettings()
    return fresh.model_copy(update={"monitor": fresh.monitor.model_copy(update=usual | given)})


@contextmanager
def watching(world: EventsWorld, **given: object) -> Iterator[Watcher]:
    """Lend what looks at the pipeline."""
    settings = settings_of(world, **given)
    oracle = OracleSettings(
        user=READER, password=SecretStr(PASSWORD), dsn=world.table.server.dsn, pool_wait_seconds=2
    )
    database = Database(oracle, all_statements(), sessions=1)
    try:
        yield Watcher(settings, database)
    finally:
        database.close()


class Watcher:
    """Looks at the pipeline again and again."""

    def __init__(self, settings: MonitorSettings, database: Database) -> None:
        (self.sync,) = stream_syncs(settings)
        self.looker = make_stream_looker(settings, database, PACE)
        self.before = Before()

    @property
    def stream(self) -> Stream:
        return self.looker.streams[NAME]

    def look(self) -> Looked:
        """Take the next look."""
        looked = self.looker.look(self.sync, self.before, Asked())
        self.before = Before(looked.entry.standing, issues=looked.entry.issues)
        return looked


def reasons(looked: Looked) -> set[Reason]:
    return {finding.reason for finding in looked.entry.look.verdict.findings}


def test_rows_that_oracle_holds_are_held_against_what_was_published(
    events_world: EventsWorld,
) -> None:
    world = events_world
    write(world, *range(1, 8))
    # These are on their way for all that can be known.
    write(world, 8, 9, age=timedelta(minutes=2))
    world.drain()
    oracle, other = Meter(), Meter()
    with watching(world) as watcher:
        found = watcher.stream.count(oracle, other)
        looked = watcher.look()
    assert (found.expected, found.missing, found.set_aside) == (7, 0, 0)
    assert found.lag is not None
    assert found.age is not None
    assert found.lag < timedelta(minutes=1) > found.age
    assert (oracle.statements, other.statements) == (2, 4)
    assert looked.entry.look.cost.oracle_statements == 1
    assert looked.entry.look.verdict.severity is Severity.OK


def test_a_row_that_was_passed_by_is_missing_and_its_runbook_delivers_it(
    events_world: EventsWorld,
) -> None:
    world = events_world
    write(world, *range(1, 20))
    world.drain()
    # Of half an hour ago, and committed only now: no cycle looks for it there.
    write(world, 20)
    world.drain()
    assert 20 not in world.in_stream()
    with watching(world) as watcher:
        first, second = watcher.look(), watcher.look()
        assert first.entry.look.verdict.severity is Severity.OK
        assert second.entry.look.verdict.severity is Severity.CRITICAL
        (issue,) = second.entry.issues
        assert (issue.kind, issue.rows) == (IssueKind.ROWS_MISSING, 1)
        for command in commands_of(second, replace(issue, number=1)):
            code, _, err = finished(command, environment_of(world))
            # `status` of a pipeline of which no copy runs is said by its exit code.
            assert command[0] == "status" or code == 0, err
        assert world.in_stream() == list(range(1, 21))
        sweep = world.events.sweep.get()
        sweep.run_once()
        while sweep.walk is not None:
            sweep.run_once()
        world.drain()
        healed = watcher.look()
    assert world.in_stream() == list(range(1, 21))
    assert healed.entry.look.verdict.severity is Severity.OK
    assert healed.counts is not None
    assert (healed.counts.expected, healed.counts.missing) == (20, 0)


def commands_of(looked: Looked, issue: Issue) -> list[tuple[str, ...]]:
    """Return the commands of an issue's runbook, as they are typed."""
    assert looked.counts is not None
    text = write_commands(Trouble(NAME, issue, looked.counts.stretches, 7, NOW))
    assert text is not None
    found: list[tuple[str, ...]] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            assert line.startswith("python cdc_service.py "), line
            found.append(tuple(line.split()[2:]))
    return found


def test_rows_that_were_set_aside_are_a_warning_until_a_person_sees_to_them(
    events_world: EventsWorld,
) -> None:
    world = events_world
    refuse(world, 60, 61)
    with watching(world) as watcher:
        looked = watcher.look()
        assert reasons(looked) == {Reason.SET_ASIDE}
        assert looked.entry.look.verdict.severity is Severity.WARNING
        (issue,) = looked.entry.issues
        assert (issue.kind, issue.rows) == (IssueKind.SET_ASIDE, 2)
        assert issue.confirmed_at is not None
        world.schema.administer("DELETE FROM ETL_SET_ASIDE")
        assert watcher.look().entry.look.verdict.severity is Severity.OK


@pytest.mark.parametrize(
    ("column", "value"),
    [("STATUS", "PAUSED"), ("LAST_RUN_TIME", "2026-11-01 00:00:00")],
)
def test_a_pipeline_that_was_paused_or_writes_nothing_is_never_green(
    events_world: EventsWorld, column: str, value: str
) -> None:
    world = events_world
    write(world, 1)
    world.drain()
    world.schema.set(column, value)
    with watching(world) as watcher:
        looked = watcher.look()
    assert reasons(looked) == {Reason.STOPPED}
    assert looked.entry.look.verdict.severity is Severity.WARNING


def test_a_pipeline_whose_cycles_fail_is_never_green(events_world: EventsWorld) -> None:
    world = events_world
    write(world, 1)
    world.drain()
    world.events.tracking.fail(DestinationUnavailable("NATS is not there"))
    with watching(world) as watcher:
        assert reasons(watcher.look()) == {Reason.STOPPED}


def test_rows_behind_a_watermark_that_stands_still_show_as_lag(events_world: EventsWorld) -> None:
    world = events_world
    write(world, 1)
    world.drain()
    # A person skips nothing: the watermark is where it was nine hours ago.
    world.schema.set(
        "LAST_SUCCESSFUL_TIME", world.schema.row()["LAST_RUN_TIME"] - 9 * timedelta(hours=1)
    )
    with watching(world) as watcher:
        looked = watcher.look()
    assert Reason.LAG in reasons(looked)
    assert looked.entry.look.verdict.severity is Severity.CRITICAL


def test_a_pipeline_that_never_ran_is_not_measured(events_world: EventsWorld) -> None:
    with watching(events_world) as watcher:
        looked = watcher.look()
        assert looked.entry.look.error_code == "STREAM-NEVER-RAN"
        assert looked.entry.look.verdict.severity is Severity.UNKNOWN


def test_a_table_that_is_not_there_is_not_measured(events_world: EventsWorld) -> None:
    world = events_world
    write(world, 1)
    world.drain()
    stream = {"kind": "events", "table": "SPC.GONE", "program": world.schema.program}
    with watching(world, streams={NAME: stream}) as watcher:
        assert failure_of(watcher.stream) == "STREAM-TABLE"


@contextmanager
def mute() -> Iterator[int]:
    """Lend a port that takes connections and never says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(5)
        yield int(listening.getsockname()[1])


def test_a_mariadb_that_hangs_is_gone_or_lets_nobody_in_is_not_measured(
    events_world: EventsWorld,
) -> None:
    world = events_world
    write(world, 1)
    world.drain()
    refused = f"mariadb://nobody:x@127.0.0.1:{world.schema.server.port}/{world.schema.name}"
    with mute() as port:
        hanging = f"mariadb://me:x@127.0.0.1:{port}/etl"
        places = {hanging: "StoreUnavailable", refused: "StoreCredentialsError"}
        places["mariadb://me:x@127.0.0.1:1/etl"] = "StoreUnavailable"
        for url, code in places.items():
            given = {"mariadb_url": SecretStr(url), "statement_seconds": 0.3}
            with watching(world, **given) as watcher:
                assert failure_of(watcher.stream) == code
                assert watcher.look().entry.look.verdict.severity is Severity.UNKNOWN
