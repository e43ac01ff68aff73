"""A round of events from its plan to its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.events.ears import Ears
from tests.chaos.events.environment import SECRETS
from tests.chaos.events.eventcopies import EventCopies
from tests.chaos.events.judge.checker import check
from tests.chaos.events.judge.history import History, Rules
from tests.chaos.events.plan import ACK_SECONDS, CANARY, EventPlan
from tests.chaos.events.side import Events
from tests.chaos.events.table import read_rows
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.round import Round
from tests.chaos.rounds.verdict import Outcome, judge_round
from tests.chaos.witnesses.reading import find_words, read_complaints

LOGS = ("*.out", "logs-*/*")
PRIVATE = (CANARY, *SECRETS)
#: A line that is right only where somebody wrote there.
MOVED = "was moved by somebody else"


def run_round(plan: EventPlan, directory: Path, tree: Path, template: Path) -> Outcome:
    """Run and judge a round, whose directory has plan, logs and history afterwards."""

    def play(stack: ExitStack) -> History:
        round_, side = make_round(plan, directory, tree, template, stack)
        round_.run()
        return collect(side)

    return judge_round(plan, directory, play, check=check, figures=figures)


def make_round(
    plan: EventPlan, directory: Path, tree: Path, template: Path, stack: ExitStack
) -> tuple[Round, Events]:
    """Make a round of events alone."""
    copies = EventCopies(plan, directory)
    machine = Machine(directory, tree, template / "oracle.db", copies, stack)
    side = Events(plan, machine, template, stack)
    machine.listener.answers.append(Ears(side.disturbance).answer)
    return Round.alone(machine, side, side.disturbance, plan), side


def collect(ended: Events) -> History:
    """Ask everybody who saw a round."""
    plan = ended.plan
    disturbance = ended.disturbance
    return History(
        rules=Rules(
            settle_seconds=plan.settle_seconds,
            is_sound=plan.is_sound and not plan.has_shares,
            has_steady_clock=plan.has_steady_clock,
            most_offset_seconds=disturbance.most_offset_seconds,
            ack_seconds=ACK_SECONDS,
        ),
        rows=read_rows(ended.database.dba, plan.table, ended.writers.committed_at),
        stored=ended.stream.everything(),
        sent=ended.site.sent(),
        samples=tuple(ended.store.samples),
        asides=ended.store.asides(),
        troubles=(*disturbance.troubles, *ended.copies.troubles),
        quiets=tuple(ended.store.quiets),
        moves=tuple(ended.store.moves),
        leaks=tuple(leaks(ended)),
        complaints=(
            *ended.complaints,
            *ended.writers.errors,
            *disturbance.errors,
            *ended.copies.complaints,
            *read_complaints(ended.directory),
        ),
    )


def leaks(ended: Events) -> Iterator[str]:
    """Find private words in what the service wrote, and a move that nobody made."""
    for pattern in LOGS:
        for path in sorted(ended.directory.glob(pattern)):
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from find_words(PRIVATE, path.name, text)
            if MOVED in text and ended.plan.is_sound:
                yield f"{path.name} says that somebody moved the watermark, and nobody did"
    for message in ended.store.messages:
        yield from find_words(PRIVATE, "ERROR_MESSAGE", message)
    for row in ended.store.asides():
        yield from find_words(PRIVATE, "ETL_SET_ASIDE", row.reason)


def figures(history: History) -> dict[str, int]:
    """Count what there was of each thing."""
    kinds = Counter(trouble.kind for trouble in history.troubles)
    return {
        "rows": len(history.rows),
        "stored": len(history.stored),
        "aside": len(history.asides),
        "again": len(history.sent) - len({sent.id for sent in history.sent}),
        "samples": len(history.samples),
        "kills": kinds["kill"],
        "troubles": len(history.troubles),
    }
