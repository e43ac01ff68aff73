"""What a step of the leg of events does, on real servers: cycles, failures, standing by."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence

import pytest

from oracle_cdc.errors import (
    DestinationConfigurationError,
    DestinationUnavailable,
    ExitCode,
    OracleConfigurationError,
    OracleCredentialsError,
    StoreUnavailable,
)
from oracle_cdc.events.legs import EventsLeg
from oracle_cdc.events.pipeline import make_leg, pipeline_of
from oracle_cdc.events.wiring import Events
from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.relay.values import Event, Outcome
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.service import Fatal
from tests.integration.eventworlds import EventsWorld
from tests.relay.doubles import unanswered

NAME = "events"


@pytest.fixture
def world(events_world: EventsWorld) -> Iterator[EventsWorld]:
    yield events_world
    events_world.events.stop.set()


class Fickle:
    """Sends once, and has no answer from then on."""

    def __init__(self, publisher: NatsPublisher) -> None:
        self.publisher = publisher
        self.facts = publisher.facts
        self.close = publisher.close
        self.is_gone = False

    def send(self, events: Sequence[Event]) -> Sequence[Outcome]:
        if self.is_gone:
            return [unanswered(event) for event in events]
        self.is_gone = True
        return self.publisher.send(events)


def leg_of(events: Events) -> EventsLeg:
    return make_leg(events, RepeatLimiter())


def test_a_step_runs_cycles_until_nothing_is_left(world: EventsWorld) -> None:
    world.restart(MAX_RECORDS_PER_RUN="10", BATCH_SIZE="5")
    # A cycle ends only where the time changes.
    for start in (0, 10, 20):
        world.insert(*range(start, start + 10))
    leg = leg_of(world.events)
    leg.step()
    assert world.in_stream() == list(range(30))
    assert world.events.progress.counts["event_cycles"] > 1


def test_a_step_that_finds_nothing_is_one_cycle(world: EventsWorld) -> None:
    leg = leg_of(world.events)
    for cycles in (1, 2, 3):
        leg.step()
        assert world.events.progress.counts["event_cycles"] == cycles


def test_a_cycle_that_fails_has_delivered_what_was_published_before(world: EventsWorld) -> None:
    world.restart(BATCH_SIZE="5")
    leg = leg_of(world.events)
    leg.step()
    delivery = world.events.relay.get().sender.delivery
    delivery.destination = Fickle(world.events.publisher)
    world.insert(*range(10))
    progress = world.events.progress
    progress.begin(NAME)
    moments = progress.loops[NAME]
    before = moments.succeeded_at
    with pytest.raises(DestinationUnavailable):
        leg.step()
    between = moments.succeeded_at
    with pytest.raises(DestinationUnavailable):
        leg.step()
    assert world.in_stream() == list(range(5))
    assert (before < between, between) == (True, moments.succeeded_at)


def test_what_fails_stands_in_etl_prmrec_until_something_succeeds(world: EventsWorld) -> None:
    leg = leg_of(world.events)
    leg.step()
    world.insert(1)
    world.nats.kill()
    try:
        with pytest.raises(DestinationUnavailable):
            leg.step()
    finally:
        world.nats.start()
    row = world.schema.row()
    assert row["STATUS"] == "FAILED"
    assert "NATS" in row["ERROR_MESSAGE"] or "nats" in row["ERROR_MESSAGE"]
    leg.step()
    row = world.schema.row()
    assert (row["STATUS"], row["ERROR_MESSAGE"]) == ("SUCCESS", None)


def test_what_fails_before_the_first_cycle_stands_there_too(world: EventsWorld) -> None:
    world.events.close()
    world.events = world.make(NATS_CREATE_STREAM="false")
    with pytest.raises(DestinationConfigurationError):
        leg_of(world.events).step()
    row = world.schema.row()
    assert row["STATUS"] == "FAILED"
    assert world.stream in row["ERROR_MESSAGE"]


def test_a_copy_without_the_lock_writes_nothing_about_its_failures(world: EventsWorld) -> None:
    leg_of(world.events).step()
    second = world.make(PUBLISHER_TIME_COLUMN="NO_SUCH")
    with pytest.raises(OracleConfigurationError):
        leg_of(second).step()
    second.close()
    assert world.schema.row()["STATUS"] == "SUCCESS"


def test_a_watermark_ahead_of_the_clock_is_said(
    world: EventsWorld, caplog: pytest.LogCaptureFixture
) -> None:
    leg = leg_of(world.events)
    leg.step()
    world.schema.set("LAST_SUCCESSFUL_TIME", "2099-01-01 00:00:00")
    for _ in range(4):
        leg.step()
    assert caplog.text.count("is ahead of Oracle's clock") == 1


def test_a_table_that_is_not_as_it_was_is_looked_at_anew(world: EventsWorld) -> None:
    leg = leg_of(world.events)
    leg.step()
    relay = world.events.relay.get()
    world.table.run(f"DROP TABLE {world.table.name}")
    with pytest.raises(OracleConfigurationError):
        leg.step()
    world.table.create()
    world.insert(1)
    leg.step()
    assert world.events.relay.get() is not relay
    assert world.events.relay.get().sender.counts is relay.sender.counts
    assert world.in_stream() == [1]


def test_a_refused_password_ends_the_process_at_the_second_try(world: EventsWorld) -> None:
    world.restart(ORACLE_PASSWORD="wrong")
    leg = leg_of(world.events)
    with pytest.raises(OracleCredentialsError):
        leg.step()
    secret = world.events.secrets[0]
    now = secret.clock()
    secret.clock = lambda: now + 31
    with pytest.raises(Fatal) as ended:
        leg.step()
    assert ended.value.exit_code == ExitCode.ORACLE


def test_a_copy_stands_by_until_the_other_one_is_gone(world: EventsWorld) -> None:
    leg_of(world.events).step()
    second = world.make()
    world.insert(1)
    leg = leg_of(second)
    thread = threading.Thread(target=leg.step)
    thread.start()
    try:
        while NAME not in second.progress.standing_by:
            assert thread.is_alive()
        assert pipeline_of(second).readiness.missing() == []
        assert world.published() == []
        world.events.close()
    finally:
        thread.join(60)
        second.close()
    assert world.in_stream() == [1]
    assert second.progress.standing_by == set()


def test_a_copy_that_stands_by_is_ready_whatever_failed_before(world: EventsWorld) -> None:
    leg_of(world.events).step()
    second = world.make()
    failure = StoreUnavailable("MariaDB's error 2013 at take_lock")
    second.progress.stepped(NAME, succeeded=False, error=failure)
    thread = threading.Thread(target=leg_of(second).step)
    thread.start()
    try:
        while NAME not in second.progress.standing_by:
            assert thread.is_alive()
        assert second.progress.hindered_loops(0) == {}
    finally:
        second.stop.set()
        thread.join(60)
        second.close()


def test_a_copy_that_stands_by_ends_with_the_stop_event(world: EventsWorld) -> None:
    leg_of(world.events).step()
    second = world.make()
    second.stop.set()
    leg_of(second).step()
    assert second.progress.counts["event_cycles"] == 0
    second.close()


def test_a_pause_is_noted_once_and_its_end_too(
    world: EventsWorld, caplog: pytest.LogCaptureFixture
) -> None:
    leg = leg_of(world.events)
    leg.step()
    world.schema.set("STATUS", "PAUSED")
    leg.step()
    leg.step()
    assert world.events.progress.paused == {NAME}
    assert caplog.text.count("events are paused") == 1
    assert leg.use_pause(60.0) == 0.0
    world.schema.set("STATUS", "RUNNING")
    leg.step()
    assert world.events.progress.paused == set()


def test_the_pause_is_used_for_the_sweep(world: EventsWorld) -> None:
    world.restart(PUBLISHER_RECONCILE_HOURS="1", PUBLISHER_SLICE_SECONDS="300")
    world.insert(1, 2)
    leg = leg_of(world.events)
    leg.step()
    leg.use_pause(0.01)
    balance = world.events.sweep.get().balance
    assert balance is not None
    assert (balance.source, balance.missing) == (2, 0)


def test_what_endangers_events_in_the_stream_is_said_once(
    world: EventsWorld, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        leg = leg_of(world.events)
        leg.step()
        leg.step()
    assert caplog.text.count("the stream has 1 replica") == 1


def test_statistics_are_logged_after_so_many_cycles_as_are_set(
    world: EventsWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world.restart(CDC_STATISTICS_EVERY_CYCLES="2")
    world.insert(1)
    leg = leg_of(world.events)
    with caplog.at_level(logging.INFO):
        leg.step()
        leg.step()
        leg.step()
    assert (
        caplog.text.count("EVENTS STATISTICS") == world.events.progress.counts["event_cycles"] // 2
    )
    assert "Events published: 1" in caplog.text


@pytest.mark.parametrize(("server", "name"), [("nats", "nats"), ("store", "mariadb")])
def test_readiness_names_what_fails(world: EventsWorld, server: str, name: str) -> None:
    world.restart(CDC_READY_DEADLINE_SECONDS="1", POLL_INTERVAL="0.1")
    pipeline = pipeline_of(world.events)
    (loop,) = pipeline.loops
    world.events.progress.begin(NAME)
    assert loop.run_once()
    assert pipeline.readiness.missing() == []
    victim = {"nats": world.nats, "store": world.schema.server}[server]
    world.insert(1)
    victim.kill()
    try:
        assert not loop.run_once()
    finally:
        victim.start()
    now = world.events.progress.clock()
    world.events.progress.clock = lambda: now + 60
    (reason,) = pipeline.readiness.missing()
    assert reason.startswith(f"{name}: ")
