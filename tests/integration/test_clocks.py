"""The database's clock jumps, leases end early, a cycle takes long: no call is hidden, frozen or
sent in two shapes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.conversations.outbound.cycle import Capture
from oracle_cdc.conversations.rules.claims import choose_claims
from oracle_cdc.conversations.rules.windows import FAR_FUTURE, Window
from oracle_cdc.conversations.tables.leases import Lease
from oracle_cdc.conversations.tables.ledger import write_claims
from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.conversations.tables.search import Query, Work, find_work
from oracle_cdc.conversations.wiring import Application
from tests.integration.cycles import fall_behind
from tests.integration.samples import HELLO
from tests.world import USER, World

HOUR, DAY = 3600, 86_400
#: A few cycles more than one, because some calls are looked at again before they are due.
MOST_CYCLES = 100


def cycle_until_sent(world: World, service: Application, call_id: str) -> None:
    for _ in range(MOST_CYCLES):
        world.cycle(service)
        if world.states().get(call_id) == "SENT":
            return
        service.stop.wait(0.05)
    pytest.fail(f"not sent after {MOST_CYCLES} cycles: {world.states()}")


# A clock that was ahead


def test_a_clock_that_was_ahead_at_the_first_start_hides_no_call(world: World) -> None:
    # The coverage began at the wrong clock's time. What was said before that moment, which was all
    # that came after the
    # clock had been put right, was taken for older than the service.
    world.move_clock(3 * HOUR)
    service = world.application()
    world.cycle(service)
    world.move_clock(0)
    world.record("1", *HELLO, ago_seconds=30)

    cycle_until_sent(world, service, "1")

    assert [body["callId"] for body in world.received()] == ["1"]


def test_a_clock_that_jumped_ahead_freezes_no_call(world: World) -> None:
    # The call was put off by a second of the wrong clock, so it was due in a month, and nothing
    # looked at it before.
    service = world.application(settle_seconds=1.0)
    world.cycle(service)
    world.move_clock(30 * DAY)
    world.record("1", *HELLO, ago_seconds=0)
    world.cycle(service)
    assert world.states() == {"1": "OPEN"}
    world.move_clock(0)

    cycle_until_sent(world, service, "1")

    assert [body["callId"] for body in world.received()] == ["1"]


def test_a_call_stamped_with_the_end_of_time_is_sent(world: World) -> None:
    # The newest window was said to have no end and ended at the first moment of that day.
    service = world.application()
    world.cycle(service)
    stamp = datetime(9999, 12, 31, 23, 59, 59)
    world.insert([("1", "B", None, owner, "hi", stamp, stamp) for owner in "AC"])

    world.cycle(service)

    assert [body["callId"] for body in world.received()] == ["1"]


# A long cycle


def test_last_updated_moves_inside_a_long_cycle_of_searches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only sending kept the heartbeat; a cycle of slow searches through a quiet night looked dead to
    # the DBA's query,
    # which calls five minutes stale.
    fall_behind(world, hours=20)
    service = world.application()
    elapsed = [0.0]
    capture = service.capture_leg.once.get()
    capture.clock = lambda: elapsed[0]
    capture.recorded_at = 0.0
    ages: list[float] = []

    def search_slowly(*args: Any, **limits: Any) -> Work:
        elapsed[0] += 25
        world.move_clock(elapsed[0])
        ages.append(heartbeat_age(world))
        return find_work(*args, **limits)

    monkeypatch.setattr("oracle_cdc.conversations.outbound.searching.find_work", search_slowly)

    world.cycle(service)

    assert elapsed[0] > 300
    assert max(ages) < 60


def heartbeat_age(world: World) -> float:
    """Return seconds by the database's clock."""
    ((age,),) = world.rows(
        "SELECT (CAST(SYSTIMESTAMP AS DATE) - CAST(LAST_UPDATED AS DATE)) * 86400 "
        f"FROM {USER}.CDC_PROCESSING_STATUS WHERE TABLE_NAME = '{NORMAL_MODE}'"
    )
    return float(age)


# A lease that ends while its call is read


def started(world: World, **changes: Any) -> tuple[Capture, Outbound]:
    """Return the outbound leg after a first cycle, and what it sends through."""
    service = world.application(**changes)
    world.cycle(service)
    assert service.capture_leg.capture is not None
    return service.capture_leg.capture, service.outbound.get()


def hook(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, happens: Callable[[], object]
) -> None:
    """Have something happen just before this step of one copy. The step itself is the real one."""
    step = getattr(owner, name)

    def step_after(*args: Any, **named: Any) -> Any:
        happens()
        return step(*args, **named)

    monkeypatch.setattr(owner, name, step_after)


def test_a_lease_that_ended_while_its_call_was_read_is_not_taken_for_a_renewed_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Renewing changed no row, because the lease had ended, and nobody looked: this copy sent under
    # a lease that any
    # other could take over, and the other did.
    capture, outbound = started(world, lease_seconds=60)
    other = world.application(lease_seconds=60, instance_id="the-other-copy")
    world.record("1", *HELLO)
    hook(monkeypatch, capture.turns.delivery.preparing, "decide", lambda: world.move_clock(61))
    hook(monkeypatch, outbound, "send", lambda: world.cycle(other))

    capture.run_cycle()

    assert len(world.received_bodies()) == 1
    assert world.states() == {"1": "SENT"}


def test_two_copies_never_give_one_revision_two_bodies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other copy had searched before the seal and claimed after it: the claim did not notice the
    # seal, so it knew
    # nothing of the sealed revision and gave the same number to a body with another time of
    # assembly.
    capture, outbound = started(world)
    other = world.application(instance_id="the-other-copy")
    other.startup.ensure_database()
    world.record("1", *HELLO)
    found: list[Work] = []
    won: list[object] = []

    def search_elsewhere() -> None:
        world.move_clock(301)
        everything = Window(datetime(2000, 1, 1), FAR_FUTURE)
        with other.database.session() as session:
            found.append(find_work(session, Query(NORMAL_MODE, everything, 10, 10)))

    def claim_elsewhere() -> None:
        claims = choose_claims(found[0].candidates, found[0].clocks, capture.turns.rules)
        assert [claim.candidate.call_id for claim in claims] == ["1"]
        with other.database.session() as session:
            won.extend(write_claims(session, claims, Lease("t" * 32, "the-other-copy", 300)).won)

    hook(monkeypatch, capture.turns.delivery.preparing, "decide", search_elsewhere)
    hook(monkeypatch, outbound, "send", claim_elsewhere)

    capture.run_cycle()
    world.cycle(other)

    assert (len(found), won) == (1, [])
    assert len(set(world.received_bodies())) == 1
    assert world.states() == {"1": "SENT"}
