"""What a session promises: when it commits, how long a call, a log-in or a lock may take."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from oracle_cdc.commands.conversations.failures import replay_all
from oracle_cdc.conversations.outbound.claiming import write_unclaimed
from oracle_cdc.conversations.tables.failures import list_failures
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.conversations.tables.jobs import begin_job, read_job_status
from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE, NORMAL_MODE
from oracle_cdc.conversations.tables.row_lock import LOCK_WAIT_SECONDS, RowLock
from oracle_cdc.errors import CdcError, DuplicateRow, OracleUnavailable
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.queries import make_statements
from tests.integration.backfills import order, record_january
from tests.integration.samples import HELLO, total_processed
from tests.world import USER, World

TEXTS = {
    "add": "INSERT INTO CDC_PROCESSED_CALLS (CALL_ID, VERSION) VALUES (:call_id, 0)",
    "touch": "UPDATE CDC_PROCESSED_CALLS SET VERSION = :version /*number*/",
}

#: What is executed only where sendings are counted.
COUNTED = "SET LAST_UPDATED = CAST(SYSTIMESTAMP AS TIMESTAMP), TOTAL_PROCESSED ="


def database(world: World) -> Database:
    """Return a database with statements of the test's own."""
    found = world.application().database
    found.statements = make_statements(TEXTS)
    return found


def test_a_statement_commits_only_when_it_is_asked_to(world: World) -> None:
    with database(world).session() as session:
        session.execute("add", commit=True, call_id="1")
        session.execute("touch", commit=True, version=1)
        session.execute("touch", version=2)
        session.rollback()

    assert world.rows(f"SELECT VERSION FROM {USER}.CDC_PROCESSED_CALLS") == [(1,)]


def test_an_array_raises_the_error_of_its_first_bad_row(world: World) -> None:
    rows = [{"call_id": call_id} for call_id in ("1", "1", "2")]

    with pytest.raises(DuplicateRow), database(world).session() as session:
        session.execute_array("add", rows, commit=True)

    assert world.states() == {}


def test_a_deadline_is_never_longer_than_the_call_time_out_and_ends_with_its_block(
    world: World,
) -> None:
    with database(world).session() as session:
        usual = session.connection.call_timeout
        with session.deadline(0.25):
            assert session.connection.call_timeout == 250
        assert session.connection.call_timeout == usual
        with session.deadline(10**6):
            assert session.connection.call_timeout == usual


@pytest.mark.oralite_only
def test_while_a_login_is_not_answered_no_other_is_begun(world: World) -> None:
    pool = database(world).pool
    pool.seconds = 0.05
    world.server.faults.set("freeze before login times always")

    for _ in range(3):
        with pytest.raises(OracleUnavailable, match="the database hangs"):
            pool.acquire()

    assert [thread.name for thread in threading.enumerate()].count("log-in") == 1
    world.server.faults.clear()


def test_a_row_that_was_found_locked_is_left_alone_for_a_while(world: World) -> None:
    now = [0.0]
    row_lock = RowLock(clock=lambda: now[0])
    row_lock.locked_until = 30.0
    written: list[str] = []

    with database(world).session() as session:
        row_lock.attempt(session, lambda: written.append("early"))
        now[0] = 30.0
        row_lock.attempt(session, lambda: written.append("late"))

    assert written == ["late"]


def test_a_locked_row_is_waited_for_five_seconds_at_most(world: World) -> None:
    with database(world).session() as session:
        timeout = RowLock().attempt(session, lambda: session.connection.call_timeout)

    assert timeout == LOCK_WAIT_SECONDS * 1000


def test_a_sending_whose_settlement_is_not_known_to_be_written_is_not_counted_yet(
    world: World,
) -> None:
    service = world.application()
    heartbeat = Heartbeat(NORMAL_MODE, RowLock())
    world.server.faults.set(f'drop after execute when "UPDATE CDC_PROCESSING_STATUS" for {USER}')

    with pytest.raises(OracleUnavailable), service.database.session() as session:
        heartbeat.commit_with_heartbeat(session, lambda: 3)

    assert heartbeat.accepted == 0


def test_a_sending_whose_settlement_is_committed_too_late_for_its_deadline_is_counted_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.conversations.tables.row_lock.LOCK_WAIT_SECONDS", 0.1)
    world.record("1", *HELLO)
    service = world.application()
    world.server.faults.set(f'hang after execute when "{COUNTED}" times 1 for {USER}')

    world.cycle(service)

    assert world.states() == {"1": "SENT"}
    assert (total_processed(world), service.capture_leg.heartbeat.accepted) == (1, 0)


@pytest.mark.parametrize("when", ["before", "after"])
def test_sendings_that_are_counted_later_are_counted_once_though_no_answer_comes(
    world: World, when: str
) -> None:
    service = world.application()
    world.cycle(service)
    heartbeat = service.capture_leg.heartbeat
    heartbeat.accepted = 3
    world.server.faults.set(f'drop {when} execute when "{COUNTED}" for {USER}')

    with pytest.raises(OracleUnavailable):
        service.capture_leg.record_alive()
    service.capture_leg.record_alive()

    assert (total_processed(world), heartbeat.accepted) == (3, 0)


@pytest.mark.parametrize("is_free", [True, False])
def test_sendings_beside_a_locked_row_are_counted_at_the_end_or_said_to_be_missing(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    is_free: bool,
) -> None:
    monkeypatch.setattr("oracle_cdc.conversations.tables.row_lock.LOCK_WAIT_SECONDS", 0.1)
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.record("2", *HELLO)
    with world.visit() as holder:
        holder.cursor().execute(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 1")
        world.cycle(service)
        assert world.states() == {"1": "SENT", "2": "SENT"}
        if is_free:
            holder.rollback()

        service.capture_leg.finish()

    counted = f"SELECT TOTAL_PROCESSED FROM {USER}.CDC_PROCESSING_STATUS WHERE TABLE_NAME = :1"
    assert world.rows(counted, NORMAL_MODE) == [(1 + is_free,)]
    assert ("TOTAL_PROCESSED lacks 1 message that was sent" in caplog.text) is not is_free


def test_sendings_of_a_historical_job_beside_a_locked_row_are_counted_at_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.conversations.tables.row_lock.LOCK_WAIT_SECONDS", 0.1)
    record_january(world)
    service = world.application(historical_mode_enabled=True)
    order(service)
    job = service.capture_leg.pauses.get().plan[-1].chore
    with world.visit() as holder:
        holder.cursor().execute(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 1")
        for _ in range(12):
            job.run_once()
        holder.rollback()

    service.capture_leg.finish()

    counted = f"SELECT TOTAL_PROCESSED FROM {USER}.CDC_PROCESSING_STATUS WHERE TABLE_NAME = :1"
    assert len(world.received()) == 20
    assert world.rows(counted, HISTORICAL_MODE) == [(20,)]


def test_sendings_of_a_replay_that_ends_early_beside_a_locked_row_are_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.conversations.tables.row_lock.LOCK_WAIT_SECONDS", 0.1)
    service = world.application(max_batch_size=1)
    world.cycle(service)
    for call_id in ("1", "2"):
        world.record(call_id, *HELLO)
        with service.database.session() as session:
            write_unclaimed(session, call_id, CdcError("refused"))
    with service.database.session() as session:
        replaying = replay_all(service, list_failures(session))
    with world.visit() as holder:
        holder.cursor().execute(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 1")
        assert next(replaying).is_done
        holder.rollback()

    replaying.close()

    assert (len(world.received()), total_processed(world)) == (1, 1)


def test_a_job_that_was_begun_meanwhile_is_not_replaced(world: World) -> None:
    start, end = datetime(2025, 1, 1), datetime(2025, 2, 1)
    wanted = {"start": start, "end": end, "rate": 0.0, "is_resend": False, "setting": None}
    with world.application().database.session() as session:
        begin_job(session, seen=None, **wanted)
        first = read_job_status(session).job_id
        begin_job(session, seen="another", **wanted)

        assert read_job_status(session).job_id == first
