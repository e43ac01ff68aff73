"""What becomes of a round: its history is judged, and both lie in its directory afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

History = TypeVar("History")


@dataclass(frozen=True)
class Outcome:
    """A round's result.

    Parameters:
        figures: how many there were of each thing.
    """

    violations: tuple[str, ...]
    seconds: float
    figures: dict[str, int]


def judge_round(
    plan: object,
    directory: Path,
    play: Callable[[ExitStack], History],
    *,
    check: Callable[[History], Sequence[str]],
    figures: Callable[[History], dict[str, int]],
) -> Outcome:
    """Play a round and judge it."""
    began_at = time.monotonic()
    directory.mkdir(parents=True)
    (directory / "plan.txt").write_text(repr(plan), encoding="utf-8")
    with ExitStack() as stack:
        history = play(stack)
    violations = check(history)
    (directory / "history.txt").write_text(repr(history), encoding="utf-8")
    (directory / "violations.txt").write_text("\n".join(violations), encoding="utf-8")
    return Outcome(tuple(violations), time.monotonic() - began_at, figures(history))
