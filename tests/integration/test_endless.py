"""No end is an end that has passed: what somebody's repair or a half-restored export left without a
time goes on."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest

from oracle_cdc.conversations.chores.job_requests import JobRequest, begin_or_resume
from oracle_cdc.conversations.chores.overdue import Overdue
from oracle_cdc.conversations.figures import read_figures
from oracle_cdc.conversations.wiring import Application, make_reconciliation
from tests.integration.backfills import (
    FEBRUARY,
    JANUARY,
    alone,
    finish,
    order,
    record_january,
    sent,
)
from tests.integration.samples import HELLO
from tests.integration.test_reconcile import HOUR, begin, sweep
from tests.world import USER, World

STATUS = f"UPDATE {USER}.CDC_PROCESSING_STATUS SET"
NORMAL = "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
HISTORICAL = "WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'"


def late_calls(world: World, service: Application) -> list[str]:
    """Return what a sweep sends of a call that came hours late."""
    world.record("1", *HELLO, ago_seconds=5 * HOUR)
    reconciliation = make_reconciliation(service)
    reconciliation.run_once()
    if reconciliation.sweep is not None:
        sweep(reconciliation)
    return [body["callId"] for body in world.received()]


@pytest.mark.parametrize(
    "repair",
    [
        pytest.param("SWEEP_OWNER = 'x', SWEEP_UNTIL = NULL", id="no end"),
        pytest.param(
            "SWEEP_OWNER = 'x', SWEEP_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + INTERVAL '3' DAY",
            id="an end days ahead",
        ),
        pytest.param(
            "SWEEP_OWNER = 'x', SWEEP_UNTIL = NULL, SWEEP_CURSOR = SWEEP_FROM",
            id="no end, unfinished",
        ),
        pytest.param(
            "SWEEP_CURSOR = COVERAGE_START, SWEEP_FROM = NULL, SWEEP_CLOCK = NULL",
            id="a cursor alone",
        ),
        pytest.param(
            "SWEEP_BEGAN_AT = NULL, SWEEP_FULL_AT = NULL, SWEEP_END = NULL", id="no times"
        ),
    ],
)
def test_a_sweep_whose_times_were_emptied_is_made(world: World, repair: str) -> None:
    service = begin(world)
    world.change(f"{STATUS} {repair} {NORMAL}")

    assert late_calls(world, service) == ["1"]


def test_a_sweep_in_another_copys_hands_is_left_to_it(world: World) -> None:
    service = begin(world)
    until = "SYS_EXTRACT_UTC(SYSTIMESTAMP) + INTERVAL '60' SECOND"
    world.change(f"{STATUS} SWEEP_OWNER = 'x', SWEEP_UNTIL = {until} {NORMAL}")

    assert late_calls(world, service) == []


@pytest.mark.parametrize("state", ["OPEN", "LEASED"])
def test_a_call_without_a_due_time_is_due(world: World, state: str) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.received()
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS "
        f"SET STATE = '{state}', DUE_AT = NULL, LEASE_UNTIL = NULL, "
        "SENT_REVISION = NULL, SENT_AT = NULL"
    )

    world.cycle(service)

    assert world.states() == {"1": "SENT"}
    assert [body["revision"] for body in world.received()] == [1]


def test_calls_without_a_due_time_are_no_more_than_a_batch_each(world: World) -> None:
    service = world.application(max_batch_size=3)
    for call in range(10):
        world.record(str(call + 1), *HELLO)
    world.cycle(service)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'OPEN', DUE_AT = NULL, SENT_REVISION = NULL"
    )

    world.cycle(service)

    assert set(world.states().values()) == {"SENT"}
    assert len(world.received()) == 20


def test_a_call_in_another_copys_hands_is_left_to_it(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'LEASED', LEASE_UNTIL = NULL, "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + INTERVAL '60' SECOND"
    )

    world.cycle(service)

    assert world.states() == {"1": "LEASED"}


def test_a_sent_call_without_a_time_is_overdue_and_sent_again(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET SENT_AT = NULL")

    with service.database.session() as session:
        assert read_figures(session, 60).overdue == 1
        listed = session.query("list_overdue", deadline_minutes=60, row_limit=10)
    Overdue(service.database, deadline_minutes=60, times=1, batch_size=50).run_once()
    world.cycle(service)

    assert [record["call_id"] for record in listed] == ["1"]
    assert len(world.received()) == 2


def test_a_ledger_row_without_any_time_accounts_for_nothing(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.received()
    emptied = (
        "PROCESSED_AT = NULL, TEXT_TIME = NULL, NEWEST_READ = NULL, ROWS_READ = NULL, STATE = NULL"
    )
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET {emptied}")

    world.cycle(service)

    assert world.states() == {"1": "SENT"}


def test_a_job_without_a_cursor_begins_anew_and_sends_nothing_twice(world: World) -> None:
    record_january(world)
    service = world.application(historical_batch_size=4)
    order(service)
    mode = alone(service)
    for _ in range(4):
        mode.run_once()
    world.change(f"{STATUS} LAST_PROCESSED_TIMESTAMP = NULL {HISTORICAL}")

    finish(alone(service))

    assert len(sent(world)) == 20


@pytest.mark.parametrize("column", ["JOB_END", "JOB_START"])
def test_a_job_without_an_end_or_a_beginning_is_over_and_another_can_be_begun(
    world: World, column: str
) -> None:
    # It could neither be worked on nor be replaced.
    record_january(world)
    service = world.application()
    order(service)
    world.change(f"{STATUS} {column} = NULL {HISTORICAL}")

    with service.database.session() as session:
        begin_or_resume(session, JobRequest(JANUARY, FEBRUARY))
    finish(alone(service))

    assert len(sent(world)) == 20


# A reconciliation that does not finish is reported


def age_days(world: World, service: Application, days: float) -> None:
    """Move the last finished sweep back by days, while another copy says that it is at the next."""
    world.cycle(service)
    until = "SYS_EXTRACT_UTC(SYSTIMESTAMP) + INTERVAL '600' SECOND(3)"
    world.change(
        f"{STATUS} SWEEP_END = CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL({days}, 'DAY'), "
        f"SWEEP_OWNER = 'x', SWEEP_UNTIL = {until} {NORMAL}"
    )
    make_reconciliation(service).run_once()


def late(service: Application) -> bool:
    """Return whether readiness says that no reconciliation has finished."""
    return any(reason.startswith("reconciliation:") for reason in service.readiness.missing())


def test_a_reconciliation_that_has_not_finished_for_a_day_is_reported(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = world.application()
    age_days(world, service, 1.5)

    service.capture_leg.signs.log_reconciliation()

    (reported,) = [
        record for record in caplog.records if "none has finished" in record.getMessage()
    ]
    assert reported.levelno == logging.ERROR
    assert reported.getMessage().startswith("reconciliation: none has finished for 36 h")
    assert [
        reason
        for reason in service.readiness.missing()
        if reason.startswith("reconciliation: none has")
    ]


@pytest.mark.parametrize("days", [0.1, 1.0])
def test_a_reconciliation_of_today_is_not_reported(world: World, days: float) -> None:
    service = world.application()
    age_days(world, service, days)

    assert not late(service)


def test_what_a_dba_paused_or_the_settings_turned_off_is_not_reported(world: World) -> None:
    off, paused = world.application(reconcile_hours=0), world.application()
    for service in (off, paused):
        world.change(f"{STATUS} IS_ENABLED = 1 {NORMAL}")
        age_days(world, service, 9)
        world.change(f"{STATUS} IS_ENABLED = 0 {NORMAL}")
        make_reconciliation(service).run_once()

        assert not late(service)


def test_its_recovery_is_reported(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    service = world.application(reconcile_pause_seconds=0)
    age_days(world, service, 3)
    service.capture_leg.signs.log_reconciliation()
    world.change(f"{STATUS} SWEEP_OWNER = NULL {NORMAL}")

    sweep(make_reconciliation(service))
    service.capture_leg.signs.log_reconciliation()

    assert not late(service)
    assert "the end of the reconciliation: recovered" in caplog.text


def test_before_the_first_sweep_its_age_counts_from_the_start_of_coverage(world: World) -> None:
    service = world.application()
    world.cycle(service)
    world.change(f"{STATUS} SWEEP_OWNER = 'x', COVERAGE_START = :1", datetime(2020, 1, 1))
    world.change(
        f"{STATUS} SWEEP_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + INTERVAL '600' SECOND(3) {NORMAL}"
    )

    make_reconciliation(service).run_once()
    assert not late(service)

    world.change(f"{STATUS} CREATED_AT = CREATED_AT - INTERVAL '2' DAY {NORMAL}")
    make_reconciliation(service).run_once()
    assert late(service)
