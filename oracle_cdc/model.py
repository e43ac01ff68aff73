"""The frozen values that travel through the service, whose personal content no repr shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from oracle_cdc.errors import CdcError, SqsConfigurationError, SqsCredentialsError, SqsUnavailable

#: What a queue that is down, or refuses us, makes of a request.
QUEUE_ERRORS = (SqsUnavailable, SqsConfigurationError, SqsCredentialsError)


class Segment(NamedTuple):
    """One row of the source table.

    A tuple, because one is made for each row: a frozen dataclass takes twice as long.

    Parameters:
        call_id: decimal digits.
        text_time, call_time: the source's own, without a zone.
    """

    call_id: str
    ban: str | None
    subscriber_no: str | None
    owner: str
    text: str | None
    text_time: datetime
    call_time: datetime

    def __repr__(self) -> str:
        named = f"call_id={self.call_id!r}, owner={self.owner!r}, text_time={self.text_time!r}"
        return f"Segment({named})"


class Conversation(NamedTuple):
    """A whole call.

    Parameters:
        utterances: its segments in order, without blank ones.
        rows_read, newest_read, times_read: of all its segments, blank ones too. times_read is the
            fingerprint of their times.
        newest_sent: the TEXT_TIME of the newest utterance, or newest_read when there is none.
    """

    call_id: str
    ban: str | None
    subscriber_no: str | None
    call_time: datetime
    utterances: tuple[Segment, ...]
    rows_read: int
    newest_read: datetime
    times_read: int
    newest_sent: datetime

    def __repr__(self) -> str:
        return f"Conversation(call_id={self.call_id!r}, utterances={len(self.utterances)})"

    def without_utterances(self) -> Conversation:
        """Return what is known of the call beside what was said, which may be a lot of memory."""
        return self._replace(utterances=())


@dataclass(frozen=True)
class Overflow:
    """Where in S3 the bodies go that SQS does not take."""

    bucket: str
    prefix: str


@dataclass(frozen=True)
class StoredBody:
    """A body that a message only points to: it must lie in S3 before the message is sent."""

    bucket: str
    key: str
    body: Sequence[bytes] = field(repr=False)

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.body))


@dataclass(frozen=True)
class OutboundMessage:
    """A message ready for SendMessageBatch.

    Parameters:
        size_bytes: what SQS counts: the body in UTF-8 and the attributes.
        group_id, deduplication_id: for FIFO queues, empty on a standard queue.
    """

    call_id: str
    revision: int
    body: str = field(repr=False)
    attributes: Mapping[str, str]
    size_bytes: int
    group_id: str = ""
    deduplication_id: str = ""
    stored: StoredBody | None = None


@dataclass(frozen=True)
class SendOutcome:
    """What SQS answered for one message: its id, or the error that says what to do next.

    Parameters:
        failed_with: how many messages the failure met as one.
        is_own: the failure is this very message's, so an attempt, and not the queue's.
    """

    message: OutboundMessage
    message_id: str | None = None
    error: CdcError | None = None
    failed_with: int = 1
    is_own: bool = False

    @property
    def concerns_only_queue(self) -> bool:
        """Return whether an error can only be the queue's, because no S3 is needed to send."""
        return self.message.stored is None

    @property
    def is_queue_failure(self) -> bool:
        """Return whether the queue is down, or refuses us, whatever the message."""
        return isinstance(self.error, QUEUE_ERRORS) and not self.is_own and self.concerns_only_queue


@dataclass(frozen=True)
class ReceivedMessage:
    """A message taken from the results queue and not yet deleted.

    Parameters:
        sent_ms: its SentTimestamp.
    """

    message_id: str
    receipt_handle: str = field(repr=False)
    body: str = field(repr=False)
    attributes: Mapping[str, str]
    sent_ms: int
    receive_count: int


@dataclass(frozen=True)
class MlResult:
    """An ML service's answer in the one shape that all its shapes are read into (docs/messages.md).

    Texts already fit their columns.

    Parameters:
        revision: None where the service did not echo it.
        warnings: what was cut or left out, never with its content.
    """

    call_id: str
    revision: int | None
    sent_ms: int
    message_id: str
    summary: str | None = field(default=None, repr=False)
    sentiment: str | None = field(default=None, repr=False)
    classification_primary: str | None = field(default=None, repr=False)
    classification_all: str | None = field(default=None, repr=False)
    confidence: Decimal | None = None
    processing_ms: Decimal | None = None
    model_version: str | None = None
    ban: str | None = field(default=None, repr=False)
    subscriber_no: str | None = field(default=None, repr=False)
    call_time: datetime | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing in it that anybody asked for."""
        if self.summary and self.summary.strip():
            return False
        others = (self.sentiment, self.classification_primary, self.confidence)
        return others == (None, None, None)


@dataclass(frozen=True)
class QueueFacts:
    """A queue's attributes as SQS gave them.

    Parameters:
        max_receive_count: None where there is no redrive policy.
        arn, created: None where an endpoint that is not AWS leaves them out.
        has_policy: of its own, beside IAM's.
        is_encrypted: as it keeps its messages.
    """

    url: str
    is_fifo: bool
    max_message_bytes: int
    retention_seconds: int
    visibility_seconds: int
    max_receive_count: int | None
    waiting: int
    arn: str | None = None
    created: str | None = None
    has_policy: bool = False
    is_encrypted: bool = False
