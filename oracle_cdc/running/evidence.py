"""Whose failure is it? An item's own only if it fails alone while another passes; else its dependency's, which waits.

This is the one place that decides it, for reading, sealing, sending, settling, writing answers and replaying. No error
code has a say: a code that nobody foresaw may be a value's, and a well-known one the whole database's.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from oracle_cdc.errors import CdcError, ConfigurationError, TransientError, Unreachable
from oracle_cdc.running.privacy import describe

logger = logging.getLogger(__name__)

#: Items whose failures are remembered; beyond it the oldest is forgotten, and proves itself anew.
MOST_REMEMBERED = 10_000
#: So many items that fail alone before any passes speak against the dependency: the rest is not tried.
FAILURES_ENOUGH = 2

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class Sorted(Generic[Item, Result]):
    """What came of trying items.

    own: failures that are their items' own. waiting: failures that speak against the dependency. untried: what was not
    tried alone, because nothing passed.
    """

    results: list[Result] = field(default_factory=list)
    passed: list[Item] = field(default_factory=list)
    own: list[tuple[Item, Exception]] = field(default_factory=list)
    waiting: list[tuple[Item, Exception]] = field(default_factory=list)
    untried: list[Item] = field(default_factory=list)

    def add(self, group: Sequence[Item], result: Result, passed: Sequence[Item]) -> None:
        """Note the result of a group, and which of it passed."""
        self.results.append(result)
        self.passed += passed
        if len(passed) < len(group):
            self.untried += [item for item in group if item not in passed]

    def raise_waiting(self) -> None:
        """Raise the first failure that speaks against the dependency, if there is one, as one that is waited for."""
        for _, error in self.waiting:
            raise waited_for(error)


@dataclass
class _Record:
    """How things stood when an item last failed, and whether its failure was its own then."""

    passes: int
    #: How many failures alone there were; of an item's record, its own is the last of them.
    failures: int
    #: Failures that speak against the dependency.
    doubts: int
    signs_of_life: int
    is_own: bool = False
    #: How often its failure was its own since it passed.
    own_failures: int = 0


class Evidence(Generic[Item]):
    """What passed and what failed in one operation on one dependency; any thread may use it.

    Parameters:
        key: names an item.
        signs_of_life: counts what the dependency did well otherwise, such as receives while sending fails.
    """

    def __init__(
        self, key: Callable[[Item], str], signs_of_life: Callable[[], int] = lambda: 0
    ) -> None:
        self._key = key
        self._signs_of_life = signs_of_life
        self._lock = threading.Lock()
        self._passes = 0
        self._failures = 0
        self._doubts = 0
        self._failed_since_pass: set[str] = set()
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def sort(
        self,
        items: Sequence[Item],
        attempt: Callable[[Sequence[Item]], Result],
        done: Callable[[Sequence[Item], Result], Sequence[Item]] = lambda group, result: group,
    ) -> Sorted[Item, Result]:
        """Try items together; what fails is tried in halves, down to single items. A suspect is tried alone, and last.

        Raises the error behind `Unreachable`.

        Parameters:
            attempt: does what it is given, or raises and has done nothing that can't be done again.
            done: which items of a group its result speaks of, if it need not be all.
        """
        outcome, failed = self._try_apart(items, attempt, done)
        failed = [late for late in failed if not self._passes_now(late, outcome, attempt, done)]
        self.passed(outcome.passed)
        for item, error, _ in failed:
            is_own = self.is_own(
                item, passed_beside=len(outcome.passed), failed_beside=len(failed) - 1
            )
            (outcome.own if is_own else outcome.waiting).append((item, error))
        return outcome

    def _try_apart(
        self,
        items: Sequence[Item],
        attempt: Callable[[Sequence[Item]], Result],
        done: Callable[[Sequence[Item], Result], Sequence[Item]],
    ) -> tuple[Sorted[Item, Result], list[tuple[Item, Exception, int]]]:
        """What passed, and what failed alone: with its error, and how many had passed before."""
        outcome: Sorted[Item, Result] = Sorted()
        failed: list[tuple[Item, Exception, int]] = []
        stack = self._groups(items)
        while stack:
            group = stack.pop()
            if len(failed) >= FAILURES_ENOUGH and not outcome.passed:
                outcome.untried += group
                continue
            try:
                result = attempt(group)
            except Unreachable as unreachable:
                raise unreachable.error from unreachable
            except Exception as error:  # any error may be one item's
                half = len(group) // 2
                logger.info("%d failed together: %s", len(group), describe(error))
                if half:
                    stack += [group[half:], group[:half]]
                else:
                    failed.append((group[0], error, len(outcome.passed)))
                continue
            outcome.add(group, result, done(group, result))
        return outcome, failed

    def _passes_now(
        self,
        late: tuple[Item, Exception, int],
        outcome: Sorted[Item, Result],
        attempt: Callable[[Sequence[Item]], Result],
        done: Callable[[Sequence[Item], Result], Sequence[Item]],
    ) -> bool:
        """Try again what failed before the others passed: what was wrong then may be over."""
        item, _, passed_before = late
        if len(outcome.passed) == passed_before:
            return False
        try:
            result = attempt([item])
        except Unreachable as unreachable:
            raise unreachable.error from unreachable
        except Exception as error:  # it fails while others pass
            logger.info("one failed alone, again: %s", describe(error))
            return False
        outcome.add([item], result, done([item], result))
        return True

    def _groups(self, items: Sequence[Item]) -> list[list[Item]]:
        """The groups to begin with, as a stack: on its top are all that nothing is known against."""
        groups: list[list[Item]] = []
        others: list[Item] = []
        for item in items:
            if self.is_suspect(item):
                groups.append([item])
            else:
                others.append(item)
        return [*groups, others] if others else groups

    def passed(self, items: Iterable[Item]) -> None:
        """Record that items passed; what was known against them is forgotten."""
        with self._lock:
            for item in items:
                self._passes += 1
                self._failed_since_pass.clear()
                self._records.pop(self._key(item), None)

    def failed_together(self, items: Iterable[Item]) -> None:
        """Record that items failed as one, and nothing passed; each is tried alone from now on."""
        with self._lock:
            self._doubts += 1
            for item in items:
                key = self._key(item)
                known = self._records.pop(key) if key in self._records else self._now()
                self._remember(key, known)

    def is_own(
        self,
        item: Item,
        *,
        passed_beside: int = 0,
        failed_beside: int = 0,
        control_passed: bool = False,
    ) -> bool:
        """Record that an item failed alone. Returns whether the failure is its own.

        It is if more others passed than failed beside it, or as many since it failed last; who passes after a failure
        has passed, and a failure that is another's own does not count. It still is, once that was seen, while nothing
        else fails and the dependency shows signs of life. A passed control proves it while no other item fails. Else
        the failure speaks against the dependency.

        Parameters:
            passed_beside, failed_beside: how many others did in the same try.
            control_passed: the same was done with harmless values, and passed.
        """
        key = self._key(item)
        with self._lock:
            before = self._records.pop(key) if key in self._records else None
            now = self._now()
            self._failed_since_pass.add(key)
            is_lone = self._failed_since_pass == {key}
            now.is_own = (
                passed_beside > failed_beside
                or (control_passed and is_lone)
                or (before is not None and self._proves(before, now))
            )
            now.own_failures = now.is_own + (before.own_failures if before else 0)
            self._failures += 1
            self._doubts += not now.is_own
            now.failures, now.doubts = self._failures, self._doubts
            self._remember(key, now)
            return now.is_own

    def is_retry(self, group: Sequence[Item], items: Sequence[Item]) -> bool:
        """Return whether a group is tried because something failed before, this time or another."""
        return len(group) < len(items) or self.is_suspect(group[0])

    def own_failures(self, item: Item) -> int:
        """Return how often an item's failure was its own since it passed last, as far as is remembered."""
        with self._lock:
            record = self._records.get(self._key(item))
            return record.own_failures if record else 0

    def is_suspect(self, item: Item) -> bool:
        """Return whether an item has failed, and not passed since."""
        with self._lock:
            return self._key(item) in self._records

    def _proves(self, before: _Record, now: _Record) -> bool:
        """Whether what happened between two failures of an item shows that the second is its own."""
        others = sum(not r.is_own and r.failures > before.failures for r in self._records.values())
        passes = now.passes - before.passes
        if passes and passes >= others:
            return True
        has_no_doubts = now.doubts == before.doubts
        return before.is_own and has_no_doubts and now.signs_of_life > before.signs_of_life

    def _now(self) -> _Record:
        return _Record(self._passes, self._failures, self._doubts, self._signs_of_life())

    def _remember(self, key: str, record: _Record) -> None:
        self._records[key] = record
        if len(self._records) > MOST_REMEMBERED:
            self._records.popitem(last=False)


def waited_for(error: Exception) -> CdcError:
    """An error as one that passes, or that a person must mend: whatever it is, the work is tried again."""
    if isinstance(error, (TransientError, ConfigurationError)):
        return error
    return TransientError(describe(error))
