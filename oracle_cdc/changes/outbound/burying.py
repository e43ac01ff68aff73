"""Changes that can't be sent, to the queue of dead letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from oracle_cdc.changes.outbound.building import Outgoing
from oracle_cdc.changes.rules.dead_letters import Failed, Reason, fit_dead_letter, make_attributes
from oracle_cdc.errors import DestinationConfigurationError
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.privacy import format_error


class Queue(Protocol):
    """The queue of dead letters.

    Parameters:
        max_bytes: of a document and its attributes.
    """

    @property
    def max_bytes(self) -> int: ...

    def send(self, document: str, attributes: Mapping[str, str]) -> object:
        """Raise what keeps it from taking the document."""


class Burying:
    """Writes dead letters.

    Parameters:
        queue: None: there is none, so what can't be sent waits.
        keeps_event: whether the whole event rests there, as it may leave.
        redacts: whether keys that are personal are tokens by now.
    """

    def __init__(
        self,
        queue: Queue | None,
        *,
        keeps_event: bool,
        redacts: bool = True,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.queue = queue
        self.keeps_event = keeps_event
        self.redacts = redacts
        self.now = now

    def bury(self, outgoing: Outgoing) -> None:
        """Write a change into the queue, with why. Raises what keeps the queue from taking it."""
        error = outgoing.refusal
        assert error is not None, "what can be sent is no dead letter"
        if self.queue is None:
            raise DestinationConfigurationError(
                f"{outgoing.change!r} can't be sent ({error.reason_code}), and DLQ_URL is not set"
            )
        is_redacted = outgoing.is_whole and self.redacts
        failed = Failed(None, b"", outgoing.change, is_redacted)
        reason = Reason(error.reason_code, format_error(error), outgoing.attempts, self.now())
        attributes = make_attributes(failed, reason)
        document = fit_dead_letter(
            failed,
            reason,
            attributes,
            keeps_event=self.keeps_event and outgoing.is_whole,
            max_bytes=self.queue.max_bytes,
        )
        self.queue.send(document, attributes)
