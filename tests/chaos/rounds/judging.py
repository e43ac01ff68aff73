"""A round from its plan to its verdict."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.judge.checker import check
from tests.chaos.judge.history import History
from tests.chaos.plans.plan import Plan
from tests.chaos.rounds.collecting import collect
from tests.chaos.rounds.round import Round
from tests.chaos.rounds.verdict import Outcome, judge_round


def run_round(plan: Plan, directory: Path, tree: Path, template: Path) -> Outcome:
    """Run and judge a round, whose directory has plan, logs, traces and history afterwards."""

    def play(stack: ExitStack) -> History:
        round_ = Round(plan, directory, tree, template, stack)
        return collect(round_, round_.run())

    return judge_round(plan, directory, play, check=check, figures=figures)


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
