"""A long run: conversations at a steady rate, and a fault every few seconds."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from oracle_cdc.demo.usage import growth
from tests.chaos.harness.tree import copy_tree, make_template
from tests.chaos.judge.checker import check
from tests.chaos.judge.history import History
from tests.chaos.plans.acts import Act
from tests.chaos.plans.conversations import Turns, converse, read_transcripts
from tests.chaos.plans.hardships import passing_errors
from tests.chaos.plans.plan import LEASE_SECONDS, Deposit, Plan, QueueFaults, Utterance
from tests.chaos.plans.points import ORACLE_FAULTS
from tests.chaos.rounds.campaign import Say
from tests.chaos.rounds.collecting import collect
from tests.chaos.rounds.judging import make_round
from tests.chaos.rounds.meter import Meter

SECONDS_BETWEEN_DEPOSITS = 0.5
SECONDS_BETWEEN_FAULTS = 5.0
FREEZE_SECONDS = LEASE_SECONDS + 0.7
SETTINGS = {
    "CDC_NORMAL_MODE_MINUTES": "2",
    "CDC_SETTLE_SECONDS": "0.5",
    "CDC_RECONCILE_HOURS": "2",
    "CDC_RECONCILE_INTERVAL_MINUTES": "1",
    "CDC_RECONCILE_PAUSE_SECONDS": "0.1",
    "LOGGING_MAX_BYTES": "5000000",
}
QUEUE_FAULTS = QueueFaults(
    throttle=0.01,
    broken=0.01,
    cut_before=0.01,
    cut_after=0.01,
    failed_entry=0.01,
    twice=0.02,
    shuffle=True,
)
SHOWN_VIOLATIONS = 20


@dataclass(frozen=True)
class Soak:
    """What a long run is.

    Parameters:
        rate: conversations a second.
        errors: the share of all statements that fails, instead of all other faults.
    """

    minutes: float
    rate: float
    seed: int
    tree: Path
    directory: Path
    transcripts: Path | None = None
    errors: float = 0.0


def run_soak(soak: Soak, say: Say) -> int:
    """Run it, and return 0 when everything is accounted for and nothing grew."""
    directory, minutes = soak.directory, soak.minutes
    copied = copy_tree(soak.tree, directory / "tree")
    template = make_template(copied, directory / "template")
    plan = draw_soak(soak.seed, minutes * 60, soak.rate, soak.transcripts)
    faults = f"{len(plan.acts)} faults"
    if soak.errors:
        plan = with_errors(plan, soak)
        faults = f"{soak.errors:.0%} of all statements fail"
    say(f"{minutes:g} minutes at {soak.rate:g} conversations a second, {faults}; ")
    say(f"traces in {directory}\n")
    began_at = time.monotonic()
    with ExitStack() as stack:
        round_, side = make_round(plan, prepared(directory / "soak"), copied, template, stack)
        meter = Meter(round_.machine, say, lambda: len(side.queues.accepted))
        meter.start()
        round_.run()
        history = collect(side)
        meter.close()
    violations, grown = check(history), list[str]()
    if soak.errors:
        violations += set_aside(history)
    else:
        grown += growth(meter.usages, minutes * 60)
    for line in (*violations[:SHOWN_VIOLATIONS], *grown):
        say(f"    {line}\n")
    calls = len({row.call_id for row in history.rows})
    say(f"{calls} conversations, {len(history.sent)} sendings, {len(history.replies)} results, ")
    seconds = time.monotonic() - began_at
    say(f"{len(violations)} violations, {len(grown)} growths in {seconds:.0f} s\n")
    return int(bool(violations or grown))


def with_errors(plan: Plan, soak: Soak) -> Plan:
    """Return the same conversations with a database whose errors pass, and with sound answers."""
    act = Act(0.0, "oracle fault", text=passing_errors(soak.errors, soak.seed))
    seconds = soak.minutes * 60
    settings = {**plan.settings, "CDC_MAX_ATTEMPTS": "10"}
    return replace(
        plan,
        acts=(act,),
        queue_faults=QueueFaults(),
        nonsense=0.0,
        trouble_seconds=seconds,
        settings=settings,
    )


def set_aside(history: History) -> Iterator[str]:
    """Find calls that are neither answered nor rightly rejected, and whatever was set aside."""
    for failure in history.failures:
        yield f"call {failure.call_id} was set aside: {failure.reason}"
    for call_id, entry in history.ledger.items():
        if entry.state != "SUMMARIZED" and not str(entry.state).startswith("REJECTED"):
            yield f"call {call_id} ends as {entry.state}"


def prepared(directory: Path) -> Path:
    """Make a directory."""
    directory.mkdir(parents=True)
    return directory


def draw_soak(seed: int, seconds: float, rate: float, transcripts: Path | None) -> Plan:
    """Draw all faults but kills in turn for one copy, whose memory can grow undisturbed."""
    rng = random.Random(f"soak {seed}")
    return Plan(
        seed=seed,
        kind="soak",
        copies=("A",),
        fifo=False,
        overlap_minutes=2,
        settings=SETTINGS,
        time_zone="America/New_York",
        deposits=tuple(draw_deposits(rng, seconds, rate, transcripts)),
        orders={},
        acts=tuple(draw_faults(rng, seconds)),
        queue_faults=QUEUE_FAULTS,
        freeze_seconds=FREEZE_SECONDS,
        restart_seconds=0.2,
        rest_seconds=180.0,
        audit_pause_seconds=3.0,
    )


def draw_deposits(
    rng: random.Random, seconds: float, rate: float, transcripts: Path | None
) -> Iterator[Deposit]:
    """Draw every half second the beginning of some calls and the rest of those before."""
    said: Sequence[Turns] = []
    if transcripts:
        said = read_transcripts(transcripts)
    rest: list[Utterance] = []
    for tick in range(int(seconds / SECONDS_BETWEEN_DEPOSITS)):
        utterances, rest = rest, []
        for place in range(round((tick + 1) * rate / 2) - round(tick * rate / 2)):
            call = f"{tick + 1}{place:03d}"
            turns = converse(rng, said)
            rows: list[Utterance] = []
            for who, text in turns:
                rows.append(Utterance(call, "B1", None, who, text, rng.random() / 10))
            cut = rng.randint(1, len(rows))
            utterances += rows[:cut]
            rest += rows[cut:]
        yield Deposit(tick * SECONDS_BETWEEN_DEPOSITS, 0.0, tuple(utterances))
    if rest:
        yield Deposit(seconds, 0.0, tuple(rest))


def draw_faults(rng: random.Random, seconds: float) -> Iterator[Act]:
    at = SECONDS_BETWEEN_FAULTS
    while at < seconds:
        draw = rng.random()
        if draw < 0.1:
            yield Act(at, "oracle restart", seconds=rng.choice((0.2, 1.0, 4.0)))
        elif draw < 0.15:
            yield Act(at, "service freeze", copy="A")
        else:
            fault = rng.choice(ORACLE_FAULTS).format(n=rng.randint(1, 30))
            yield Act(at, "oracle fault", text=f"clear; {fault} for CDC")
        at += rng.uniform(0.5, 1.5) * SECONDS_BETWEEN_FAULTS
