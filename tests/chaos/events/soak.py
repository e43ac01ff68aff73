"""A long run of events: writers who commit late now and then, faults or kills, one judge."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from oracle_cdc.demo.usage import growth
from tests.chaos.events.environment import make_template
from tests.chaos.events.hardships import READER, SPANS
from tests.chaos.events.judge.checker import check
from tests.chaos.events.judging import collect, figures, make_round
from tests.chaos.events.plan import Deposit, EventPlan
from tests.chaos.events.rows import RowDraft
from tests.chaos.harness.tree import copy_tree
from tests.chaos.plans.acts import ORACLE_FAULTS, Act
from tests.chaos.rounds.campaign import Say
from tests.chaos.rounds.meter import Meter

WRITERS = 8
#: The share of transactions that stay open, and for how many seconds.
LATE, OPEN_SECONDS = 0.02, (2.0, 6.0)
SECONDS_BETWEEN_FAULTS = 10.0
DOWN_SECONDS = 2.0
SETTINGS = {
    "PUBLISHER_SETTLE_SECONDS": "0.5",
    "PUBLISHER_SLICE_SECONDS": "10",
    "PUBLISHER_OVERLAP_MINUTES": "1",
    "PUBLISHER_RECONCILE_HOURS": "1",
    "PUBLISHER_MAX_RETRIES": "0",
    "LOGGING_MAX_BYTES": "5000000",
}
SHOWN_VIOLATIONS = 20


@dataclass(frozen=True)
class EventSoak:
    """What a long run is.

    Parameters:
        rate: transactions a second, of one to three rows each.
        has_kills: each process is killed once, the service too. Else a fault every few seconds
            leaves the service running, whose memory is watched.
    """

    minutes: float
    rate: float
    seed: int
    tree: Path
    directory: Path
    has_kills: bool = False


def run_event_soak(soak: EventSoak, say: Say) -> int:
    """Run it, and return 0 when every row is accounted for and nothing grew."""
    directory, seconds = soak.directory, soak.minutes * 60
    tree = copy_tree(soak.tree, directory / "tree")
    template = make_template(tree, directory / "template")
    plan = draw_soak(soak)
    say(f"{soak.minutes:g} minutes, {WRITERS} writers, {soak.rate:g} transactions a second, ")
    say(f"{LATE:.0%} of them late, {len(plan.acts)} faults; traces in {directory}\n")
    began_at = time.monotonic()
    (directory / "soak").mkdir()
    with ExitStack() as stack:
        round_, side = make_round(plan, directory / "soak", tree, template, stack)
        meter = Meter(round_.machine, say, lambda: len(side.site.sent()))
        meter.start()
        round_.run()
        history = collect(side)
        meter.close()
    violations, grown = check(history), list[str]()
    if not soak.has_kills:
        grown += growth(meter.usages, seconds)
    for line in (*violations[:SHOWN_VIOLATIONS], *grown):
        say(f"    {line}\n")
    say(f"{figures(history)}, ")
    say(f"{len(violations)} violations, {len(grown)} growths ")
    say(f"in {time.monotonic() - began_at:.0f} s\n")
    return int(bool(violations or grown))


def draw_soak(soak: EventSoak) -> EventPlan:
    rng = random.Random(f"soak of events {soak.seed}")
    seconds = soak.minutes * 60
    acts = tuple(draw_faults(rng, seconds))
    if soak.has_kills:
        acts = tuple(kill_each(seconds))
    return EventPlan(
        seed=soak.seed,
        kind="soak",
        settings=SETTINGS,
        time_zone="Asia/Jerusalem",
        deposits=tuple(draw_deposits(rng, seconds, soak.rate)),
        acts=acts,
        writers=WRITERS,
        trouble_seconds=seconds,
        rest_seconds=120.0,
    )


def draw_deposits(rng: random.Random, seconds: float, rate: float) -> Iterator[Deposit]:
    """Draw transactions at a steady rate."""
    draft = RowDraft(rng, large=0.001)
    for number in range(int(seconds * rate)):
        open_seconds = 0.0
        if rng.random() < LATE:
            open_seconds = rng.uniform(*OPEN_SECONDS)
        records = tuple(draft.record() for _ in range(rng.randint(1, 3)))
        yield Deposit(number / rate, open_seconds, records)


def kill_each(seconds: float) -> Iterator[Act]:
    """Kill each process once, one after the other."""
    victims = ("service kill", "nats crash", "mariadb crash", "oracle crash")
    for number, victim in enumerate(victims, 1):
        at = seconds * number / (len(victims) + 1)
        yield Act(at, victim, seconds=DOWN_SECONDS, copy="A")


def draw_faults(rng: random.Random, seconds: float) -> Iterator[Act]:
    """Draw what happens to the three servers, again and again."""
    at = SECONDS_BETWEEN_FAULTS
    while at < seconds:
        whom = rng.choice(("nats", "mariadb", "oracle"))
        if whom == "oracle":
            text = f"clear; {rng.choice(ORACLE_FAULTS).format(n=rng.randint(1, 20))} for {READER}"
            yield Act(at, "oracle fault", text=text)
        else:
            how = rng.choice(("crash", "freeze", "cut", "deaf", "shut"))
            yield Act(at, f"{whom} {how}", seconds=rng.choice(SPANS))
        at += rng.uniform(0.5, 1.5) * SECONDS_BETWEEN_FAULTS
