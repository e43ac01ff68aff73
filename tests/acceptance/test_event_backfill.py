"""A stretch of a table published again, beside a copy at work and through outages."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from datetime import datetime

import pytest

from oracle_cdc.commands.backfill import choose_pipeline
from oracle_cdc.commands.events.backfill import may_pass
from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationUnavailable,
    OracleConfigurationError,
    OracleCredentialsError,
    OracleUnavailable,
    SettingsError,
    StoreCredentialsError,
    StoreUnavailable,
)
from oracle_cdc.events.backfill import choose_stretch, make_backfill
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.programs import Enabled
from oracle_cdc.relay.values import Slice
from tests.acceptance.eventaside import (
    NO_STORE,
    NOWHERE,
    environment_of,
    listed,
    mend,
    refuse,
    tracked,
)
from tests.acceptance.process import Process, finished, running, wait_for
from tests.integration.eventworlds import EventsWorld
from tests.nats.streams import Streams
from tests.world import World

#: Before every row of a test.
START = ("backfill", "--pipeline", "events", "--from", "2000-01-01")
#: Slow enough for something to happen meanwhile.
SLOWLY = {"PUBLISHER_BATCH_SIZE": "1"}


@pytest.fixture
def events(events_world: EventsWorld) -> EventsWorld:
    return events_world


def backfill(events: EventsWorld, *arguments: str, **given: str) -> tuple[int, str, str]:
    return finished([*START, *arguments], environment_of(events, **given))


def now(events: EventsWorld) -> str:
    """Return the time of Oracle's clock, which every row of now lies before."""
    return events.events.relay.get().source.look(()).now.isoformat()


def insert_apart(events: EventsWorld) -> None:
    """Insert twelve rows, each at a time of its own."""
    for number in range(1, 13):
        events.insert(number)


def written(process: Process) -> bytes:
    """Return what a process that runs has written to standard error."""
    # Its offset is the process's own: reading must not move it.
    return os.pread(process.errors.fileno(), 100_000, 0)


def last_line(out: str) -> str:
    return out.splitlines()[-1]


def test_what_the_stream_knows_is_kept_once_and_no_count_is_touched(events: EventsWorld) -> None:
    events.insert(*range(1, 11))
    events.drain()
    before = tracked(events)

    code, out, err = backfill(events)

    assert (code, err) == (0, "")
    assert last_line(out) == "done: 10 read, 0 published, 10 known to the stream, 0 set aside"
    assert out.splitlines()[-2].split("  ")[1:] == ["100.0 %", "10 read", "0:00:00 left"]
    assert tracked(events) == before
    assert events.in_stream() == list(range(1, 11))


def test_a_stream_that_was_lost_is_filled_again_under_the_same_ids(events: EventsWorld) -> None:
    events.insert(*range(1, 11))
    events.drain()
    events.delete_stream()

    code, out, _ = backfill(events, PUBLISHER_BATCH_SIZE="3")

    assert code == 0
    assert last_line(out) == "done: 10 read, 10 published, 0 known to the stream, 0 set aside"
    assert events.in_stream() == list(range(1, 11))


def test_it_ends_at_the_watermark_unless_an_end_is_given(events: EventsWorld) -> None:
    events.insert(1, 2)
    events.drain()
    events.insert(3)

    _, to_watermark, _ = backfill(events)
    _, to_now, _ = backfill(events, "--to", now(events))

    assert last_line(to_watermark).startswith("done: 2 read, 0 published, 2 known")
    assert last_line(to_now).startswith("done: 3 read, 1 published, 2 known")
    assert events.in_stream() == [1, 2, 3]


def test_a_program_that_never_ran_has_no_watermark(events: EventsWorld) -> None:
    code, _, err = backfill(events)

    assert code == 2
    assert "has no watermark yet: say with --to where the range ends" in err


def test_mariadb_is_not_needed_unless_a_row_is_refused_or_the_end_is_left_out(
    events: EventsWorld,
) -> None:
    events.insert(1, 2)
    end = now(events)

    assert backfill(events, **NO_STORE)[0] == 5
    code, out, _ = backfill(events, "--to", end, **NO_STORE)
    assert (code, "2 published" in out) == (0, True)
    mend(events, 2, text="x" * 100_000)
    code, out, err = backfill(events, "--to", end, **NO_STORE, PUBLISHER_BATCH_SIZE="1")

    assert code == 5
    assert "❌ MariaDB at connecting" in err
    assert last_line(out).startswith("stopped: 1 read, 0 published, 1 known to the stream, 0 set")
    assert "goes on with backfill --pipeline events --from " in out


def test_a_refused_row_is_set_aside_while_another_copy_has_the_lock(events: EventsWorld) -> None:
    events.insert(1)
    refuse(events, 60)
    events.schema.administer("DELETE FROM ETL_SET_ASIDE")
    before = tracked(events)

    code, out, _ = backfill(events)

    assert code == 0
    assert last_line(out) == "done: 2 read, 0 published, 1 known to the stream, 1 set aside"
    assert [found["key"] for found in listed(events)] == ["60"]
    assert tracked(events) == before


def test_it_goes_on_through_an_outage_of_nats_and_of_oracle(events: EventsWorld) -> None:
    insert_apart(events)
    environment = environment_of(events, **SLOWLY)
    arguments = (*START, "--to", now(events), "--rate", "5")
    with running(environment, *arguments) as process:
        wait_for("the first rows", lambda: len(events.published()) >= 2)
        events.nats.kill()
        try:
            wait_for("NATS to be missed", lambda: b"DestinationUnavailable" in written(process))
        finally:
            events.nats.start()
        wait_for("rows after the outage of NATS", lambda: len(events.published()) >= 4)
        events.table.server.faults.set("restart")
        wait_for("Oracle to be missed", lambda: b"OracleUnavailable" in written(process))
        out, err = process.communicate(timeout=60)

    assert process.returncode == 0, err
    assert last_line(out).startswith("done: 12 read, ")
    assert events.in_stream() == list(range(1, 13))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_and_it_says_where_to_go_on(
    events: EventsWorld, number: signal.Signals
) -> None:
    insert_apart(events)
    environment = environment_of(events, **SLOWLY)
    with running(environment, *START, "--to", now(events), "--rate", "5") as process:
        wait_for("the first rows", lambda: len(events.published()) >= 2)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (0, "")
    stopped, command = last_line(out).split("; goes on with ")
    assert 2 <= int(stopped.split()[1]) < 12
    code, out, _ = finished(command.split(), environment)
    assert (code, events.in_stream()) == (0, list(range(1, 13)))
    assert int(last_line(out).split()[1]) < 12


def test_what_is_not_there_at_the_start_has_its_exit_code(events: EventsWorld) -> None:
    end = now(events)

    assert backfill(events, "--to", end, **NOWHERE)[0] == 4
    assert backfill(events, "--to", end, **NOWHERE, NATS_CREATE_STREAM="false")[0] == 4
    assert backfill(events, "--to", end, ORACLE_PASSWORD="wrong")[0] == 3
    assert backfill(events, "--to", end, ORACLE_DSN="127.0.0.1:1/XE")[0] == 3


def test_a_stream_that_takes_other_subjects_is_refused_before_anything_is_read(
    events: EventsWorld,
) -> None:
    with closing(Streams(events.nats.url)) as streams:
        streams.create(events.stream, subjects=["something.else"])

    code, out, err = backfill(events, "--to", now(events), NATS_SUBJECT="txlog.events")

    assert (code, out) == (4, "")
    assert "takes something.else" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "1999-01-01"], "the range is empty: 2000-01-01T00:00:00 to 1999-01-01T00"),
        (["--to", "2999-01-01"], "the range ends in the future: 2999-01-01T00:00:00 is to come"),
        (["--to", "2001-01-01", "--resend"], "backfill --resend: concerns conversations only"),
        (["--to", "2001-01-01", "--replace"], "backfill --replace: concerns conversations only"),
        (["--pipeline", "changes"], "invalid choice: 'changes'"),
        (
            ["--pipeline", "conversations"],
            "backfill --pipeline conversations: only where PIPELINES names conversations",
        ),
    ],
)
def test_what_has_no_meaning_exits_2(events: EventsWorld, arguments: list[str], said: str) -> None:
    code, out, err = backfill(events, *arguments)

    assert (code, out) == (2, "")
    assert said in err


def test_the_only_pipeline_is_meant_where_none_is_named(events: EventsWorld) -> None:
    events.insert(1)
    events.drain()

    code, out, _ = finished(["backfill", "--from", "2000-01-01"], environment_of(events))

    assert (code, last_line(out).startswith("done: 1 read")) == (0, True)


def test_conversations_are_meant_where_both_are_enabled_and_none_is_named(
    events: EventsWorld, world: World
) -> None:
    enabled = Enabled([world.settings(), events.settings({})])
    assert choose_pipeline(enabled, None) == "conversations"
    assert choose_pipeline(enabled, "events") == "events"
    assert choose_pipeline(Enabled([events.settings({})]), None) == "events"
    with pytest.raises(SettingsError, match="backfill --pipeline events: only where PIPELINES"):
        Enabled([world.settings()]).need(EventsSettings, "backfill --pipeline events")


@pytest.mark.parametrize(("rate", "most"), [(0.0, 1000), (3.5, 3), (0.2, 1), (5000.0, 1000)])
def test_a_batch_is_what_a_second_may_bring(events: EventsWorld, rate: float, most: int) -> None:
    stretch = Slice(datetime(2000, 1, 1), datetime(2000, 1, 2))

    backfill = make_backfill(events.events, stretch, rate)

    assert isinstance(backfill.source, TableSource)
    assert (backfill.source.reader.batch_size, backfill.rate) == (most, rate)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (OracleUnavailable("x"), True),
        (DestinationUnavailable("x"), True),
        (DestinationConfigurationError("x"), True),
        (OracleConfigurationError("x"), False),
        (OracleCredentialsError("x"), False),
        (StoreUnavailable("x"), False),
        (StoreCredentialsError("x"), False),
    ],
)
def test_outages_of_oracle_and_nats_are_waited_for_and_nothing_else(
    events: EventsWorld, error: CdcError, passes: bool
) -> None:
    assert may_pass(events.events, error) is passes


def test_a_row_that_another_program_made_has_a_watermark_too(events: EventsWorld) -> None:
    events.schema.administer(
        "INSERT INTO ETL_PRMREC (PROGRAM_NAME, LAST_SUCCESSFUL_TIME) "
        "VALUES (%s, '2026-11-25 08:00:00')",
        events.schema.program,
    )

    stretch = choose_stretch(events.events, datetime(2000, 1, 1), None)

    assert stretch.end == datetime(2026, 11, 25, 8)
