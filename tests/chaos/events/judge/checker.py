"""The judge of events: what a round's history says against the guarantees."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.chaos.events.judge.contents import (
    check_aside,
    check_bodies,
    check_lost,
    check_strangers,
    check_twice,
)
from tests.chaos.events.judge.history import History
from tests.chaos.events.judge.repeats import (
    check_alike,
    check_private,
    check_records,
    check_repeats,
    check_settled,
    check_succession,
)
from tests.chaos.events.judge.watermarks import (
    check_clock,
    check_moves,
    check_quiet,
    check_watermark,
)
from tests.chaos.judge.checker import name_of

CHECKS: tuple[Callable[[History], Iterator[str]], ...] = (
    check_lost,
    check_strangers,
    check_twice,
    check_bodies,
    check_aside,
    check_alike,
    check_repeats,
    check_settled,
    check_succession,
    check_records,
    check_watermark,
    check_clock,
    check_quiet,
    check_moves,
    check_private,
)


def check(history: History) -> list[str]:
    """Return every violation in words, none when all holds."""
    found = list(history.complaints)
    for one in CHECKS:
        for violation in one(history):
            found.append(f"{name_of(one)}: {violation}")
    return found
