"""What pipelines set aside, as `failures` lists it, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Item:
    """One thing that was set aside.

    Parameters:
        subject: which call or row it is. Empty: nobody knows.
        named: the same in words.
        shown: all of it as JSON names it. Nothing of it is private.
        origin: what the pipeline has of it.
    """

    failure_id: str
    direction: str
    subject: str
    named: str
    attempts: int
    failed_at: datetime | None
    reason: str
    shown: Mapping[str, object]
    origin: Any


@dataclass(frozen=True)
class Choice:
    """Which items are meant.

    Parameters:
        ids: these. None: all of the others' kind.
        call: of this call.
        older_than_days: that were set aside longer ago. Below 0: of any age.
    """

    ids: Sequence[str] | None = None
    call: str | None = None
    older_than_days: float = -1.0


@dataclass(frozen=True)
class Body:
    """What was to be sent or was received, which is private.

    Parameters:
        text: None where there is none.
        reason: why there is none.
    """

    text: str | None
    reason: str = ""


@dataclass(frozen=True)
class Tried:
    """How it ended that an item was tried again. What is done is not set aside any more."""

    item: Item
    is_done: bool
    what: str


class Pile(Protocol):
    """What one pipeline set aside. Its methods raise what keeps them from being done.

    how: where what is tried again comes from.
    """

    how: str

    def find(self, choice: Choice) -> Sequence[Item]:
        """Return the chosen items, the oldest first. Ids that are not there are left out."""
        ...

    def read_body(self, item: Item) -> Body:
        """Return what was to be sent, or what was received."""
        ...

    def count(self, items: Sequence[Item]) -> str:
        """Return how many items these are, in words."""
        ...

    def replay(self, items: Sequence[Item]) -> Iterator[Tried]:
        """Try items again, and yield how each ended. Raises why the others wait."""
        ...

    def discard(self, items: Sequence[Item]) -> int:
        """Delete items for good, and return how many there were."""
        ...

    def close(self) -> None: ...
