"""A round from its plan to its verdict."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from standins.queueserver import serve_queues
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.round import Round
from tests.chaos.judge.checker import check
from tests.chaos.judge.history import History
from tests.chaos.plans.plan import Plan
from tests.chaos.rounds.collecting import collect
from tests.chaos.rounds.side import Conversations
from tests.chaos.rounds.verdict import Outcome, judge_round


def run_round(plan: Plan, directory: Path, tree: Path, template: Path) -> Outcome:
    """Run and judge a round, whose directory has plan, logs, traces and history afterwards."""

    def play(stack: ExitStack) -> History:
        round_, side = make_round(plan, directory, tree, template, stack)
        round_.run()
        return collect(side)

    return judge_round(plan, directory, play, check=check, figures=figures)


def make_round(
    plan: Plan, directory: Path, tree: Path, template: Path, stack: ExitStack
) -> tuple[Round, Conversations]:
    """Make a round of conversations alone."""
    queues = stack.enter_context(serve_queues())
    copies = Copies(
        directory,
        plan.orders,
        freeze_seconds=plan.freeze_seconds,
        restart_seconds=plan.restart_seconds,
    )
    machine = Machine(directory, tree, template, copies, stack)
    side = Conversations(plan, machine, queues, stack)
    queues.treat = side.interference.treat
    return Round.alone(machine, side, side.disturbance, plan), side


def figures(history: History) -> dict[str, int]:
    kinds = Counter(trouble.kind for trouble in history.troubles)
    return {
        "calls": len({row.call_id for row in history.rows}),
        "rows": len(history.rows),
        "sent": len(history.sent),
        "again": len(history.sent) - len({(sent.call_id, sent.body) for sent in history.sent}),
        "replies": len(history.replies),
        "kills": kinds["kill"],
        "freezes": kinds["freeze"],
        "audits": len(history.audits),
    }
