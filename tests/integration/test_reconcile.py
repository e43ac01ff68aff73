"""The reconciliation: what came later than any window is found, healed and counted."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest

from oracle_cdc.conversations.chores.reconcile import Reconciliation
from oracle_cdc.conversations.wiring import Application, make_reconciliation
from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.running.chore import Result
from tests.integration.samples import HELLO
from tests.world import USER, World

HOUR = 3600


def begin(world: World, **settings: object) -> Application:
    """Return a service that began a day ago and has kept up since."""
    service = world.application(reconcile_pause_seconds=0, **settings)
    world.cycle(service)
    world.move_clock(30 * HOUR)
    world.cycle(service)
    return service


def sweep(reconciliation: Reconciliation) -> int:
    """Run one whole sweep, and return the number of its steps."""
    return len(results(reconciliation))


def results(reconciliation: Reconciliation) -> list[Result]:
    """Return what each step of one whole sweep says."""
    results = [reconciliation.run_once()]
    while reconciliation.sweep is not None:
        results.append(reconciliation.run_once())
    return results


def report(service: Application) -> str:
    """Return what a whole sweep has for the log."""
    return results(make_reconciliation(service))[-1].report


def figures(world: World) -> tuple[object, ...]:
    (row,) = world.rows(
        "SELECT RECONCILED_SOURCE, RECONCILED_SENT, RECONCILED_SUMMARIZED, RECONCILED_MISSING, "
        "RECONCILED_OLDEST "
        f"FROM {USER}.CDC_PROCESSING_STATUS WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    return row


def test_calls_that_came_hours_late_are_sent(world: World) -> None:
    service = begin(world)
    for hours in (2, 7, 20):
        world.record(str(hours), *HELLO, ago_seconds=hours * HOUR)
    world.cycle(service)
    assert world.received() == []

    sweep(make_reconciliation(service))

    assert sorted(int(b["callId"]) for b in world.received()) == [2, 7, 20]
    assert figures(world) == (3, 3, 0, 0, None)


def test_a_late_segment_of_a_call_that_was_sent_makes_a_revision(world: World) -> None:
    service = begin(world)
    world.record("1", *HELLO)
    world.cycle(service)
    world.record("1", ("C", "hours before"), ago_seconds=5 * HOUR)
    world.cycle(service)
    world.move_clock(31 * HOUR)
    world.record("2", *HELLO, ago_seconds=30 * 60)
    world.cycle(service)

    sweep(make_reconciliation(service))

    assert [(b["callId"], b["revision"]) for b in world.received()][-2:] == [("1", 2), ("2", 1)]


def test_rows_later_than_the_setting_or_before_the_coverage_are_left_alone(world: World) -> None:
    service = begin(world, reconcile_hours=6)
    world.record("1", *HELLO, ago_seconds=8 * HOUR)
    sweep(make_reconciliation(service))
    world.record("2", *HELLO, ago_seconds=31 * HOUR)
    world.move_clock(50 * HOUR)
    wide = world.application(reconcile_hours=8760, reconcile_pause_seconds=0)
    world.cycle(wide)
    sweep(make_reconciliation(wide))

    assert [b["callId"] for b in world.received()] == ["1"]


def test_a_paused_mode_is_not_swept(world: World) -> None:
    service = begin(world)
    world.record("1", *HELLO, ago_seconds=5 * HOUR)
    world.change(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 0")

    assert make_reconciliation(service).run_once().next_seconds > 0
    assert world.received() == []
    owners = f"SELECT SWEEP_OWNER FROM {USER}.CDC_PROCESSING_STATUS WHERE SWEEP_OWNER IS NOT NULL"
    assert world.rows(owners) == []


def test_a_mode_paused_meanwhile_stops_the_sweep(world: World) -> None:
    service = begin(world)
    world.record("1", *HELLO, ago_seconds=2 * HOUR)
    reconciliation = make_reconciliation(service)
    reconciliation.run_once()
    world.change(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 0")

    assert [reconciliation.run_once().next_seconds for _ in range(3)] == [60.0] * 3
    assert world.received() == []


def test_a_sweep_goes_on_where_a_kill_left_it(world: World) -> None:
    service = begin(world)
    world.record("1", *HELLO, ago_seconds=20 * HOUR)
    world.record("2", *HELLO, ago_seconds=2 * HOUR)
    killed = make_reconciliation(service)
    while not world.states():
        killed.run_once()
    at = cursor(world)

    again = make_reconciliation(service)
    steps = sweep(again)

    assert at is not None
    assert steps < 23
    assert sorted(b["callId"] for b in world.received()) == ["1", "2"]
    assert figures(world)[0] is None


def cursor(world: World) -> datetime | None:
    sql = (
        f"SELECT SWEEP_CURSOR FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    return world.rows(sql)[0][0]


def lose_save(world: World, reconciliation: Reconciliation) -> None:
    """Run a sweep until the connection is lost on which a step is written down."""
    world.server.faults.set(
        f'drop before execute when "SET SWEEP_CURSOR = :cursor_time" for {USER}'
    )
    with pytest.raises(OracleUnavailable):
        sweep(reconciliation)


def test_a_full_sweep_that_loses_its_connection_is_still_measured(world: World) -> None:
    service = begin(world)
    world.record("1", *HELLO, ago_seconds=20 * HOUR)
    reconciliation = make_reconciliation(service)

    lose_save(world, reconciliation)
    sweep(reconciliation)

    assert figures(world) == (1, 1, 0, 0, None)


def test_a_sweep_of_the_last_hour_that_loses_its_connection_goes_on(world: World) -> None:
    service = begin(world)
    reconciliation = make_reconciliation(service)
    sweep(reconciliation)
    world.move_clock(30 * HOUR + 20 * 60)
    world.cycle(service)

    lose_save(world, reconciliation)

    assert "reconciled from" in results(reconciliation)[-1].report


def test_one_copy_sweeps_at_a_time(world: World) -> None:
    service = begin(world)
    other = world.application(instance_id="the-other")
    first = make_reconciliation(service)
    first.run_once()

    second = make_reconciliation(other)
    second.run_once()

    assert second.sweep is None


def test_a_sweep_that_another_copy_took_over_is_left_to_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    service = begin(world)
    first = make_reconciliation(service)
    first.run_once()
    assert first.sweep is not None
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS SET SWEEP_OWNER = 'the-other', "
        "SWEEP_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + INTERVAL '60' SECOND "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )

    first.run_once()

    assert first.sweep is None
    assert "another copy took the sweep over" in caplog.text
    assert first.run_once().next_seconds == first.rules.look_again_seconds


def test_between_full_sweeps_only_the_last_hour_is_looked_at(world: World) -> None:
    service = begin(world)
    reconciliation = make_reconciliation(service)
    full = sweep(reconciliation)
    world.move_clock(30 * HOUR + 20 * 60)
    world.cycle(service)

    assert sweep(reconciliation) <= 4 < full


def test_a_downtime_lengthens_the_next_sweep(world: World) -> None:
    service = begin(world)
    sweep(make_reconciliation(service))
    world.record("1", *HELLO, ago_seconds=20 * HOUR)
    world.move_clock(60 * HOUR)
    world.cycle(service)

    sweep(make_reconciliation(service))

    assert [b["callId"] for b in world.received()] == ["1"]


def test_what_was_missing_is_reported(world: World) -> None:
    service = begin(world)
    world.record("1", *HELLO, ago_seconds=5 * HOUR)

    said = report(service)

    assert "1 call in source, 1 sent, 0 summarized, 1 was missing, 0 still are" in said


def test_a_call_that_shrank_in_the_source_is_reported_and_not_sent(
    world: World,
) -> None:
    service = begin(world)
    world.record("1", *HELLO)
    world.cycle(service)
    world.received()
    world.change("DELETE FROM rtbi.VERINT_TEXT_ANALYSIS WHERE OWNER = 'C'")

    said = report(service)

    assert "1 call has fewer rows than were read, the first is call 1" in said
    assert world.received() == []


def test_many_late_calls_of_one_slice_are_healed_turn_by_turn(world: World) -> None:
    service = begin(world, max_batch_size=3)
    for call in range(10):
        world.record(str(call + 1), *HELLO, ago_seconds=5 * HOUR + call)

    sweep(make_reconciliation(service))

    assert len(world.received()) == 10
    assert figures(world) == (10, 10, 0, 0, None)


def test_an_uncommitted_update_of_the_mode_row_does_not_stop_the_sweep(world: World) -> None:
    service = begin(world)
    world.record("1", *HELLO, ago_seconds=5 * HOUR)
    reconciliation = make_reconciliation(service)
    reconciliation.run_once()
    service.row_lock.locked_until = service.row_lock.clock() + 1000

    while not world.states():
        reconciliation.run_once()

    assert world.states() == {"1": "SENT"}
