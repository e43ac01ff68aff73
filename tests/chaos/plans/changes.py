"""Kinds of rounds: rows change or are locked, a call does not end, a copy stands still."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice

from tests.chaos.plans.acts import Act
from tests.chaos.plans.plan import LEASE_SECONDS, Deposit, Order, Plan, QueueFaults, Utterance
from tests.chaos.plans.shared import (
    LONG_TROUBLE_SECONDS,
    calls_of,
    healthy_calls,
    mild,
    sorted_acts,
)

#: When rows are purged: what was recorded has been sent by then.
PURGED_AT = 3.0
OVERDUE_SECONDS = 90.0
#: How old the first row of a call is that goes on.
ENDLESS_AGE_SECONDS = 70.0
#: A claim that is refused by itself is tried again after 5, 10 and 20 seconds.
HELD_SECONDS = 28.0
HELD_REST_SECONDS = 60.0


def edited(rng: random.Random, plan: Plan) -> Plan:
    """Replace rows of a few calls in place, which only the reconciliation can see."""
    chosen = rng.sample(sorted(calls_of(plan)), 3)
    acts = [Act(rng.uniform(1.0, 2.3), "row edit", text=call) for call in chosen]
    settings = {**plan.settings, "CDC_RECONCILE_HOURS": "2"}
    return replace(
        plan,
        acts=sorted_acts((*plan.acts, *acts)),
        settings=settings,
        edited_calls=tuple(chosen),
        queue_faults=mild(plan),
    )


def purged(rng: random.Random, plan: Plan) -> Plan:
    """Purge rows of calls that were sent, and then let their answers be overdue."""
    chosen = rng.sample([call for call, rows in sorted(calls_of(plan).items()) if rows > 3], 4)
    purges = [Act(PURGED_AT, "row purge", text=call) for call in chosen]
    # The service looks for overdue answers as soon as it starts, then once a minute.
    again = (
        Act(PURGED_AT + 0.4, "oracle clock", seconds=OVERDUE_SECONDS),
        Act(PURGED_AT + 0.8, "service kill", copy="A"),
    )
    settings = {
        **plan.settings,
        "CDC_RESEND_OVERDUE": "1",
        "CDC_RESULT_DEADLINE_MINUTES": "1",
    }
    return replace(
        plan,
        copies=("A",),
        acts=(*purges, *again),
        orders={},
        settings=settings,
        purged_calls=tuple(chosen),
        queue_faults=QueueFaults(),
        trouble_seconds=PURGED_AT + 1.0,
    )


def endless(rng: random.Random, plan: Plan) -> Plan:
    """Let a call that has waited long enough and can't be sent go on and on."""
    calls = islice(healthy_calls(), 3)
    deposits = [replace(call, at=rng.uniform(0, 1)) for call in calls]
    for number in range(24):
        age = ENDLESS_AGE_SECONDS if number == 0 else 0.0
        said = Utterance("1000", "B1", None, "A", f"still waiting {number}", age)
        deposits.append(Deposit(number * 0.1, 0.0, (said,)))
    deposits.sort(key=lambda deposit: deposit.at)
    settings = {
        **plan.settings,
        "CDC_SETTLE_SECONDS": "1.0",
        "CDC_MAX_WAIT_MINUTES": "1",
        "CDC_RECONCILE_HOURS": "0",
    }
    return replace(
        plan,
        copies=("A",),
        deposits=tuple(deposits),
        acts=(),
        orders={},
        settings=settings,
        queue_faults=QueueFaults(),
    )


def stalled(rng: random.Random, plan: Plan) -> Plan:
    """Let a copy stand still, longer than its lease, when all is ready to be sent."""
    orders: dict[str, tuple[Order, ...]] = {
        "A": (Order("after seal_claim", rng.randint(1, 3), "freeze"),)
    }
    return replace(
        plan,
        copies=("A",),
        acts=(),
        orders=orders,
        freeze_seconds=LEASE_SECONDS + 0.7,
        queue_faults=QueueFaults(),
        trouble_seconds=LONG_TROUBLE_SECONDS,
    )


def held(rng: random.Random, plan: Plan) -> Plan:
    """Let a DBA's open transaction have the row of a call, while others are claimed."""
    lengths = calls_of(plan)
    chosen = rng.choice([call for call, rows in sorted(lengths.items()) if rows > 3])
    others = [replace(call, at=at + 3.0) for at, call in enumerate(islice(healthy_calls(), 20))]
    return replace(
        plan,
        copies=("A",),
        deposits=(*plan.deposits, *others),
        acts=(Act(0.0, "row hold", text=chosen),),
        orders={},
        queue_faults=QueueFaults(),
        trouble_seconds=HELD_SECONDS,
        rest_seconds=HELD_REST_SECONDS,
    )


HARDSHIPS: Mapping[str, Callable[[random.Random, Plan], Plan]] = {
    "edited": edited,
    "purged": purged,
    "endless": endless,
    "stalled": stalled,
    "held": held,
}
