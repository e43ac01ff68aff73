"""What was really written and committed, row by row, in the order of each row's changes.

An entry is made while the transaction has the row's lock, so that no later change of the row stands
before it, whenever its own commit is answered.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

#: Columns of a row as an event has them, before anything of them is left out or redacted.
Image = Mapping[str, object]


@dataclass(frozen=True)
class Written:
    """One change of one row.

    Parameters:
        number: rises from change to change of a row.
        old, new: the images, None where there is none.
    """

    number: int
    transaction: int
    table: str
    old: Image | None
    new: Image | None


@dataclass
class Pending:
    """What a transaction has done so far."""

    transaction: int
    changes: list[Written] = field(default_factory=list)
    savepoint: int = 0


class Journal:
    """Takes note of changes. Several threads may use it.

    Parameters:
        images: every image that was ever written, by its stamp.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.transactions = itertools.count(1)
        self.images: dict[str, Image] = {}
        self.committed: list[Written] = []
        self.rolled_back: list[Written] = []
        #: Tables with one column more by now.
        self.widened: set[str] = set()

    def begin(self) -> Pending:
        return Pending(next(self.transactions))

    def add(self, pending: Pending, table: str, old: Image | None, new: Image | None) -> None:
        """Note a change, while its row is locked."""
        number = next(self.numbers)
        pending.changes.append(Written(number, pending.transaction, table, old, new))

    def go_back(self, pending: Pending) -> None:
        """Note that a transaction went back to its savepoint."""
        with self.lock:
            self.rolled_back += pending.changes[pending.savepoint :]
        del pending.changes[pending.savepoint :]

    def commit(self, pending: Pending) -> None:
        with self.lock:
            self.committed += pending.changes

    def roll_back(self, pending: Pending) -> None:
        with self.lock:
            self.rolled_back += pending.changes
