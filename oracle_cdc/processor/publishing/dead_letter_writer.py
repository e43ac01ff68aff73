"""Writes records that can't be published into the queue of dead letters."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from oracle_cdc.changes.rules.dead_letters import (
    Failed,
    Queue,
    Reason,
    fit_dead_letter,
    make_attributes,
    require_queue,
    write_dead_letter,
)
from oracle_cdc.changes.rules.errors import ChangeRefused
from oracle_cdc.errors import MessageRefused
from oracle_cdc.processor.publishing.counter_names import dead
from oracle_cdc.processor.publishing.records import Item
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.privacy import format_error
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)


class DeadLetterWriter:
    """Writes dead letters. Several threads may use it.

    Parameters:
        queue: None: there is none, so what can't be published waits.
        keeps_event: whether the whole event rests there.
    """

    def __init__(
        self,
        queue: Queue | None,
        progress: Progress,
        repeats: RepeatLimiter,
        *,
        keeps_event: bool = True,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.queue = queue
        self.progress = progress
        self.repeats = repeats
        self.keeps_event = keeps_event
        self.now = now

    def write(self, item: Item, error: ChangeRefused) -> None:
        """Write a record into the queue, with why. Raises what keeps the queue from taking it."""
        why = f"{item.record!r} can't be published ({error.reason_code})"
        queue = require_queue(self.queue, why)
        reason = Reason(error.reason_code, format_error(error), item.attempts, self.now())
        self.send(queue, item, reason)
        self.progress.add(**{dead(error.reason_code): 1})
        self.repeats.failure(
            ("dead letter", error.reason_code),
            logger,
            "%s: %s; it is a dead letter after %d attempts",
            repr(item.record),
            error,
            item.attempts,
            level=logging.ERROR,
        )

    def send(self, queue: Queue, item: Item, reason: Reason) -> None:
        """Send the document of a record, or, where that is not to be had, where the record is."""
        record = item.record
        failed = Failed(record.place, record.data, item.change, item.is_redacted)
        with suppress(MessageRefused, RecursionError, ValueError):
            document, attributes = fit_dead_letter(
                failed, reason, keeps_event=self.keeps_event, max_bytes=queue.max_bytes
            )
            queue.send(document, attributes)
            return
        # Too large for this queue, too deep, with a number that is none in JSON, or with a name
        # that is no text or SQS does not take.
        bare = Failed(record.place, record.data, None, is_redacted=False)
        document = write_dead_letter(bare, reason, keeps_event=False)
        queue.send(document, make_attributes(bare, reason))
