"""A round from its plan to its verdict."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.judge.checker import check
from tests.chaos.judge.history import History
from tests.chaos.plans.plan import Plan
from tests.chaos.rounds.collecting import collect
from tests.chaos.rounds.round import Round


@dataclass(frozen=True)
class Outcome:
    """A round's result.

    Parameters:
        figures: how many there were of each thing.
    """

    violations: tuple[str, ...]
    seconds: float
    figures: dict[str, int]


def run_round(plan: Plan, directory: Path, tree: Path, template: Path) -> Outcome:
    """Run and judge a round, whose directory has plan, logs, traces and history afterwards."""
    began_at = time.monotonic()
    directory.mkdir(parents=True)
    (directory / "plan.txt").write_text(repr(plan), encoding="utf-8")
    with ExitStack() as stack:
        round_ = Round(plan, directory, tree, template, stack)
        history = collect(round_, round_.run())
    violations = check(history)
    (directory / "history.txt").write_text(repr(history), encoding="utf-8")
    (directory / "violations.txt").write_text("\n".join(violations), encoding="utf-8")
    return Outcome(tuple(violations), time.monotonic() - began_at, figures(history))


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
