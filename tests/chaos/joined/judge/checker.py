"""The judge of all pipelines together: each one's own judge, and what only the whole allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.chaos.changes.judge import checker as change_checker
from tests.chaos.events.judge import checker as event_checker
from tests.chaos.joined.judge.history import History
from tests.chaos.judge import checker
from tests.chaos.judge.checker import name_of


def check_onward(history: History) -> Iterator[str]:
    """Find pipelines that stood still because something failed that only others need."""
    for outage in history.outages:
        for pipeline, seconds in outage.probes:
            if seconds is None:
                yield f"{outage.name}: nothing of {pipeline} arrived meanwhile"


def check_named(history: History) -> Iterator[str]:
    """Find outages that readiness did not say, or not by their names."""
    for outage in history.outages:
        for name in sorted(outage.expected - outage.named):
            yield f"{outage.name}: readiness did not name {name}"


def check_blamed(history: History) -> Iterator[str]:
    """Find dependencies that readiness named all the time, though they were well."""
    for outage in history.outages:
        for name in sorted(outage.blamed):
            yield f"{outage.name}: readiness named {name}, which was well"


def check_ready(history: History) -> Iterator[str]:
    """Find copies that are not ready though all is well again."""
    for outage in history.outages:
        if not outage.is_ready_again:
            yield f"{outage.name}: no readiness once it was over"
    for copy, missing in history.standing.items():
        for reason in missing:
            yield f"{copy} is not ready at rest: {reason}"


def check_strays(history: History) -> Iterator[str]:
    """Find what one pipeline put where another's belongs."""
    yield from history.strays


CHECKS: tuple[Callable[[History], Iterator[str]], ...] = (
    check_onward,
    check_named,
    check_blamed,
    check_ready,
    check_strays,
)


def check(history: History) -> list[str]:
    """Return every violation in words, none when all holds. The same is said once."""
    found = list(history.complaints)
    for one in CHECKS:
        for violation in one(history):
            found.append(f"{name_of(one)}: {violation}")
    found += checker.check(history.conversations)
    found += event_checker.check(history.events)
    found += change_checker.check(history.changes)
    return list(dict.fromkeys(found))
