"""Kinds of rounds about one thing that fails for good beside all that works, or one that fails for all for a while."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from tests.chaos.actors.interference import WAYS
from tests.chaos.plans.changes import HARDSHIPS as CHANGES
from tests.chaos.plans.plan import (
    TROUBLE_SECONDS,
    Act,
    Deposit,
    Plan,
    Poison,
    Utterance,
)
from tests.chaos.plans.shared import LONG_TROUBLE_SECONDS, calls_of, mild, sorted_acts

#: So many that no passing fault meets one message so often in a row.
ATTEMPTS = {"CDC_MAX_ATTEMPTS": "6"}
#: So few that an outage in which attempts count is seen.
FEW_ATTEMPTS = {"CDC_MAX_ATTEMPTS": "3", "CDC_RESULTS_VISIBILITY_SECONDS": "1"}
#: An answer that never comes takes a second of each of its attempts.
POISON_REST_SECONDS = 45.0
LARGEST_BYTES = 15_000
LONG_TEXT = "long " * 8000
DAMAGES = ("year -4712", "year 0", "ban", "line", "text")

#: Errors of a database that say nothing of the row at hand, and some that no list holds.
DATABASE_ERRORS = (
    *(
        4036,
        604,
        1502,
        4030,
        4031,
        600,
        4068,
        1410,
        2049,
        1653,
        1654,
        30036,
        1555,
        8103,
        1578,
        16000,
        257,
        1562,
    ),
    *(
        942,
        1031,
        4098,
        4091,
        20001,
        40,
        12801,
        25408,
        1089,
        31011,
        6550,
        6508,
        1,
        1722,
        12899,
        2291,
        1400,
        22922,
    ),
)
#: Of these such as pass by themselves, and such as cost the session.
PASSING_ERRORS = (
    *(
        604,
        4030,
        4031,
        4036,
        4068,
        1410,
        2049,
        1653,
        1654,
        30036,
        1555,
        8103,
        60,
        4021,
        12801,
        20001,
        600,
        3113,
    ),
)
ERRING_SHARE = 0.1
STATEMENTS = (
    *("INSERT INTO DICTA_CALL_SUMMARY", "DICTA_CALL_SUMMARY", "INSERT INTO CDC_PROCESSED_CALLS"),
    *(
        "UPDATE CDC_PROCESSED_CALLS",
        "UPDATE CDC_PROCESSING_STATUS",
        "INSERT INTO CDC_PROCESSING_LOG",
    ),
    *(
        "INSERT INTO SQS_PERMANENT_FAILURES",
        "INSERT INTO ERROR_LOG",
        "SELECT",
        "s.SUBSCRIBER_NO",
        "VERINT_TEXT",
    ),
)
#: By the beginning of the action's name, so that sends alone and in batches are one.
DIRECTIONS = (
    "SendMessage",
    "SendMessage",
    "ReceiveMessage",
    "DeleteMessage",
    "ChangeMessageVisibility",
)
REFUSALS = (
    "403 AccessDenied",
    "500 InternalFailure",
    "503 ServiceUnavailable",
    "403 page",
    "502 page",
    "never",
    "cut",
)


def poisoned(rng: random.Random, plan: Plan) -> Plan:
    """One call, now and then two, that something on the way to SQS refuses, swallows or answers wrongly for good."""
    largest = LARGEST_BYTES if rng.random() < 0.3 else 0
    chosen = rng.sample(sorted(calls_of(plan)), rng.choice((1, 1, 2)))
    way = "413 page" if largest else rng.choice(sorted(WAYS))
    poison = Poison(way, () if largest else tuple(chosen), largest)
    deposits = tuple(map(lengthened(chosen), plan.deposits)) if largest else plan.deposits
    settings = {**plan.settings, **ATTEMPTS}
    return replace(
        plan,
        deposits=deposits,
        poison=poison,
        settings=settings,
        queue_faults=mild(plan),
        rest_seconds=POISON_REST_SECONDS,
    )


def lengthened(call_ids: Sequence[str]) -> Callable[[Deposit], Deposit]:
    """Makes all that is said in these calls long."""

    def longer(utterance: Utterance) -> Utterance:
        return replace(utterance, text=LONG_TEXT) if utterance.call_id in call_ids else utterance

    return lambda deposit: replace(deposit, utterances=tuple(map(longer, deposit.utterances)))


def one_way(rng: random.Random, plan: Plan) -> Plan:
    """One direction to SQS is closed for a while, and all others are open."""
    began_at = rng.uniform(0.1, 1.0)
    acts = (
        *plan.acts,
        Act(began_at, "direction", f"{rng.choice(DIRECTIONS)} {rng.choice(REFUSALS)}"),
    )
    settings = {**plan.settings, **FEW_ATTEMPTS}
    return replace(
        lengthy(plan), acts=sorted_acts(acts), settings=settings, queue_faults=mild(plan)
    )


def limited(rng: random.Random, plan: Plan) -> Plan:
    """The database gives the service few sessions."""
    return replace(plan, copies=plan.copies[:1], sessions=rng.choice((2, 2, 3, 4, 5)))


def faulty(rng: random.Random, plan: Plan) -> Plan:
    """All statements of one kind meet an error of the database, for a while."""
    began_at = rng.uniform(0.1, LONG_TROUBLE_SECONDS / 3)
    faults = "; ".join(draw_error(rng) for _ in range(rng.choice((1, 1, 2))))
    acts = (*plan.acts, Act(began_at, "oracle", faults))
    settings = {**plan.settings, **FEW_ATTEMPTS}
    return replace(
        lengthy(plan), acts=sorted_acts(acts), settings=settings, queue_faults=mild(plan)
    )


def draw_error(rng: random.Random) -> str:
    call = rng.choice(("execute", "execute", "execute", "execute", "fetch", "commit"))
    when = f' when "{rng.choice(STATEMENTS)}"' if call == "execute" else ""
    return f"error {rng.choice(DATABASE_ERRORS)} on {call}{when} times always for CDC"


def erring(rng: random.Random, plan: Plan) -> Plan:
    """A tenth of all that the service asks of the database meets a passing error."""
    acts = (*plan.acts, Act(0.0, "oracle", passing_errors(ERRING_SHARE, rng.randrange(1000))))
    settings = {**plan.settings, **ATTEMPTS}
    return replace(
        lengthy(plan), acts=sorted_acts(acts), settings=settings, queue_faults=mild(plan)
    )


def passing_errors(share: float, seed: int) -> str:
    """The fault: this share of all statements, fetches and commits meets one of the errors that pass."""
    codes = ",".join(map(str, PASSING_ERRORS))
    calls = ("execute", "fetch", "commit")
    return "; ".join(
        f"error {codes} on {call} chance {share:g} seed {seed} for CDC" for call in calls
    )


def unreadable(rng: random.Random, plan: Plan) -> Plan:
    """One row of a call, now and then of two, holds what no driver can read."""
    lengths = calls_of(plan)
    chosen = rng.sample(
        [call for call, length in sorted(lengths.items()) if length > 1], rng.choice((1, 1, 2))
    )
    damages = {call: (rng.randrange(lengths[call]), rng.choice(DAMAGES)) for call in chosen}
    deposits = tuple(damaged(plan.deposits, damages))
    settings = {**plan.settings, **ATTEMPTS, "CDC_RECONCILE_HOURS": rng.choice(("0", "2"))}
    return replace(
        plan,
        deposits=deposits,
        settings=settings,
        unreadable_calls=tuple(chosen),
        queue_faults=mild(plan),
    )


def damaged(
    deposits: Sequence[Deposit], damages: Mapping[str, tuple[int, str]]
) -> Iterator[Deposit]:
    """damages: by call, which of its rows, and what is wrong with it."""
    seen: dict[str, int] = {}
    for deposit in deposits:
        utterances = []
        for utterance in deposit.utterances:
            place = seen[utterance.call_id] = seen.get(utterance.call_id, -1) + 1
            wanted, damage = damages.get(utterance.call_id, (-1, ""))
            utterances.append(replace(utterance, damage=damage) if place == wanted else utterance)
        yield replace(deposit, utterances=tuple(utterances))


def wrapped(rng: random.Random, plan: Plan) -> Plan:
    """Answers come in the envelopes of other services, and several in one message."""
    return replace(plan, is_wrapped=True)


def renamed(rng: random.Random, plan: Plan) -> Plan:
    """One queue for both directions, whose two settings name it differently."""
    return replace(plan, fifo=False, is_shared=True, is_renamed=True)


#: Kind of round -> what it adds to a plan.
HARDSHIPS: Mapping[str, Callable[[random.Random, Plan], Plan]] = {
    "poisoned": poisoned,
    "one way": one_way,
    "limited": limited,
    "faulty": faulty,
    "erring": erring,
    "unreadable": unreadable,
    "wrapped": wrapped,
    "renamed": renamed,
    **CHANGES,
}


def lengthy(plan: Plan) -> Plan:
    """Trouble that lasts long enough for max_attempts tries."""
    return replace(plan, trouble_seconds=max(LONG_TROUBLE_SECONDS, TROUBLE_SECONDS))
