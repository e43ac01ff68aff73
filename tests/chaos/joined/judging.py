"""A round of all pipelines from its plan to its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.changes import judging as change_judging
from tests.chaos.changes.plan import DEAD_LETTERS
from tests.chaos.events import judging as event_judging
from tests.chaos.events.plan import SUBJECT
from tests.chaos.joined.judge.checker import check
from tests.chaos.joined.judge.history import History
from tests.chaos.joined.plan import JoinedPlan
from tests.chaos.joined.round import JoinedRound
from tests.chaos.joined.sides import Sides
from tests.chaos.rounds import collecting, judging
from tests.chaos.rounds.verdict import Outcome, judge_round


def run_round(plan: JoinedPlan, directory: Path, tree: Path, template: Path) -> Outcome:
    """Run and judge a round, whose directory has plan, logs and history afterwards."""

    def play(stack: ExitStack) -> History:
        round_ = JoinedRound(plan, directory, tree, template, stack)
        round_.run()
        return collect(round_)

    return judge_round(plan, directory, play, check=check, figures=figures)


def collect(ended: JoinedRound) -> History:
    """Ask everybody who saw a round."""
    sides = ended.joined
    return History(
        conversations=collecting.collect(sides.conversations),
        events=event_judging.collect(sides.events),
        changes=change_judging.collect(sides.changes),
        outages=tuple(ended.parting.outages),
        strays=tuple(find_strays(sides)),
        standing=ended.standing,
        complaints=tuple(ended.disturbance.errors),
    )


def find_strays(sides: Sides) -> Iterator[str]:
    """Find what lies where only another pipeline's belongs."""
    for accepted in sides.conversations.queues.accepted:
        attributes = accepted.entry.get("MessageAttributes", {})
        is_letter = "errorCode" in attributes
        if is_letter != (accepted.queue == DEAD_LETTERS):
            yield f"{accepted.queue} took a message with {sorted(attributes)}"
    for sent in sides.events.site.sent():
        if not sent.subject.startswith(f"{SUBJECT}."):
            yield f"NATS got a message of {sent.subject}"


def figures(history: History) -> dict[str, int]:
    """Count what there was of each thing."""
    counted = {
        **judging.figures(history.conversations),
        **event_judging.figures(history.events),
        **change_judging.figures(history.changes),
    }
    shown = ("calls", "rows", "changes", "kills", "troubles")
    return {name: counted[name] for name in shown} | {"outages": len(history.outages)}
