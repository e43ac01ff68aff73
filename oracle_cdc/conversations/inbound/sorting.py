"""What was received, read and sorted: answers to be written, and what must stay in its queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from oracle_cdc.conversations.rules.answers import Answer, Reading, read
from oracle_cdc.conversations.rules.envelopes import Fetch, Kind
from oracle_cdc.conversations.rules.redaction import redact_result
from oracle_cdc.errors import CdcError, ResultRefused, ResultUnredacted
from oracle_cdc.model import ReceivedMessage

if TYPE_CHECKING:
    from oracle_cdc.redaction.marking import Marker

logger = logging.getLogger(__name__)

#: After this the rest of a batch of answers that lie in S3 waits until these are written.
READ_SECONDS = 10.0


@dataclass
class Incoming:
    """What was received, by what becomes of it.

    Parameters:
        conversations: our own, which are put back and never deleted.
        foreign: what on a shared queue is not proven to be an answer, and is put back too.
        waiting: what S3 does not let us read now, and comes again when its visibility ends.
        later: what is too much for one transaction beside the rest, and is not read yet.
        hindrance: what S3 answered.
        answer_count: of what is ours.
        size: of what is ours, about, in characters.
    """

    ours: list[Reading] = field(default_factory=list)
    conversations: list[ReceivedMessage] = field(default_factory=list)
    foreign: list[ReceivedMessage] = field(default_factory=list)
    waiting: list[ReceivedMessage] = field(default_factory=list)
    later: list[ReceivedMessage] = field(default_factory=list)
    hindrance: CdcError | None = None
    answer_count: int = 0
    size: int = 0


class Intake:
    """Reads messages, and sorts them by what becomes of each.

    Parameters:
        fetch: reads an object of S3 that a message points to.
        is_shared: whether conversations travel through the same queue, as far as is known now.
        batch_size: of answers, after which the rest is left for later. A message is read whole.
        batch_bytes: about this much of them is read before the rest is left for later.
        marker: marks what is personal in summaries. None: nothing is.
    """

    def __init__(
        self,
        fetch: Fetch,
        is_shared: Callable[[], bool],
        *,
        batch_size: int,
        batch_bytes: int,
        marker: Marker | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.marker = marker
        self.fetch = fetch
        self.is_shared = is_shared
        self.batch_size = batch_size
        self.batch_bytes = batch_bytes
        self.clock = clock

    def read_messages(self, messages: Sequence[ReceivedMessage]) -> Incoming:
        """Read each message once, and sort it by what becomes of it.

        One bad message never stops the rest. S3 is not asked again after it failed, so that it can
        delay a batch by one time-out only.
        """
        found = Incoming()
        ends_at = self.clock() + READ_SECONDS

        def fetch(bucket: str, key: str, limit_bytes: int) -> bytes:
            if found.hindrance is not None:
                raise found.hindrance
            return self.fetch(bucket, key, limit_bytes)

        for message in messages:
            if self.is_full(found) or self.clock() > ends_at:
                found.later.append(message)
                continue
            try:
                self.place(read_safely(message, fetch, self.marker), found)
            except CdcError as error:
                found.waiting.append(message)
                found.hindrance = error
                ends_at = inf
        return found

    def has_room(self, messages: Sequence[ReceivedMessage]) -> bool:
        """Return whether more may be received beside these, which are not read yet."""
        size = sum(len(message.body) for message in messages)
        return len(messages) < self.batch_size and size <= self.batch_bytes

    def is_full(self, found: Incoming) -> bool:
        """Return whether what was read is enough for one transaction."""
        return found.answer_count >= self.batch_size or found.size > self.batch_bytes

    def place(self, reading: Reading, found: Incoming) -> None:
        """Sort a message that was read by what becomes of it."""
        if reading.kind is Kind.CONVERSATION:
            found.conversations.append(reading.message)
        elif reading.kind is Kind.UNKNOWN and self.is_shared():
            found.foreign.append(reading.message)
        else:
            found.ours.append(reading)
            found.answer_count += len(reading.answers)
            found.size += reading.size


def read_safely(message: ReceivedMessage, fetch: Fetch, marker: Marker | None = None) -> Reading:
    """Read a message, also one that nobody foresaw.

    Raises only what fetch raises because of S3.

    Parameters:
        marker: marks what is personal in summaries. None: nothing is.
    """
    try:
        reading = read(message, fetch)
        if marker is None:
            return reading
        return replace(reading, answers=redact_answers(reading.answers, marker))
    except CdcError:
        raise
    except Exception as error:
        logger.exception("message %s can't be decoded", message.message_id)
        refusal = ResultRefused(f"can't be decoded: {type(error).__name__}")
        return Reading(message, Kind.UNKNOWN, (Answer(message, error=refusal),))


def redact_answers(answers: Sequence[Answer], marker: Marker) -> tuple[Answer, ...]:
    """Return answers with their summaries marked. One that can't be is to be set aside."""
    redacted: list[Answer] = []
    for answer in answers:
        if answer.result is None:
            redacted.append(answer)
            continue
        try:
            result, marks = redact_result(answer.result, marker)
            redacted.append(replace(answer, result=result, marks=marks))
        except ResultUnredacted as error:
            logger.warning("the answer of call %s %s", answer.call_id, error, exc_info=error)
            redacted.append(Answer(answer.message, error=error))
    return tuple(redacted)


def log_warnings(readings: Sequence[Reading]) -> None:
    """Log what was cut or left out of answers."""
    for reading in readings:
        for answer in reading.answers:
            if answer.result is None:
                continue
            for warning in answer.result.warnings:
                logger.warning("result of call %s: %s", answer.call_id, warning)
