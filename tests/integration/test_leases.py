"""A lease ends, is lost or given up during a delivery: nothing is sent or written beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from time import monotonic

import pytest

from oracle_cdc.conversations.outbound.reading import Reader
from oracle_cdc.conversations.outbound.settling import ROUNDS, Unsettled
from oracle_cdc.conversations.outbound.turn import Search
from oracle_cdc.conversations.rules.windows import FAR_FUTURE, Window
from oracle_cdc.conversations.tables import leases
from oracle_cdc.conversations.tables.endings import Ending
from oracle_cdc.conversations.tables.leases import Lease, renew_lease
from oracle_cdc.errors import CdcError
from oracle_cdc.running.halving import Sorted
from tests.integration.samples import HELLO
from tests.integration.test_clocks import hook, started
from tests.world import USER, World

LEDGER = f"{USER}.CDC_PROCESSED_CALLS"
EVERYTHING = Search(Window(datetime(2000, 1, 1), FAR_FUTURE))
#: What another copy does when it takes a call over.
TAKE_OVER = (
    f"UPDATE {LEDGER} SET LEASE_TOKEN = 'theirs', LEASE_OWNER = 'other', VERSION = VERSION + 1"
)


@contextmanager
def aging(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Let leases seem older by the seconds in the list."""
    seconds = [0.0]
    monkeypatch.setattr(leases, "monotonic", lambda: monotonic() + seconds[0])
    yield seconds


def lease_calls(world: World, token: str, *call_ids: str) -> None:
    for call_id in call_ids:
        world.record(call_id, *HELLO)
        world.change(
            f"INSERT INTO {LEDGER} (CALL_ID, STATE, LEASE_TOKEN) VALUES (:1, 'LEASED', :2)",
            call_id,
            token,
        )


def test_no_request_is_made_that_the_lease_may_not_outlive(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, outbound = started(world, lease_seconds=300)
    world.record("1", *HELLO)

    with aging(monkeypatch) as seconds:
        hook(monkeypatch, outbound, "send", lambda: seconds.append(seconds.pop() + 280))
        capture.run_cycle()

    assert world.received_bodies() == []
    assert world.states() == {"1": "OPEN"}


def test_a_lease_that_would_not_outlive_two_requests_is_renewed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, _ = started(world, lease_seconds=300)
    world.record("1", *HELLO)

    with aging(monkeypatch) as seconds:
        hook(
            monkeypatch,
            capture.turns.delivery.preparing,
            "decide",
            lambda: seconds.append(seconds.pop() + 280),
        )
        capture.run_cycle()

    assert world.states() == {"1": "SENT"}


def test_a_renewed_lease_counts_from_before_its_renewal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = world.application()
    lease = Lease("t", "this-test", 300)
    moments = count(1000.0, 30.0)
    monkeypatch.setattr(leases, "monotonic", lambda: next(moments))

    with service.database.session() as session:
        renew_lease(session, lease)

    assert lease.started_at == 1000.0


def test_the_lease_is_looked_at_before_each_read(world: World) -> None:
    lease_calls(world, "ours", "1", "2")
    looks: list[str] = []
    reader = Reader(world.application().database, 10_000_000)

    read = reader.read("ours", ["1", "2"], lambda: looks.append("look"))

    assert sorted(read.passed) == ["1", "2"]
    assert looks == ["look"]


def test_what_was_read_is_delivered_before_it_is_more_than_the_memory_s_budget(
    world: World,
) -> None:
    lease_calls(world, "ours", "1", "2", "3")
    reader = Reader(world.application().database, 1)

    read = reader.read("ours", ["1", "2", "3"], lambda: None)

    assert len(read.passed) == 1
    assert sorted([*read.passed, *read.untried]) == ["1", "2", "3"]


def test_what_another_copy_took_over_is_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, _ = started(world)
    world.record("1", *HELLO)
    hook(monkeypatch, capture.turns.delivery.preparing, "decide", lambda: world.change(TAKE_OVER))

    capture.run_cycle()

    assert world.received_bodies() == []
    assert world.rows(f"SELECT STATE, LEASE_TOKEN FROM {LEDGER}") == [("LEASED", "theirs")]


def test_what_another_copy_took_over_is_not_settled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, outbound = started(world)
    world.record("1", *HELLO)
    hook(monkeypatch, outbound, "send", lambda: world.change(TAKE_OVER))

    capture.run_cycle()

    assert world.rows(f"SELECT STATE, LEASE_TOKEN FROM {LEDGER}") == [("LEASED", "theirs")]
    assert world.rows(f"SELECT CALL_ID FROM {USER}.CDC_PROCESSING_LOG") == []


def test_a_stop_gives_back_what_is_leased_and_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The budget of the memory takes one call at a time; the stop comes with the first.
    capture, _ = started(world, max_batch_bytes=1024)
    for call_id in ("1", "2", "3"):
        world.record(call_id, *HELLO)
    hook(monkeypatch, capture.turns.delivery.preparing, "decide", capture.stop.set)

    capture.run_cycle()

    assert world.states() == {"1": "OPEN", "2": "OPEN", "3": "OPEN"}


def test_a_heartbeat_that_fails_between_two_answers_loses_none(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    capture, _ = started(world)
    world.record("1", *HELLO)
    capture.turns.delivery.sender.heartbeat.written_at -= 3600
    world.server.faults.set(
        f'error 904 on execute when "UPDATE CDC_PROCESSING_STATUS" times 1 for {USER}'
    )

    capture.turns.take(EVERYTHING)

    assert "heartbeat failed: ORA-00904" in caplog.text
    assert world.states() == {"1": "SENT"}


@pytest.mark.parametrize(("rounds", "is_given_up"), [(ROUNDS - 1, False), (ROUNDS, True)])
def test_an_ending_that_oracle_refuses_is_left_to_the_leases_end_only_after_three_rounds(
    rounds: int, is_given_up: bool
) -> None:
    ending, refused = Ending("1", "FAILED"), CdcError("refused")
    unsettled = Unsettled([ending])

    failures = [unsettled.note(Sorted(own=[(ending, refused)])) for _ in range(rounds)]

    assert failures[:2] == [refused, refused]
    assert (failures[-1] is None) is is_given_up
    assert (unsettled.left == []) is is_given_up
