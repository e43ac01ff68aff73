"""Cycles that are run until something has happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest

from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.conversations.wiring import Application
from oracle_cdc.errors import CdcError
from tests.integration.samples import HELLO
from tests.world import USER, World

FAILURES = f"SELECT CALL_ID, TOTAL_ATTEMPTS FROM {USER}.SQS_PERMANENT_FAILURES"
#: More than any of these tests needs by far; a cycle and its pause take a fraction of a second.
MOST_CYCLES = 400


def cycle_until(world: World, service: Application, is_done: Callable[[], bool]) -> None:
    """Run cycle after cycle, as the loop does it: an error is over with its cycle."""
    for _ in range(MOST_CYCLES):
        with suppress(CdcError, UnicodeDecodeError):
            world.cycle(service)
        if is_done():
            return
        service.stop.wait(0.05)
    pytest.fail(f"not done after {MOST_CYCLES} cycles: {world.states()}")


def record_calls(world: World, *call_ids: str) -> None:
    for call_id in call_ids:
        world.record(call_id, *HELLO)


def are_sent(world: World, *call_ids: str) -> Callable[[], bool]:
    return lambda: all(world.states().get(call_id) == "SENT" for call_id in call_ids)


def sendings(world: World) -> dict[str, int]:
    """Count how many times each call was sent."""
    return Counter(body["callId"] for body in world.received())


def once(*call_ids: str) -> dict[str, int]:
    return dict.fromkeys(call_ids, 1)


def fall_behind(world: World, hours: int) -> None:
    """Run the service, and let it stand still since."""
    world.cycle(world.application())
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        f"SET LAST_PROCESSED_TIMESTAMP = LAST_PROCESSED_TIMESTAMP - INTERVAL '{hours}' HOUR, "
        f"COVERAGE_START = COVERAGE_START - INTERVAL '{hours + 1}' HOUR "
        f"WHERE TABLE_NAME = '{NORMAL_MODE}'"
    )
