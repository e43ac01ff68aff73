"""A historical job passes calls that another session's open transaction holds, and goes back."""

from __future__ import annotations

from datetime import datetime

import oracledb
import pytest

from oracle_cdc.commands.backfill_view import Shown
from oracle_cdc.commands.conversations.backfill import show
from oracle_cdc.conversations.chores.backfill import Backfill
from oracle_cdc.conversations.outbound import claiming
from oracle_cdc.conversations.pipeline import run_history, run_once
from oracle_cdc.conversations.wiring import Application, make_reconciliation
from tests.integration.backfills import (
    FEBRUARY,
    alone,
    finish,
    order,
    record_at,
    record_january,
    sent,
)
from tests.integration.samples import HELLO
from tests.integration.test_held_rows import LEDGER, lock_rows
from tests.integration.test_held_sweeps import step_until
from tests.integration.test_history import job_row
from tests.integration.test_reconcile import HOUR, begin
from tests.world import USER, World

JANUARY_3 = datetime(2025, 1, 3, 9)


class Views:
    """Keeps what `backfill` shows."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)

    def close(self) -> None:
        pass


def begin_beside_dba(world: World) -> tuple[Application, oracledb.Connection]:
    """Return a service whose next job finds new rows of a call that a DBA holds, and new calls."""
    record_at(world, "1", JANUARY_3)
    service = world.application()
    order(service)
    finish(alone(service))
    world.received()
    record_at(world, "1", datetime(2025, 1, 3, 10))
    record_january(world)
    order(service)
    return service, lock_rows(world, "CALL_ID = '1'")


def pass_through(mode: Backfill) -> None:
    """Work until the job waits for what others hold."""
    for _ in range(100):
        if mode.run_once().waits_for == "calls that others hold":
            return
    raise AssertionError("the job stands still")


def test_a_call_that_another_session_holds_keeps_no_other_from_a_job(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    # The job searched the same hour again and again, without a pause, until the DBA had committed.
    caplog.set_level("INFO")
    service, dba = begin_beside_dba(world)
    mode = alone(service)

    pass_through(mode)
    while_held = sent(world)
    dba.rollback()
    finish(mode)

    assert while_held == sorted(str(day * 100 + call) for day in (3, 28) for call in range(10))
    assert [(body["callId"], body["revision"]) for body in world.received()] == [("1", 2)]
    assert job_row(world, "LAST_PROCESSED_TIMESTAMP") == (FEBRUARY,)
    assert "but for calls from 2025-01-03T09:00:00 to 2025-01-03T11:00:00" in caplog.text
    assert "from the historical job: recovered" in caplog.text


def test_a_backfill_that_goes_past_calls_of_others_shows_it(world: World) -> None:
    # Its cursor stands still, whatever is sent behind it.
    service, dba = begin_beside_dba(world)
    mode, views = alone(service), Views()

    for _ in range(60):
        mode.run_once()
        show(service, mode, views)
    meanwhile = views.shown[-1]
    dba.rollback()
    finish(mode)
    show(service, mode, views)

    assert (meanwhile.waiting, meanwhile.at) == ("past calls that others hold", JANUARY_3)
    assert (views.shown[0].waiting, views.shown[-1].waiting) == ("", "")


@pytest.mark.timeout(60)
def test_a_run_once_leaves_calls_of_others_to_the_next_one(world: World) -> None:
    record_at(world, "1", JANUARY_3)
    first = world.application(historical_mode_enabled=True)
    order(first)
    run_once(first)
    record_at(world, "1", datetime(2025, 1, 3, 10))
    record_january(world)
    order(first)
    dba = lock_rows(world, "CALL_ID = '1'")
    world.received()

    run_once(world.application(historical_mode_enabled=True))
    while_held = sent(world)
    dba.rollback()
    run_once(world.application(historical_mode_enabled=True))

    assert len(while_held) == 20
    assert sent(world) == ["1"]
    assert job_row(world, "TOTAL_PROCESSED") == (22,)


@pytest.mark.timeout(60)
def test_what_a_run_once_sends_beside_a_locked_row_is_counted_or_said_to_be_missing(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("oracle_cdc.conversations.tables.row_lock.LOCK_WAIT_SECONDS", 0.1)
    service, dba = begin_beside_dba(world)
    dba.cursor().execute(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 1")

    run_history(service)

    assert len(sent(world)) == 20
    assert "TOTAL_PROCESSED lacks 20 messages" in caplog.text


def test_a_job_looks_again_only_where_it_has_passed_calls(world: World) -> None:
    service, _ = begin_beside_dba(world)
    mode = alone(service)

    pass_through(mode)
    again = mode.job_search.search
    pass_through(mode)

    assert again is not None
    assert again.stretch.position >= JANUARY_3
    assert again.stretch.end <= datetime(2025, 1, 3, 11)
    assert sent(world) == sorted(str(day * 100 + call) for day in (3, 28) for call in range(10))


def test_a_call_that_a_job_passed_is_found_after_a_restart(world: World) -> None:
    service, dba = begin_beside_dba(world)
    pass_through(alone(service))
    sent(world)
    dba.rollback()

    again = world.application()
    again.startup.ensure_database()
    finish(alone(again))

    assert [(body["callId"], body["revision"]) for body in world.received()] == [("1", 2)]


def insert_without_commit(
    world: World, service: Application, call_id: str, monkeypatch: pytest.MonkeyPatch
) -> oracledb.Connection:
    """Insert a call's ledger row in another session, for which its claim waits."""
    monkeypatch.setattr(claiming, "RETRY_SECONDS", 0.1)
    service.database.settings = service.database.settings.model_copy(
        update={"call_timeout_seconds": 0.5}
    )
    other = world.connect()
    other.cursor().execute(f"INSERT INTO {LEDGER} (CALL_ID, STATE) VALUES (:1, 'OPEN')", [call_id])
    return other


def test_a_row_that_another_session_has_not_committed_yet_keeps_no_other_call_from_a_job(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_january(world)
    service = world.application()
    order(service)
    other = insert_without_commit(world, service, "300", monkeypatch)
    mode = alone(service)

    pass_through(mode)
    while_held = sent(world)
    other.rollback()
    mode.turns.claiming.clock = lambda: float("inf")
    finish(mode)

    assert len(while_held) == 19
    assert sent(world) == ["300"]


def test_a_row_that_another_session_has_not_committed_yet_keeps_no_other_call_from_the_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = begin(world)
    world.record("1", *HELLO, ago_seconds=20 * HOUR)
    world.record("2", *HELLO, ago_seconds=20 * HOUR)
    world.record("3", *HELLO, ago_seconds=10 * HOUR)
    insert_without_commit(world, service, "1", monkeypatch)

    step_until(make_reconciliation(service), lambda: "3" in world.states())

    assert [body["callId"] for body in world.received()] == ["2", "3"]
