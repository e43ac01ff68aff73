"""How long a call waits that failed by itself."""

from __future__ import annotations

from oracle_cdc.conversations.outbound.retry_limits import Limits
from oracle_cdc.running.retrying import Doubling
from tests.unit.candidates import a_candidate

LIMITS = Limits(
    max_batch_bytes=1024,
    max_attempts=9,
    request_seconds=30,
    waits=Doubling(1, 5),
    keep_failed_messages=True,
)


def test_a_failed_call_waits_the_first_wait_before_its_second_try_and_then_double() -> None:
    waits = [LIMITS.wait_seconds(a_candidate(attempts=failures)) for failures in range(4)]

    assert waits == [1, 2, 4, 5]
