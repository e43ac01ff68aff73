"""Kinds of rounds in which one thing fails for good beside all that works, or all for a while."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from tests.chaos.actors.interference import WAYS
from tests.chaos.plans.acts import Act
from tests.chaos.plans.changes import HARDSHIPS as CHANGES
from tests.chaos.plans.plan import (
    TROUBLE_SECONDS,
    Deposit,
    Plan,
    Poison,
    Utterance,
)
from tests.chaos.plans.shared import LONG_TROUBLE_SECONDS, calls_of, mild, sorted_acts

#: More than the passing faults that one message meets in a row.
ATTEMPTS = {"CDC_MAX_ATTEMPTS": "6"}
#: Few enough that an outage in which attempts count is seen.
FEW_ATTEMPTS = {"CDC_MAX_ATTEMPTS": "3", "CDC_RESULTS_VISIBILITY_SECONDS": "1"}
#: An answer that never comes takes a second of each of its attempts.
POISON_REST_SECONDS = 45.0
LARGEST_BYTES = 15_000
LONG_TEXT = "long " * 8000
DAMAGES = ("year -4712", "year 0", "ban", "line", "text")

#: Errors of a database that say nothing of the row at hand, and some that no list names.
DATABASE_ERRORS = (  # noqa: SIM905 - a column of numbers says less
    "4036 604 1502 4030 4031 600 4068 1410 2049 1653 1654 30036 1555 8103 1578 16000 257 1562 942 "
    "1031 4098 4091 20001 40 12801 25408 1089 31011 6550 6508 1 1722 12899 2291 1400 22922"
).split()
#: Of these such as pass by themselves, and such as cost the session.
PASSING_ERRORS = (
    "604,4030,4031,4036,4068,1410,2049,1653,1654,30036,1555,8103,60,4021,12801,20001,600,3113"
)
ERRING_SHARE = 0.1
STATEMENTS = (
    "INSERT INTO DICTA_CALL_SUMMARY",
    "DICTA_CALL_SUMMARY",
    "INSERT INTO CDC_PROCESSED_CALLS",
    "UPDATE CDC_PROCESSED_CALLS",
    "UPDATE CDC_PROCESSING_STATUS",
    "INSERT INTO CDC_PROCESSING_LOG",
    "INSERT INTO SQS_PERMANENT_FAILURES",
    "INSERT INTO ERROR_LOG",
    "SELECT",
    "s.SUBSCRIBER_NO",
    "VERINT_TEXT",
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
    """Have something before SQS refuse, swallow or answer wrongly one call or two for good."""
    is_by_size = rng.random() < 0.3
    chosen = rng.sample(sorted(calls_of(plan)), rng.choice((1, 1, 2)))
    if is_by_size:
        poison = Poison("413 page", (), LARGEST_BYTES)
        deposits = tuple(lengthened(deposit, chosen) for deposit in plan.deposits)
    else:
        poison = Poison(rng.choice(sorted(WAYS)), tuple(chosen), 0)
        deposits = plan.deposits
    settings = {**plan.settings, **ATTEMPTS}
    return replace(
        plan,
        deposits=deposits,
        poison=poison,
        settings=settings,
        queue_faults=mild(plan),
        rest_seconds=POISON_REST_SECONDS,
    )


def lengthened(deposit: Deposit, call_ids: Sequence[str]) -> Deposit:
    """Make all long that is said in these calls."""
    utterances: list[Utterance] = []
    for utterance in deposit.utterances:
        if utterance.call_id in call_ids:
            utterance = replace(utterance, text=LONG_TEXT)
        utterances.append(utterance)
    return replace(deposit, utterances=tuple(utterances))


def one_way(rng: random.Random, plan: Plan) -> Plan:
    """Close one direction to SQS for a while, and leave all others open."""
    began_at = rng.uniform(0.1, 1.0)
    acts = (
        *plan.acts,
        Act(began_at, "sqs close", text=f"{rng.choice(DIRECTIONS)} {rng.choice(REFUSALS)}"),
    )
    settings = {**plan.settings, **FEW_ATTEMPTS}
    return replace(
        lengthy(plan), acts=sorted_acts(acts), settings=settings, queue_faults=mild(plan)
    )


def limited(rng: random.Random, plan: Plan) -> Plan:
    """Give the service few sessions of the database."""
    return replace(plan, copies=plan.copies[:1], sessions=rng.choice((2, 2, 3, 4, 5)))


def faulty(rng: random.Random, plan: Plan) -> Plan:
    """Have all statements of one kind meet an error of the database, for a while."""
    began_at = rng.uniform(0.1, LONG_TROUBLE_SECONDS / 3)
    faults = "; ".join(draw_error(rng) for _ in range(rng.choice((1, 1, 2))))
    acts = (*plan.acts, Act(began_at, "oracle fault", text=faults))
    settings = {**plan.settings, **FEW_ATTEMPTS}
    return replace(
        lengthy(plan), acts=sorted_acts(acts), settings=settings, queue_faults=mild(plan)
    )


def draw_error(rng: random.Random) -> str:
    call = rng.choice(("execute", "execute", "execute", "execute", "fetch", "commit"))
    when = ""
    if call == "execute":
        when = f' when "{rng.choice(STATEMENTS)}"'
    return f"error {rng.choice(DATABASE_ERRORS)} on {call}{when} times always for CDC"


def erring(rng: random.Random, plan: Plan) -> Plan:
    """Have a tenth of all that the service asks of the database meet a passing error."""
    errors = passing_errors(ERRING_SHARE, rng.randrange(1000))
    acts = (*plan.acts, Act(0.0, "oracle fault", text=errors))
    settings = {**plan.settings, **ATTEMPTS}
    return replace(
        lengthy(plan), acts=sorted_acts(acts), settings=settings, queue_faults=mild(plan)
    )


def passing_errors(share: float, seed: int) -> str:
    """Return the fault: this share of all statements, fetches and commits meets a passing error."""
    faults: list[str] = []
    for call in ("execute", "fetch", "commit"):
        faults.append(f"error {PASSING_ERRORS} on {call} chance {share:g} seed {seed} for CDC")
    return "; ".join(faults)


def unreadable(rng: random.Random, plan: Plan) -> Plan:
    """Put what no driver can read into one row of a call, now and then of two."""
    lengths = calls_of(plan)
    long_enough = [call for call, length in sorted(lengths.items()) if length > 1]
    chosen = rng.sample(long_enough, rng.choice((1, 1, 2)))
    damages: dict[str, tuple[int, str]] = {}
    for call in chosen:
        damages[call] = (rng.randrange(lengths[call]), rng.choice(DAMAGES))
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
    """Yield deposits in which rows are damaged.

    Parameters:
        damages: by call, which of its rows, and what is wrong with it.
    """
    seen: dict[str, int] = {}
    for deposit in deposits:
        utterances: list[Utterance] = []
        for utterance in deposit.utterances:
            place = seen[utterance.call_id] = seen.get(utterance.call_id, -1) + 1
            wanted, damage = damages.get(utterance.call_id, (-1, ""))
            if place == wanted:
                utterance = replace(utterance, damage=damage)
            utterances.append(utterance)
        yield replace(deposit, utterances=tuple(utterances))


def wrapped(rng: random.Random, plan: Plan) -> Plan:
    """Have answers come in the envelopes of other services, and several in one message."""
    return replace(plan, is_wrapped=True)


def renamed(rng: random.Random, plan: Plan) -> Plan:
    """Use one queue for both directions, whose two settings name it differently."""
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
    """Make trouble last long enough for max_attempts tries."""
    return replace(plan, trouble_seconds=max(LONG_TROUBLE_SECONDS, TROUBLE_SECONDS))
