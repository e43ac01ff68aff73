"""Records in turns: one of each key at a time, so that no later one overtakes an earlier one.

A request of several records may be taken in part, and says nothing of their order. A record of a
key is so sent only once the one before it was accepted. A key whose record was not holds its later
ones back, and nobody else's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(eq=False)
class Waiting(Generic[Item]):
    """Something that waits for its turn.

    Parameters:
        group: the number of what belongs together. A greater one comes later.
        size_bytes: of what is sent.
    """

    item: Item
    key: str
    group: int
    size_bytes: int


class Turns(Generic[Item]):
    """Gives each key its turn. One thread uses it.

    Parameters:
        most_records, most_bytes: what one request takes.
    """

    def __init__(self, most_records: int, most_bytes: int) -> None:
        self.most_records = most_records
        self.most_bytes = most_bytes
        #: Key -> what is still to be accepted of it, in order.
        self.queues: dict[str, deque[Waiting[Item]]] = {}
        #: Group -> what of it was not accepted yet, and all its keys.
        self.unaccepted: dict[int, int] = {}
        self.keys: dict[int, Sequence[str]] = {}
        #: Keys of which one is on its way, or was accepted whose group is not whole yet.
        self.busy: set[str] = set()
        #: Keys of which nothing more goes.
        self.held_back: set[str] = set()
        #: How much was not accepted yet, and its bytes.
        self.waiting = 0
        self.waiting_bytes = 0

    def add(self, group: Iterable[Waiting[Item]]) -> None:
        """Let what belongs together wait, behind all that waits already.

        Where a key of it is held back, so are the others: none of it goes.
        """
        members = list(group)
        keys = [each.key for each in members]
        if not self.held_back.isdisjoint(keys):
            self.held_back.update(keys)
            return
        for each in members:
            self.queues.setdefault(each.key, deque()).append(each)
            self.unaccepted[each.group] = len(members)
            self.keys[each.group] = keys
            self.waiting += 1
            self.waiting_bytes += each.size_bytes

    @property
    def ready(self) -> int:
        """Return how many keys have something that may go."""
        return len(self.queues) - len(self.busy)

    def next_turn(self) -> Sequence[Waiting[Item]]:
        """Return what goes next: the first of each key, as many as one request takes.

        Those of which most is left come first, so that few requests are made. What is larger than a
        request stands alone in one.
        """
        ready = [key for key in self.queues if key not in self.busy]
        ready.sort(key=lambda key: len(self.queues[key]), reverse=True)
        turn: list[Waiting[Item]] = []
        size_bytes = 0
        for key in ready:
            first = self.queues[key][0]
            if turn and size_bytes + first.size_bytes > self.most_bytes:
                continue
            turn.append(first)
            self.busy.add(key)
            size_bytes += first.size_bytes
            if len(turn) == self.most_records:
                break
        return turn

    def accept(self, each: Waiting[Item]) -> bool:
        """Note that one was accepted, and return whether all of its group was.

        The next one of its key goes only then: what is left of a group brings all of it again, and
        would bring this one behind the next one.
        """
        queue = self.queues.get(each.key)
        if not queue or queue[0] is not each:
            # Another of its group was not accepted meanwhile.
            return False
        self.forget(queue.popleft())
        self.unaccepted[each.group] -= 1
        if self.unaccepted[each.group]:
            return False
        del self.unaccepted[each.group]
        for key in self.keys.pop(each.group):
            self.busy.discard(key)
            if not self.queues.get(key, True):
                del self.queues[key]
        return True

    def keep_back(self, each: Waiting[Item]) -> None:
        """Note that one was not accepted: nothing more of its key goes, nor of its group."""
        self.keep_back_from(each.group, each.key)

    def keep_back_from(self, group: int, key: str) -> None:
        """Hold a key back from a group on, and with it all keys of what so can't be whole."""
        waits: list[tuple[int, str]] = [(group, key)]
        while waits:
            group, key = waits.pop()
            self.held_back.add(key)
            queue = self.queues.get(key, deque())
            while queue and queue[-1].group >= group:
                dropped = queue.pop()
                self.forget(dropped)
                for other in self.keys[dropped.group]:
                    if other != key:
                        waits.append((dropped.group, other))
            if not queue:
                self.queues.pop(key, None)
                self.busy.discard(key)

    def forget(self, each: Waiting[Item]) -> None:
        """Note that one does not wait any more."""
        self.waiting -= 1
        self.waiting_bytes -= each.size_bytes
