"""What rounds are played with: the conversations, the events, row changes, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.changes import drawing as change_drawing
from tests.chaos.changes import environment as change_environment
from tests.chaos.changes import judging as change_judging
from tests.chaos.changes.judge import checker as change_checker
from tests.chaos.events import drawing as event_drawing
from tests.chaos.events import environment as event_environment
from tests.chaos.events import judging as event_judging
from tests.chaos.events.judge import checker as event_checker
from tests.chaos.harness import tree
from tests.chaos.joined import drawing as joined_drawing
from tests.chaos.joined import environment as joined_environment
from tests.chaos.joined import judging as joined_judging
from tests.chaos.joined.judge import checker as joined_checker
from tests.chaos.judge import checker
from tests.chaos.plans import drawing
from tests.chaos.rounds import judging
from tests.chaos.rounds.verdict import Outcome


@dataclass(frozen=True)
class Game:
    """A kind of campaign.

    Parameters:
        command: what stands on the command line for it.
        draw: a plan of a seed, which has `seed` and `kind`.
        prepare: what each round begins with.
        checked: how what counts begins: a guarantee that does not hold. That a round did not come
            to rest, or broke, proves nothing.
    """

    command: str
    kinds: Collection[str]
    draw: Callable[[int, Path | None, str | None], Any]
    prepare: Callable[[Path, Path], Path]
    run: Callable[[Any, Path, Path, Path], Outcome]
    checked: tuple[str, ...]


def names_of(checks: Collection[Callable[..., Any]]) -> tuple[str, ...]:
    """Return how the violations of checks begin."""
    return tuple(f"{checker.name_of(check)}: " for check in checks)


CONVERSATIONS = Game(
    command="",
    kinds=drawing.KINDS,
    draw=drawing.draw,
    prepare=tree.make_template,
    run=judging.run_round,
    checked=names_of(checker.CHECKS),
)
EVENTS = Game(
    command=" events",
    kinds=event_drawing.KINDS,
    draw=event_drawing.draw,
    prepare=event_environment.make_template,
    run=event_judging.run_round,
    checked=names_of(event_checker.CHECKS),
)
CHANGES = Game(
    command=" changes",
    kinds=change_drawing.KINDS,
    draw=change_drawing.draw,
    prepare=change_environment.make_template,
    run=change_judging.run_round,
    checked=names_of(change_checker.CHECKS),
)
#: What only the whole shows: the others' own guarantees have rounds of their own.
JOINED = Game(
    command=" all",
    kinds=joined_drawing.KINDS,
    draw=joined_drawing.draw,
    prepare=joined_environment.make_template,
    run=joined_judging.run_round,
    checked=names_of(joined_checker.CHECKS),
)
