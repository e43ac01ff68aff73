"""Whose failure it is: an item's own, or its dependency's.

It is an item's own only if it fails alone while another passes. This is the one place that decides
it, for reading, sealing, sending, settling, writing answers and replaying. No error code has a say:
a code that nobody foresaw may be a value's, and a well-known one the whole database's.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from oracle_cdc.running.halving import Halving, Sorted

#: Items whose failures are remembered. Beyond it the oldest is forgotten, and proves itself anew.
MOST_REMEMBERED = 10_000
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class _Record:
    """How things stood when an item last failed, and whether its failure was its own then."""

    passes: int
    #: How many failures alone there were. Of an item's record, its own is the last of them.
    failures: int
    #: Failures that speak against the dependency.
    doubts: int
    signs_of_life: int
    is_own: bool = False
    #: How many of its failures were its own since it passed.
    own_failures: int = 0


class _Records:
    """How things stood when items last failed, of the latest MOST_REMEMBERED items."""

    def __init__(self) -> None:
        self.by_key: OrderedDict[str, _Record] = OrderedDict()

    def keep(self, key: str, record: _Record) -> None:
        """Keep the record of an item, and forget the oldest one where there are too many."""
        self.by_key[key] = record
        if len(self.by_key) > MOST_REMEMBERED:
            self.by_key.popitem(last=False)

    def proves(self, before: _Record, now: _Record) -> bool:
        """Return whether the second of two failures of an item is its own.

        What happened between them shows it.
        """
        others = 0
        for record in self.by_key.values():
            others += not record.is_own and record.failures > before.failures
        passes = now.passes - before.passes
        if passes and passes >= others:
            return True
        has_no_doubts = now.doubts == before.doubts
        return before.is_own and has_no_doubts and now.signs_of_life > before.signs_of_life


class Evidence(Generic[Item]):
    """What passed and what failed in one operation on one dependency. Any thread may use it.

    Parameters:
        key: names an item.
        signs_of_life: counts what the dependency did well otherwise, such as receives while sending
            fails.
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
        self._records = _Records()

    def sort(
        self,
        items: Sequence[Item],
        attempt: Callable[[Sequence[Item]], Result],
        covered: Callable[[Sequence[Item], Result], Sequence[Item]] = lambda group, result: group,
    ) -> Sorted[Item, Result]:
        """Try items together, and what fails in halves, down to single items.

        A suspect is tried alone, and last. Raises the error behind `Unreachable`.

        Parameters:
            attempt: does what it is given, or raises and has done nothing that can't be done again.
            covered: which items of a group its result speaks of, if it need not be all.
        """
        halving = Halving(attempt, covered)
        halving.try_groups(self._groups(items))
        halving.try_late()
        outcome, failures = halving.outcome, halving.failed
        self.note_passed(outcome.passed)
        for failed in failures:
            is_own = self.note_failure(
                failed.item, passed_beside=len(outcome.passed), failed_beside=len(failures) - 1
            )
            if is_own:
                outcome.own.append((failed.item, failed.error))
            else:
                outcome.waiting.append((failed.item, failed.error))
        return outcome

    def _groups(self, items: Sequence[Item]) -> list[list[Item]]:
        """Return the groups to begin with, the last of which nothing is known against."""
        groups: list[list[Item]] = []
        others: list[Item] = []
        if not self._records.by_key:
            # Nearly always: then each item need not be looked for, six times on its way.
            others += items
            items = ()
        for item in items:
            if self.is_suspect(item):
                groups.append([item])
            else:
                others.append(item)
        if others:
            groups.append(others)
        return groups

    def note_passed(self, items: Collection[Item]) -> None:
        """Record that items passed, and forget what was known against them."""
        if not items:
            return
        with self._lock:
            self._passes += len(items)
            self._failed_since_pass.clear()
            if self._records.by_key:
                for item in items:
                    self._records.by_key.pop(self._key(item), None)

    def note_failed_together(self, items: Iterable[Item]) -> None:
        """Record that items failed as one, and nothing passed.

        Each is tried alone from now on.
        """
        with self._lock:
            self._doubts += 1
            for item in items:
                key = self._key(item)
                known = self._records.by_key.pop(key, None)
                self._records.keep(key, known or self._now())

    def note_failure(
        self,
        item: Item,
        *,
        passed_beside: int = 0,
        failed_beside: int = 0,
        control_passed: bool = False,
    ) -> bool:
        """Record that an item failed alone, and return whether the failure is its own.

        It is if more others passed than failed beside it, or as many since it failed last. Who
        passes after a failure has passed, and a failure that is another's own does not count. It
        still is, once that was seen, while nothing else fails and the dependency shows signs of
        life. A passed control proves it while no other item fails. Else the failure speaks against
        the dependency.

        Parameters:
            passed_beside, failed_beside: how many others did in the same try.
            control_passed: the same was done with harmless values, and passed.
        """
        key = self._key(item)
        with self._lock:
            before = self._records.by_key.pop(key, None)
            now = self._now()
            self._failed_since_pass.add(key)
            is_lone = self._failed_since_pass == {key}
            now.is_own = (
                passed_beside > failed_beside
                or (control_passed and is_lone)
                or (before is not None and self._records.proves(before, now))
            )
            now.own_failures = int(now.is_own)
            if before is not None:
                now.own_failures += before.own_failures
            self._failures += 1
            self._doubts += not now.is_own
            now.failures, now.doubts = self._failures, self._doubts
            self._records.keep(key, now)
            return now.is_own

    def is_retry(self, group: Sequence[Item], items: Sequence[Item]) -> bool:
        """Return whether a group is tried because something failed before, this time or another."""
        return len(group) < len(items) or self.is_suspect(group[0])

    def own_failures(self, item: Item) -> int:
        """Return how many failures were an item's own since it passed, as far as is remembered."""
        with self._lock:
            record = self._records.by_key.get(self._key(item))
        if record is None:
            return 0
        return record.own_failures

    def is_suspect(self, item: Item) -> bool:
        """Return whether an item has failed, and not passed since."""
        with self._lock:
            return self._key(item) in self._records.by_key

    def _now(self) -> _Record:
        return _Record(self._passes, self._failures, self._doubts, self._signs_of_life())
