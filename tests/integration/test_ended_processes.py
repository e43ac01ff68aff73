"""Calls whose leases ended several times may end the process: nothing is delivered beside them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from time import monotonic

import pytest

from oracle_cdc.conversations.outbound.cycle import Capture
from oracle_cdc.conversations.outbound.lanes import Lanes
from oracle_cdc.conversations.rules.claims import Claim, Clocks
from oracle_cdc.conversations.tables.leases import Lease
from tests.integration.cycles import are_sent, once, record_calls, sendings
from tests.integration.test_clocks import started
from tests.integration.test_held_rows import lock_rows
from tests.world import USER, World

LEDGER = f"{USER}.CDC_PROCESSED_CALLS"
#: Within it the next delivery would begin, if it were not to wait for this one.
OVERLAP_SECONDS = 0.3


def leave_leased(world: World, *call_ids: str) -> None:
    """Record calls whose process has ended three times."""
    record_calls(world, *call_ids)
    for call_id in call_ids:
        world.change(
            f"INSERT INTO {LEDGER} (CALL_ID, STATE, DUE_AT, LEASE_TOKEN, TAKEOVERS, VERSION) "
            f"VALUES ('{call_id}', 'LEASED', SYS_EXTRACT_UTC(SYSTIMESTAMP), 'theirs', 3, 4)"
        )


def watch_deliveries(monkeypatch: pytest.MonkeyPatch, capture: Capture) -> list[list[str]]:
    """Note what is under way whenever a delivery has begun, or another beside it."""
    delivery = capture.turns.delivery
    deliver = delivery.deliver
    under_way: list[str] = []
    seen: list[list[str]] = []
    another = threading.Condition()

    def watched(lease: Lease, claims: Sequence[Claim], clocks: Clocks) -> None:
        call_ids = [claim.candidate.call_id for claim in claims]
        with another:
            under_way.extend(call_ids)
            another.notify_all()
            another.wait(OVERLAP_SECONDS)
            seen.append(sorted(under_way))
        deliver(lease, claims, clocks)
        with another:
            for call_id in call_ids:
                under_way.remove(call_id)

    monkeypatch.setattr(delivery, "deliver", watched)
    return seen


def wait_for(event: threading.Event) -> None:
    event.wait()


def test_a_call_whose_lease_ended_three_times_is_sent_though_each_search_brings_others(
    world: World,
) -> None:
    # It was claimed only by a search that brought no other call, which a busy day never has.
    capture, _ = started(world)
    leave_leased(world, "1")
    record_calls(world, "2", "3")

    capture.run_cycle()

    assert are_sent(world, "1", "2", "3")()
    assert sendings(world) == once("1", "2", "3")


def test_calls_whose_leases_ended_three_times_are_delivered_one_by_one_and_before_all_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Up to three were delivered side by side, each as if it were alone. The one that ended the
    # process took the others with it, which were set aside for that.
    capture, _ = started(world, max_batch_size=2)
    leave_leased(world, "1", "2", "3")
    record_calls(world, "4", "5")
    seen = watch_deliveries(monkeypatch, capture)

    capture.run_cycle()

    assert seen == [["1"], ["2"], ["3"], ["4", "5"]]
    assert are_sent(world, "1", "2", "3", "4", "5")()


def test_a_call_whose_lease_ended_three_times_waits_for_what_is_being_delivered(
    world: World,
) -> None:
    capture, _ = started(world)
    lanes = capture.lanes
    lanes.patience_seconds = 0
    is_over = threading.Event()
    lanes.start(lambda: wait_for(is_over))
    leave_leased(world, "1")
    record_calls(world, "2")

    capture.run_cycle()
    with lanes.changed:
        lanes.changed.wait_for(lambda: len(lanes.running) == 1)
    states = world.states()
    is_over.set()
    lanes.finish()
    capture.run_cycle()
    lanes.finish()

    assert states == {"1": "LEASED", "2": "SENT"}
    assert are_sent(world, "1", "2")()


def test_a_call_whose_lease_ended_three_times_waits_for_no_end_of_a_backlog(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # While there is one, some lane is always busy.
    capture, _ = started(world, max_batch_size=1)
    backlog = [str(number) for number in range(10, 20)]
    record_calls(world, *backlog)
    leave_leased(world, "1")
    is_over = threading.Event()
    capture.lanes.start(lambda: wait_for(is_over))
    delivery = capture.turns.delivery
    deliver = delivery.deliver
    began: list[str] = []

    def noted(lease: Lease, claims: Sequence[Claim], clocks: Clocks) -> None:
        began.append(claims[0].candidate.call_id)
        deliver(lease, claims, clocks)

    def wait() -> None:
        is_over.set()
        Lanes.wait(capture.lanes)

    monkeypatch.setattr(delivery, "deliver", noted)
    monkeypatch.setattr(capture.lanes, "wait", wait)
    capture.run_cycle()

    assert began[0] == "1"
    assert are_sent(world, "1", *backlog)()


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_call_tried_alone_that_cant_be_claimed_keeps_no_other_waiting(
    world: World, *, is_refused: bool
) -> None:
    # It came before all others, each time anew: nothing was sent until its row was free.
    capture, _ = started(world)
    leave_leased(world, "1")
    record_calls(world, "2", "3")
    if is_refused:
        capture.turns.claiming.resting["1"] = monotonic() + 300
    else:
        lock_rows(world, "CALL_ID = '1'")

    capture.run_cycle()

    assert sendings(world) == once("2", "3")
    assert world.states()["1"] == "LEASED"


def test_what_is_due_waits_for_no_other_cycle_when_a_call_is_claimed_alone(world: World) -> None:
    capture, _ = started(world)
    leave_leased(world, "1", "2")
    record_calls(world, "3")
    world.change(
        f"INSERT INTO {LEDGER} (CALL_ID, STATE, DUE_AT, VERSION) "
        "VALUES ('3', 'OPEN', SYS_EXTRACT_UTC(SYSTIMESTAMP), 1)"
    )

    capture.run_cycle()

    assert are_sent(world, "1", "2", "3")()


def test_a_call_tried_alone_whose_end_cant_be_written_keeps_no_other_waiting(
    world: World,
) -> None:
    # It is tried again and again, and nothing else was claimed meanwhile.
    capture, _ = started(world)
    capture.lanes.patience_seconds = 0.1
    leave_leased(world, "1")
    world.change(f"UPDATE {LEDGER} SET TAKEOVERS = 4")
    record_calls(world, "2")
    world.server.faults.set('error 1653 on execute times always when "SQS_PERMANENT_FAILURES"')

    capture.run_cycle()
    states = world.states()
    world.server.faults.clear()
    capture.lanes.finish()

    assert states == {"1": "LEASED", "2": "SENT"}
    assert world.states()["1"] == "FAILED"
