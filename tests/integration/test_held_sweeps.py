"""A sweep passes late calls that a DBA's open transaction holds, and finds them later."""

from __future__ import annotations

from collections.abc import Callable

import oracledb

from oracle_cdc.conversations.chores.reconcile import Reconciliation
from oracle_cdc.conversations.wiring import Application, make_reconciliation
from tests.integration.samples import HELLO
from tests.integration.test_held_rows import lock_rows
from tests.integration.test_reconcile import HOUR, begin, figures
from tests.world import USER, World


def lock_late_calls(world: World, service: Application, *call_ids: str) -> oracledb.Connection:
    """Lock calls of which rows come late, and record another that comes later."""
    held = call_ids or ("1",)
    for call_id in held:
        world.record(call_id, *HELLO)
    world.cycle(service)
    world.received()
    # Their first rows lie outside of each sweep, which must not find the calls by these.
    world.move_clock(55 * HOUR)
    world.cycle(service)
    for call_id in held:
        world.record(call_id, ("C", "hours before"), ago_seconds=20 * HOUR)
    world.record("2", *HELLO, ago_seconds=10 * HOUR)
    return lock_rows(world)


def let_interval_pass(world: World) -> None:
    """Make it time for the next sweep."""
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS SET SWEEP_BEGAN_AT = SWEEP_BEGAN_AT - 1 / 24"
    )


def finish(reconciliation: Reconciliation) -> str:
    """Run a sweep to its end, and return what it says."""
    said: list[str] = []
    for _ in range(200):
        said.append(reconciliation.run_once().report)
        if reconciliation.sweep is None:
            return said[-1]
    raise AssertionError("the sweep stands still")


def step_until(reconciliation: Reconciliation, is_there: Callable[[], bool]) -> None:
    """Take steps until something is there, and fail where it does not come."""
    for _ in range(200):
        if is_there():
            return
        reconciliation.run_once()
    raise AssertionError("the sweep stands still")


def test_a_late_call_that_another_session_holds_keeps_no_other_from_the_sweep(
    world: World,
) -> None:
    service = begin(world)
    reconciliation = make_reconciliation(service)
    dba = lock_late_calls(world, service)

    said = finish(reconciliation)
    while_held = world.received()
    dba.rollback()
    let_interval_pass(world)
    finish(reconciliation)

    assert "calls that other sessions hold were passed" in said
    assert [b["callId"] for b in while_held] == ["2"]
    assert [(b["callId"], b["revision"]) for b in world.received()] == [("1", 2)]
    assert figures(world)[3] == 0


def test_a_call_that_a_sweep_passed_is_found_after_a_restart(world: World) -> None:
    service = begin(world)
    dba = lock_late_calls(world, service)
    killed = make_reconciliation(service)
    step_until(killed, lambda: "2" in world.states())
    world.received()
    dba.rollback()

    finish(make_reconciliation(service))

    assert [(b["callId"], b["revision"]) for b in world.received()] == [("1", 2)]


def test_a_call_that_is_locked_for_a_moment_is_waited_for(world: World) -> None:
    service = begin(world)
    reconciliation = make_reconciliation(service)
    dba = lock_late_calls(world, service)
    step_until(reconciliation, lambda: bool(reconciliation.turns.claiming.locked))
    dba.rollback()

    said = finish(reconciliation)

    assert "passed" not in said
    assert [b["callId"] for b in world.received()] == ["1", "2"]


def test_calls_of_one_slice_that_others_have_locked_are_passed_however_many(world: World) -> None:
    service = begin(world, max_batch_size=2)
    lock_late_calls(world, service, *(str(number) for number in range(100, 107)))

    finish(make_reconciliation(service))

    assert [b["callId"] for b in world.received()] == ["2"]
