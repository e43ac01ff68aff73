"""The judge of row changes: what a round's history says against the guarantees."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.chaos.changes.judge.case import Case
from tests.chaos.changes.judge.checkpoints import check_ahead, check_backwards, check_ends
from tests.chaos.changes.judge.contents import (
    check_fates,
    check_form,
    check_letters,
    check_lost,
    check_strangers,
    check_transactions,
)
from tests.chaos.changes.judge.history import History
from tests.chaos.changes.judge.outcome import (
    check_consumer,
    check_left,
    check_private,
    check_quiet,
    check_rows,
)
from tests.chaos.changes.judge.repeats import (
    check_alike,
    check_repeats_in_stream,
    check_repeats_of_letters,
    check_repeats_on_bus,
)
from tests.chaos.changes.judge.succession import (
    check_order_in_stream,
    check_order_on_bus,
    check_shards,
)
from tests.chaos.judge.checker import name_of

CHECKS: tuple[Callable[[Case], Iterator[str]], ...] = (
    check_rows,
    check_lost,
    check_strangers,
    check_fates,
    check_letters,
    check_form,
    check_transactions,
    check_order_in_stream,
    check_order_on_bus,
    check_shards,
    check_alike,
    check_repeats_in_stream,
    check_repeats_on_bus,
    check_repeats_of_letters,
    check_ahead,
    check_backwards,
    check_ends,
    check_consumer,
    check_left,
    check_quiet,
    check_private,
)


def check(history: History) -> list[str]:
    """Return every violation in words, none when all holds."""
    found = list(history.complaints)
    case = Case(history)
    for one in CHECKS:
        for violation in one(case):
            found.append(f"{name_of(one)}: {violation}")
    return found
