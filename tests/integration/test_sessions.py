"""Fewer sessions than the service likes: slower, never stuck, and said."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from oracle_cdc.conversations.outbound.lanes import SESSIONS
from oracle_cdc.conversations.wiring import Application
from oracle_cdc.conversations.wiring_parts import open_database
from oracle_cdc.errors import CdcError, NoSessionFree, SessionsExhausted
from oracle_cdc.oracle.session_limit import LOOK_AGAIN_SECONDS, Places
from oracle_cdc.running.progress import Progress
from tests.integration.samples import HELLO
from tests.running import service_of
from tests.world import USER, World

CALLS, BATCH = 40, 4


def allow(world: World, sessions: int) -> None:
    """Allow this many sessions by a DBA's profile. The service's user has no others."""
    for connection in world.connections:
        if connection.is_healthy() and connection.username == USER:
            connection.close()
    world.change(f"CREATE PROFILE few LIMIT SESSIONS_PER_USER {sessions}")
    world.change(f"ALTER USER {USER} PROFILE few")


def record(world: World, count: int) -> None:
    with world.connect() as connection:
        for number in range(count):
            world.record(str(number + 1), *HELLO, connection=connection)
        connection.commit()


def answering(world: World) -> Callable[[], bool]:
    """Return a look that answers each call that was sent.

    It says whether all are summarized.
    """
    answered: set[str] = set()

    def look() -> bool:
        states = world.states()
        for call_id in [call_id for call_id, state in states.items() if state == "SENT"]:
            if call_id not in answered:
                world.answer(call_id, revision=1, summary="s")
                answered.add(call_id)
        return list(states.values()).count("SUMMARIZED") == CALLS

    return look


def run_until(service: Application, is_done: Callable[[], bool]) -> None:
    """Run both loops, the sweep and the housekeeping, as in the process."""
    thread = threading.Thread(target=service_of(service).run, daemon=True)
    thread.start()
    for _ in range(600):
        if is_finished := is_done():
            break
        thread.join(0.1)
    service.stop.set()
    thread.join(30)
    assert is_finished


@pytest.mark.parametrize("sessions", [1, 2, 3])
def test_everything_gets_done_with_so_few_sessions(world: World, sessions: int) -> None:
    # Capture held a session and waited for one for its delivery, which waited for one to settle
    # with: for ever.
    record(world, CALLS)
    service = world.application(
        max_batch_size=BATCH, reconcile_interval_minutes=0.01, reconcile_pause_seconds=0.01
    )
    allow(world, sessions)

    run_until(service, answering(world))

    assert len(world.received()) == CALLS


def test_no_thread_takes_a_session_while_it_holds_one(world: World) -> None:
    record(world, CALLS)
    service = world.application(
        max_batch_size=BATCH, reconcile_interval_minutes=0.01, reconcile_pause_seconds=0.01
    )
    acquire, give_back = service.database.acquire, service.database.give_back
    held = threading.local()
    second: list[str] = []

    def counted_acquire() -> object:
        if getattr(held, "count", 0):
            second.append(threading.current_thread().name)
        connection = acquire()
        held.count = getattr(held, "count", 0) + 1
        return connection

    def counted_give_back(connection: object) -> None:
        held.count -= 1
        give_back(connection)  # type: ignore[arg-type]

    service.database.acquire = counted_acquire  # type: ignore[method-assign, assignment]
    service.database.give_back = counted_give_back  # type: ignore[method-assign]

    run_until(service, answering(world))

    assert second == []


def test_a_refused_session_is_said_and_others_serve(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    allow(world, 2)
    settings = world.settings()
    database = open_database(settings, sessions=SESSIONS)
    with database.session(), ExitStack() as second:
        second.enter_context(database.session())
        waiting = threading.Thread(
            target=lambda: database.attempt(lambda session: session.ping()), daemon=True
        )
        with caplog.at_level(logging.WARNING):
            waiting.start()
            while not caplog.records:
                waiting.join(0.01)
        assert waiting.is_alive()
        second.close()
        waiting.join(10)

    assert not waiting.is_alive()
    assert f"Oracle allows this user 2 sessions here, {SESSIONS} are wanted" in caplog.text
    database.close()


def test_where_all_sessions_of_the_user_are_elsewhere_it_is_reported_at_once(world: World) -> None:
    allow(world, 1)
    elsewhere = world.connect(USER, "Cdc-Tiger-42")
    settings = world.settings()
    database = open_database(settings, sessions=4)

    with pytest.raises(SessionsExhausted, match="ORA-02391"), database.session():
        pass
    elsewhere.close()
    with database.session() as session:
        session.ping()
    database.close()


def test_more_sessions_are_asked_for_again_after_a_while() -> None:
    now = 0.0
    places = Places(4, clock=lambda: now)
    assert [places.take(0) for _ in range(3)] == [True] * 3
    assert places.refused()
    assert (places.allowed, places.take(0)) == (2, False)

    now = LOOK_AGAIN_SECONDS
    assert (places.take(0), places.allowed) == (True, 3)


def test_waiting_for_a_session_is_no_progress(world: World) -> None:
    settings = world.settings()
    now = 0.0
    progress = Progress(clock=lambda: now)
    progress.begin("capture")
    database = open_database(settings, sessions=1)
    failures: list[CdcError] = []

    with database.session():
        database.settings = settings.oracle.model_copy(update={"pool_wait_seconds": 0.01})
        for _ in range(20):
            now += 10.0
            try:
                database.attempt(lambda session: session.ping())
            except Exception as error:
                failures.append(error.error)  # type: ignore[attr-defined]
                progress.stepped("capture", succeeded=False, error=failures[-1])
    database.close()

    assert {type(failure) for failure in failures} == {NoSessionFree}
    assert progress.late_loops(120) == {"capture": 200.0}
