"""Turns on their way: a few requests side by side, while the next changes are read."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oracle_cdc.changes.outbound.building import Outgoing
from oracle_cdc.changes.outbound.sending import Sender, Turn
from oracle_cdc.changes.rules.turns import Waiting
from oracle_cdc.running.workers import Workers

#: Requests on their way at a time. They are of different rows, so their order is nobody's.
REQUESTS = 2


class Landed(NamedTuple):
    """What became of a turn. bug: what its thread ended with instead."""

    turn: Turn
    bug: BaseException | None = None


class Flight:
    """Sends the turns of one visit. One thread gives them, and takes what became of them."""

    def __init__(self, sender: Sender, workers: Workers) -> None:
        self.sender = sender
        self.workers = workers
        self.landed: queue.SimpleQueue[Landed] = queue.SimpleQueue()
        self.count = 0

    @property
    def is_full(self) -> bool:
        return self.count >= self.workers.most

    def begin(self, turn: Sequence[Waiting[Outgoing]]) -> None:
        """Send a turn in a thread of its own."""

        def send() -> None:
            try:
                self.landed.put(Landed(self.sender.send(turn)))
            except BaseException as error:  # thread entry: whoever began it raises it
                self.landed.put(Landed(Turn([]), error))

        self.count += 1
        self.workers.begin(send)

    def collect(self, *, waits: bool) -> Iterator[Turn]:
        """Yield what became of turns. Raises what a thread ended with.

        Parameters:
            waits: for one of them at least.
        """
        while self.count and (waits or not self.landed.empty()):
            landed = self.landed.get()
            self.count -= 1
            waits = False
            if landed.bug is not None:
                raise landed.bug
            yield landed.turn

    def drain(self) -> None:
        """Wait for all that is on its way, whatever becomes of it."""
        while self.count:
            self.landed.get()
            self.count -= 1
