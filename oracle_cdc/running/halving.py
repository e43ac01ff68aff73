"""Trying items together, and what fails in halves, down to single items."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from oracle_cdc.errors import CdcError, ConfigurationError, TransientError, Unreachable
from oracle_cdc.running.privacy import describe

logger = logging.getLogger(__name__)

#: When this many items fail alone before any passes, the rest is not tried: that speaks against the
#: dependency.
FAILURES_ENOUGH = 2

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class Sorted(Generic[Item, Result]):
    """What came of trying items.

    Parameters:
        own: failures that are their items' own.
        waiting: failures that speak against the dependency.
        untried: what was not tried alone, because nothing passed.
    """

    results: list[Result] = field(default_factory=list)
    passed: list[Item] = field(default_factory=list)
    own: list[tuple[Item, Exception]] = field(default_factory=list)
    waiting: list[tuple[Item, Exception]] = field(default_factory=list)
    untried: list[Item] = field(default_factory=list)

    @property
    def waiting_items(self) -> list[Item]:
        """Return the items whose failures speak against the dependency."""
        return [item for item, _ in self.waiting]

    def add(self, group: Sequence[Item], result: Result, passed: Sequence[Item]) -> None:
        """Note the result of a group, and which of it passed."""
        self.results.append(result)
        self.passed += passed
        if len(passed) < len(group):
            self.untried += [item for item in group if item not in passed]

    def raise_waiting(self) -> None:
        """Raise the first failure that speaks against the dependency, as one that is waited for."""
        for _, error in self.waiting:
            raise waited_for(error)


@dataclass(frozen=True)
class Failed(Generic[Item]):
    """An item that failed alone.

    Parameters:
        passed_before: how many others had passed by then.
    """

    item: Item
    error: Exception
    passed_before: int


class Halving(Generic[Item, Result]):
    """Tries groups of items, and what fails in halves.

    Parameters:
        attempt: does what it is given, or raises and has done nothing that can't be done again.
        covered: which items of a group its result speaks of.
    """

    def __init__(
        self,
        attempt: Callable[[Sequence[Item]], Result],
        covered: Callable[[Sequence[Item], Result], Sequence[Item]],
    ) -> None:
        self.attempt = attempt
        self.covered = covered
        self.outcome: Sorted[Item, Result] = Sorted()
        self.failed: list[Failed[Item]] = []

    def try_groups(self, groups: Sequence[Sequence[Item]]) -> None:
        """Try groups, the last one first. Raises the error behind `Unreachable`."""
        stack = list(groups)
        while stack:
            group = stack.pop()
            if len(self.failed) >= FAILURES_ENOUGH and not self.outcome.passed:
                self.outcome.untried += group
                continue
            error = self.try_group(group)
            if error is None:
                continue
            logger.info("%d failed together: %s", len(group), describe(error))
            half = len(group) // 2
            if half:
                stack += [group[half:], group[:half]]
            else:
                self.failed.append(Failed(group[0], error, len(self.outcome.passed)))

    def try_late(self) -> None:
        """Try again what failed before the others passed: what was wrong then may be over."""
        still: list[Failed[Item]] = []
        for failed in self.failed:
            if not self.passes_now(failed):
                still.append(failed)
        self.failed = still

    def passes_now(self, failed: Failed[Item]) -> bool:
        """Return whether an item passes now, if others have passed since it failed."""
        if len(self.outcome.passed) == failed.passed_before:
            return False
        error = self.try_group([failed.item])
        if error is not None:
            logger.info("one failed alone, again: %s", describe(error))
        return error is None

    def try_group(self, group: Sequence[Item]) -> Exception | None:
        """Try a group, and return what it failed with."""
        try:
            result = self.attempt(group)
        except Unreachable as unreachable:
            raise unreachable.error from unreachable
        except Exception as error:  # any error may be one item's
            return error
        self.outcome.add(group, result, self.covered(group, result))
        return None


def waited_for(error: Exception) -> CdcError:
    """Return an error as one that passes, or that a person must mend.

    Whatever it is, the work is tried again.
    """
    if isinstance(error, (TransientError, ConfigurationError)):
        return error
    return TransientError(describe(error))
