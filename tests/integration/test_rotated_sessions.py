"""Sessions whose password is changed while they stand: one refused log-in, and all go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from oracle_cdc.conversations.outbound.lanes import SESSIONS
from oracle_cdc.errors import CdcError, OracleCredentialsError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.running.log_in_refusals import PAUSE_SECONDS
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.retrying import Doubling
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
from tests.integration.rotations import parameter as parameter
from tests.world import World


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
