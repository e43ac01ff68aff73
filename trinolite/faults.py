"""What is done to requests instead of answering them, or beside that."""

from __future__ import annotations

import threading
from dataclasses import dataclass

#: The steps of a statement: it is sent, its next page is asked for, it is cancelled.
SUBMIT, NEXT, CANCEL = "submit", "next", "cancel"


@dataclass
class Fault:
    """What happens to requests of one step.

    Parameters:
        containing: a text that the statement has.
        skip, times: how many such requests come first that it does not happen to, and to how many
            it happens then. None: without end.
        status: the HTTP status instead of an answer: 429, 502, 503, 404 as of a lost nextUri.
        error: the name of the error that the statement fails with.
        delay_seconds: before the answer.
        is_mute: no answer ever, while the server runs.
        stays_queued: the statement waits for its turn for ever.
        drops_next: the answer has no nextUri, though the statement is not at its end.
        is_cut: half an answer, then the end of the connection.
    """

    step: str = NEXT
    containing: str = ""
    skip: int = 0
    times: int | None = None
    status: int = 0
    error: str = ""
    delay_seconds: float = 0.0
    is_mute: bool = False
    stays_queued: bool = False
    drops_next: bool = False
    is_cut: bool = False

    def takes(self, step: str, sql: str) -> bool:
        """Say whether it happens to this request, and count that."""
        if step != self.step or self.containing not in sql or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


NOTHING = Fault()


class Faults:
    """The faults that are ordered now. The first that takes a request is what happens to it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Let a fault happen from now on."""
        with self.lock:
            self.ordered.append(fault)

    def clear(self) -> None:
        """Let no fault happen from now on."""
        with self.lock:
            self.ordered.clear()

    def of(self, step: str, sql: str) -> Fault:
        """Return what happens to a request."""
        with self.lock:
            for fault in self.ordered:
                if fault.takes(step, sql):
                    return fault
        return NOTHING
