"""What the kinds of rounds share when they change a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.chaos.plan import Act, Plan, QueueFaults

LONG_TROUBLE_SECONDS = 5.0


def calls_of(plan: Plan) -> dict[str, int]:
    """Return the calls of a plan and how many rows each has."""
    lengths: dict[str, int] = {}
    for deposit in plan.deposits:
        for utterance in deposit.utterances:
            lengths[utterance.call_id] = lengths.get(utterance.call_id, 0) + 1
    return lengths


def mild(plan: Plan) -> QueueFaults:
    """Make passing faults too seldom for a message to meet max_attempts of them."""
    faults = plan.queue_faults
    return replace(
        faults,
        throttle=min(faults.throttle, 0.03),
        broken=min(faults.broken, 0.03),
        cut_before=min(faults.cut_before, 0.03),
        cut_after=min(faults.cut_after, 0.03),
        failed_entry=min(faults.failed_entry, 0.03),
    )


def sorted_acts(acts: Sequence[Act]) -> tuple[Act, ...]:
    return tuple(sorted(acts, key=lambda act: act.at))
