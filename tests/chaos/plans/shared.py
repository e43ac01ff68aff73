"""What the kinds of rounds share when they change a plan."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.chaos.plans.acts import Act
from tests.chaos.plans.plan import Deposit, Plan, QueueFaults, Utterance

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


def healthy_calls() -> Iterator[Deposit]:
    """Yield calls that somebody always makes.

    Only what passes beside it shows that a failure is a call's own.
    """
    for number in itertools.count(700_000):
        asked = Utterance(str(number), "B7", None, "C", "all is well", 2.0)
        answered = Utterance(str(number), "B7", None, "A", "all is well", 1.0)
        yield Deposit(0.0, 0.0, (asked, answered))
