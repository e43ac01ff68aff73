"""The judge: what a round's history says against the guarantees."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.chaos.judge.content import check_bodies, check_quiet, check_segments
from tests.chaos.judge.history import History
from tests.chaos.judge.limits import check_judged, check_leases, check_shorter
from tests.chaos.judge.repeats import check_duplicates
from tests.chaos.judge.tables import (
    check_ledger,
    check_results,
    check_set_aside,
    check_unreadable,
    check_watermark,
)

Check = Callable[[History], Iterator[str]]

CHECKS: tuple[Check, ...] = (
    check_segments,
    check_bodies,
    check_duplicates,
    check_ledger,
    check_results,
    check_set_aside,
    check_unreadable,
    check_watermark,
    check_quiet,
    check_shorter,
    check_leases,
    check_judged,
)


def check(history: History) -> list[str]:
    """Return every violation in words, none when all holds."""
    found = list(history.complaints)
    for one in CHECKS:
        for violation in one(history):
            found.append(f"{name_of(one)}: {violation}")
    return found


def name_of(one: Callable[..., Iterator[str]]) -> str:
    """Return the name under which the violations of a check are reported."""
    return one.__name__.removeprefix("check_")
