"""Writes changes that can't be sent into the queue of dead letters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from oracle_cdc.changes.outbound.building import Outgoing
from oracle_cdc.changes.rules.dead_letters import (
    Failed,
    Queue,
    Reason,
    fit_dead_letter,
    require_queue,
)
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.privacy import format_error

#: Letters that are not written again while the rest of their change waits. A change of a visit that
#: is not among them is written again, as after a restart.
MOST_REMEMBERED = 50_000


def always(_: str) -> bool:
    return True


class DeadLetterWriter:
    """Writes dead letters, each once.

    A change of keys is two events. While the stream does not take the one, the change comes again
    with the next visit, and the other one with it, whose letter is in the queue already.

    Parameters:
        queue: None: there is none, so what can't be sent waits.
        keeps_event: whether the whole event rests there, as it may leave.
        are_keys_final: whether the keys of a table are here as they are published. Others rest
            there only where whole events do.
    """

    def __init__(
        self,
        queue: Queue | None,
        *,
        keeps_event: bool,
        are_keys_final: Callable[[str], bool] = always,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.queue = queue
        self.keeps_event = keeps_event
        self.are_keys_final = are_keys_final
        self.now = now
        #: Events and their transactions, the oldest letter first.
        self.written: dict[tuple[str, str], None] = {}
        #: Requests of one visit go side by side.
        self.lock = threading.Lock()

    def write(self, outgoing: Outgoing) -> None:
        """Write a change into the queue, with why. Raises what keeps the queue from taking it."""
        error = outgoing.refusal
        assert error is not None, "what can be sent is no dead letter"
        written = (outgoing.change.metadata.event_id, outgoing.change.metadata.transaction_id)
        if written in self.written:
            return
        why = f"{outgoing.change!r} can't be sent ({error.reason_code})"
        queue = require_queue(self.queue, why)
        may_have_keys = self.keeps_event or self.are_keys_final(outgoing.change.table)
        # What could not be redacted has no keys.
        has_keys = may_have_keys and bool(outgoing.change.keys)
        failed = Failed(None, b"", outgoing.change, has_keys)
        reason = Reason(error.reason_code, format_error(error), outgoing.attempts, self.now())
        keeps_event = self.keeps_event and outgoing.is_whole
        document, attributes = fit_dead_letter(
            failed, reason, keeps_event=keeps_event, max_bytes=queue.max_bytes
        )
        queue.send(document, attributes)
        self.remember(written)

    def remember(self, written: tuple[str, str]) -> None:
        """Note a letter, and forget the oldest of too many."""
        with self.lock:
            self.written[written] = None
            if len(self.written) > MOST_REMEMBERED:
                del self.written[next(iter(self.written))]
