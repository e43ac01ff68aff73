"""How long the breaker of the outbound queue remembers, by what is set."""

from __future__ import annotations

import pytest

from oracle_cdc.conversations.parts import make_breaker
from oracle_cdc.running.retrying import Breaker, State
from tests.unit.settings_files import NEEDED, Read
from tests.unit.test_retrying import Clock


def open_breaker(read: Read, clock: Clock, **given: str) -> Breaker:
    """Return the breaker that settings make, after one failure too many."""
    breaker = make_breaker(read({**NEEDED, "CDC_BREAKER_FAILURES": "1", **given}), clock)
    breaker.failed()
    return breaker


def test_an_outage_is_forgotten_after_five_minutes_without_anything_to_send(
    read: Read,
) -> None:
    clock = Clock()
    breaker = open_breaker(read, clock)
    clock.now += 300
    assert breaker.state is State.HALF_OPEN

    clock.now += 1
    assert breaker.state is State.CLOSED


@pytest.mark.parametrize(
    "name", ["CDC_RETRY_MAX_SECONDS", "CDC_BREAKER_PROBE_SECONDS", "CDC_READY_DEADLINE_SECONDS"]
)
def test_an_outage_is_not_forgotten_while_a_call_may_wait_for_its_next_try(
    name: str, read: Read
) -> None:
    clock = Clock()
    breaker = open_breaker(read, clock, **{name: "3600"})

    clock.now += 3600
    assert not breaker.is_closed()
