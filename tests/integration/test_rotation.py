"""The password of Oracle changes while the service works: no restart, and no locked account."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from oracle_cdc import OracleDatabase
from oracle_cdc.commands.conversations.backfill import make_steps
from oracle_cdc.conversations.outbound.lanes import SESSIONS
from oracle_cdc.conversations.wiring import (
    Application,
    make_backfill,
)
from oracle_cdc.errors import CdcError, OracleCredentialsError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.retrying import Backoff, Doubling
from oracle_cdc.running.secret_rotation import PAUSE_SECONDS
from tests.integration.backfills import order, record_january
from tests.integration.rotations import (
    NEWER,
    InFile,
    InStore,
    alter_user,
    application,
    kill_sessions,
    refused,
    wait_until,
)
from tests.integration.samples import HELLO
from tests.running import metrics_of, service_of
from tests.world import PASSWORD, USER, World

CALLS = 60


@pytest.fixture
def parameter(world: World, sqs_server: str, tmp_path: Path) -> Iterator[InStore]:
    parameter = InStore(world, sqs_server, tmp_path)
    yield parameter
    parameter.path.client.close()


# Sessions alone


def keep_working(database: Database, is_over: threading.Event, begun: threading.Barrier) -> int:
    """Use sessions one after another until it is over, and return how many uses succeeded after
    the first, which all threads have at once."""
    done = 0
    with database.session() as session:
        session.ping()
        begun.wait(30)
    while not is_over.is_set():
        try:
            with database.session() as session:
                session.ping()
            done += 1
        except CdcError:
            is_over.wait(0.01)
    return done


@contextmanager
def working(database: Database, count: int) -> Iterator[list[Future[int]]]:
    """Have threads at work, each in a session of its own."""
    is_over, begun = threading.Event(), threading.Barrier(count + 1)
    workers: list[Future[int]] = []
    with ThreadPoolExecutor(SESSIONS) as threads:
        try:
            for _ in range(count):
                workers.append(threads.submit(keep_working, database, is_over, begun))
            begun.wait(30)
            yield workers
        finally:
            is_over.set()


@pytest.mark.parametrize("put_first", [True, False])
def test_a_full_pool_whose_sessions_are_killed_is_refused_once(
    world: World, parameter: InStore, put_first: bool
) -> None:
    # Given: as many threads as sessions, each at work in one of its own
    database = application(world, parameter).database
    now = [0.0]
    database.password.clock = lambda: now[0]
    with working(database, SESSIONS) as workers:
        # When: the password is changed, before or after the parameter, and all sessions are killed
        if put_first:
            parameter.put(NEWER)
        alter_user(world)
        kill_sessions(world)
        if not put_first:
            wait_until(lambda: database.password.rereads["same"] == 1)
            parameter.put(NEWER)
            now[0] += PAUSE_SECONDS
        # Then: all go on, and one log-in was refused
        before = database.answers
        wait_until(lambda: database.answers >= before + 20 * SESSIONS)

    assert all(worker.result() for worker in workers)
    assert refused(world) == 1
    assert database.password.rereads["changed"] == 1


def test_an_open_session_outlives_the_change_of_its_password(
    world: World, parameter: InStore
) -> None:
    database = application(world, parameter).database
    with database.session() as session:
        session.ping()
    alter_user(world)

    for _ in range(3):
        with database.session() as session:
            session.ping()

    assert refused(world) == 0


def test_a_password_in_a_file_is_read_again_there(world: World, tmp_path: Path) -> None:
    file = InFile(world, tmp_path)
    database = application(world, file).database
    file.put(NEWER)
    alter_user(world)

    with database.session() as session:
        session.ping()

    assert (refused(world), database.password.given.place) == (1, ".env line 1")


def test_sessions_that_stand_are_lent_while_no_further_log_in_may_be_tried(
    world: World, parameter: InStore
) -> None:
    # Given: one session, and a second one that is refused
    database = application(world, parameter).database
    with database.session() as session:
        alter_user(world)
        with pytest.raises(OracleCredentialsError), database.session():
            pass
        session.ping()

    for _ in range(3):
        with database.session() as session:
            session.ping()

    assert refused(world) == 1


def test_what_is_to_be_written_waits_for_the_newer_password_as_for_an_outage(
    world: World, parameter: InStore
) -> None:
    # Given: a session that was opened, and a password that is no longer right
    database = application(world, parameter).database
    now = [0.0]
    database.password.clock = lambda: now[0]
    with database.session() as session:
        session.ping()
    alter_user(world)
    kill_sessions(world)
    waits = Doubling(initial_seconds=0.01, max_seconds=0.01)
    persistence = Persistence(database, Progress(), threading.Event(), waits=waits)
    with ThreadPoolExecutor() as threads:
        # When: something is written, and the newer password is there after the refusal alone
        written = threads.submit(persistence.run, "a write", lambda session: session.ping())
        wait_until(lambda: written.done() or database.password.rereads["same"] == 1)
        parameter.put(NEWER)
        now[0] += PAUSE_SECONDS
        # Then
        written.result(30)

    assert refused(world) == 1


# The service as a whole


def work_is_under_way(service: Application) -> bool:
    """Return whether a delivery and an answer are each in the midst of a statement."""
    return len(service.database.in_use) >= 2


@pytest.mark.parametrize("put_first", [True, False])
def test_a_service_full_of_work_goes_on_with_the_newer_password_and_loses_nothing(
    world: World, parameter: InStore, put_first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    # Given: conversations on their way and an answer being written at once
    caplog.set_level(logging.INFO)
    service = application(world, parameter, max_batch_size=5)
    now = [0.0]
    service.database.password.clock = lambda: now[0]
    record(world, range(1, 6))
    thread = threading.Thread(target=service_of(service).run, daemon=True)
    thread.start()
    wait_until(lambda: list(world.states().values()) == ["SENT"] * 5)
    world.server.faults.set(
        f'hang on execute when "SET REVISION = :revision" for {USER}; '
        f'hang on execute when "INSERT INTO DICTA_CALL_SUMMARY" for {USER}'
    )
    world.answer("1", revision=1, summary="s")
    record(world, range(6, CALLS + 1))
    wait_until(lambda: work_is_under_way(service))
    # When: the password is changed, before or after the parameter, and all sessions are killed
    if put_first:
        parameter.put(NEWER)
    alter_user(world)
    kill_sessions(world)
    world.server.faults.clear()
    if not put_first:
        wait_until(lambda: service.database.password.rereads["same"] == 1)
        parameter.put(NEWER)
        now[0] += PAUSE_SECONDS
    # Then: everything is sent and written
    wait_until(lambda: is_all_done(world))
    service.stop.set()
    thread.join(30)

    assert refused(world) <= 2
    assert {body["callId"] for body in world.received()} == set(map(str, range(1, CALLS + 1)))
    assert "has changed: SSM" in caplog.text
    assert (
        'oracle_cdc_secret_rereads_total{outcome="changed",secret="ORACLE_PASSWORD"} 1.0'
        in metrics_of(service).text().decode()
    )
    for password in (PASSWORD, NEWER):
        assert password not in caplog.text


def record(world: World, numbers: range) -> None:
    with world.connect() as connection:
        for number in numbers:
            world.record(str(number), *HELLO, connection=connection)
        connection.commit()


def is_all_done(world: World) -> bool:
    states = world.states()
    return states.pop("1", "") == "SUMMARIZED" and list(states.values()) == ["SENT"] * (CALLS - 1)


# Commands


def test_a_program_takes_up_a_password_that_was_changed_since_it_read_its_settings(
    world: World, parameter: InStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in parameter.environment.items():
        monkeypatch.setenv(name, value)
    program = OracleDatabase()
    parameter.put(NEWER)
    alter_user(world)

    with program as database:
        assert database.info()

    assert refused(world) == 1


def test_a_backfill_waits_for_the_newer_password(world: World, parameter: InStore) -> None:
    # Given: a job under way
    service = application(world, parameter)
    now = [0.0]
    service.database.password.clock = lambda: now[0]
    record_january(world)
    order(service)
    mode = make_backfill(service, is_foreground=True)
    steps = replace(
        make_steps(service, mode), backoff=Backoff(initial_seconds=1.0, max_seconds=2.0)
    )
    # When: the password is changed before its parameter
    alter_user(world)
    kill_sessions(world)
    while not refused(world):
        wait_seconds = steps.run_one()
    parameter.put(NEWER)
    now[0] += PAUSE_SECONDS
    while not mode.is_done:
        steps.run_one()

    assert (wait_seconds >= 1.0, refused(world)) == (True, 1)
    assert len(world.received()) == 20


def test_a_backfill_ends_at_once_with_a_password_that_was_never_accepted(
    world: World, parameter: InStore
) -> None:
    service = application(world, parameter)
    alter_user(world)

    with pytest.raises(OracleCredentialsError):
        service.startup.ensure_database()
    mode = make_backfill(service, is_foreground=True)
    with pytest.raises(OracleCredentialsError):
        make_steps(service, mode).run_one()
