"""Historical mode: a durable job over old times, through the same ledger."""

from __future__ import annotations

import itertools
from datetime import datetime

import pytest

from oracle_cdc.conversations.chores.job_requests import JobRefused
from oracle_cdc.conversations.pipeline import run_once
from oracle_cdc.errors import SettingsError
from tests.integration.backfills import (
    FEBRUARY,
    JANUARY,
    alone,
    finish,
    order,
    record_at,
    record_january,
    sent,
)
from tests.world import USER, World


def job_row(world: World, columns: str) -> tuple[object, ...]:
    return world.rows(
        f"SELECT {columns} FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'"
    )[0]


def test_a_month_is_sent_and_its_empty_days_cost_nothing(world: World) -> None:
    record_january(world)
    record_at(world, "1", datetime(2024, 12, 31, 23))
    record_at(world, "2", FEBRUARY)
    service = world.application()
    order(service)

    steps = finish(alone(service))

    assert sent(world) == sorted(str(day * 100 + call) for day in (3, 28) for call in range(10))
    assert steps < 12
    assert job_row(world, "TOTAL_PROCESSED, LAST_PROCESSED_TIMESTAMP") == (20, FEBRUARY)


def test_a_call_with_one_segment_in_the_range_is_sent_whole(world: World) -> None:
    world.insert([("1", "B", None, "A", "before", datetime(2024, 12, 31, 23, 59, 59), FEBRUARY)])
    world.insert([("1", "B", None, "C", "inside", datetime(2025, 1, 1, 0, 0, 1), FEBRUARY)])
    service = world.application()
    order(service)

    finish(alone(service))

    (body,) = world.received()
    assert body["messageCount"] == 2


def test_a_job_goes_on_after_a_kill_without_sending_twice(world: World) -> None:
    record_january(world)
    service = world.application(historical_batch_size=4)
    job = order(service)
    killed = alone(service)
    for _ in range(4):
        killed.run_once()

    again = world.application(historical_batch_size=4)
    assert order(again).job_id == job.job_id
    finish(alone(again))

    assert len(sent(world)) == 20
    assert job_row(world, "TOTAL_PROCESSED") == (20,)


def test_calls_in_the_hands_of_a_killed_copy_are_waited_for(world: World) -> None:
    record_january(world)
    service = world.application()
    job = order(service)
    mode = alone(service)
    mode.run_once()
    mode.run_once()
    world.received()
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS "
        "SET STATE = 'LEASED', SENT_REVISION = NULL, LEASE_TOKEN = 'dead', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + INTERVAL '300' SECOND(3) WHERE CALL_ID = '300'"
    )
    for _ in range(12):
        mode.run_once()
    assert (mode.unfinished_calls, mode.is_done) == (1, False)

    world.move_clock(301)
    finish(mode)

    assert "300" in sent(world)
    assert job.job_id


def test_two_copies_work_one_job_and_send_each_call_once(world: World) -> None:
    record_january(world)
    copies = [
        alone(world.application(historical_batch_size=3, instance_id=f"copy-{n}")) for n in range(2)
    ]
    order(world.applications[0])
    world.applications[1].startup.ensure_database()

    for _ in range(30):
        for copy in copies:
            copy.run_once()

    assert all(copy.is_done for copy in copies)
    assert len(sent(world)) == 20


def test_another_range_is_refused_while_one_is_unfinished(world: World) -> None:
    service = world.application()
    order(service)

    with pytest.raises(JobRefused, match=r"2025-01-01T00:00:00 to 2025-02-01T00:00:00.*--replace"):
        order(service, end=datetime(2025, 3, 1))
    assert order(service, end=datetime(2025, 3, 1), replaces=True).end == datetime(2025, 3, 1)


def test_a_job_that_had_no_end_of_its_own_goes_on_after_the_start_of_coverage_moved(
    world: World,
) -> None:
    service = world.application()
    world.cycle(service)
    begun = order(service, end=None)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS SET COVERAGE_START = COVERAGE_START - 1 "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )

    assert order(service, end=None).end == begun.end


def test_what_was_sent_is_not_sent_again_by_the_same_range(world: World) -> None:
    record_january(world)
    service = world.application()
    for _ in range(2):
        order(service)
        finish(alone(service))

    assert len(sent(world)) == 20


def test_a_paused_job_waits(world: World) -> None:
    record_january(world)
    service = world.application()
    order(service)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 0 "
        "WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'"
    )
    mode = alone(service)

    assert mode.run_once().next_seconds > 0
    assert mode.is_paused
    assert sent(world) == []


def test_a_job_yields_while_normal_mode_is_behind(world: World) -> None:
    record_january(world)
    service = world.application()
    world.cycle(service)
    order(service)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET LAST_PROCESSED_TIMESTAMP = CAST(SYSTIMESTAMP AS TIMESTAMP) "
        "- INTERVAL '10' MINUTE WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )

    for _ in range(3):
        alone(service).run_once()

    assert sent(world) == []


def test_a_rate_limits_the_claims_of_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(0.0, 0.25)
    monkeypatch.setattr("oracle_cdc.conversations.chores.backfill.monotonic", lambda: next(seconds))
    record_january(world)
    service = world.application()
    order(service, rate=2.0)
    mode = alone(service)
    mode.run_once()

    pause = mode.run_once().next_seconds

    assert len(sent(world)) == 2
    assert pause == 0.75


def test_without_an_end_the_range_reaches_to_the_start_of_coverage(world: World) -> None:
    service = world.application()
    with pytest.raises(SettingsError, match="end of the range is missing"):
        order(service, end=None)
    world.cycle(service)

    job = order(service, end=None)

    ((coverage,),) = world.rows(
        f"SELECT COVERAGE_START FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    assert job.end == coverage


def test_the_settings_order_their_range_once(world: World) -> None:
    record_january(world)
    service = world.application(historical_mode_enabled=True, historical_start_date=JANUARY)
    run_once(service)
    assert len(sent(world)) == 20
    service.startup.ensure_database()
    order(service, end=datetime(2025, 1, 2))
    run_once(service)

    assert job_row(world, "JOB_END") == (datetime(2025, 1, 2),)
    assert sent(world) == []


def test_a_cursor_that_a_person_moved_is_followed(world: World) -> None:
    record_january(world)
    service = world.application()
    order(service)
    mode = alone(service)
    mode.run_once()
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET LAST_PROCESSED_TIMESTAMP = TIMESTAMP '2025-01-20 00:00:00' "
        "WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'"
    )

    finish(mode)

    assert len(sent(world)) == 10
