"""The frozen values that travel through the service; personal content never shows in a repr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from oracle_cdc.errors import CdcError, SqsConfigurationError, SqsCredentialsError, SqsUnavailable

#: What a queue that is down, or refuses us, makes of a request.
QUEUE_ERRORS = (SqsUnavailable, SqsConfigurationError, SqsCredentialsError)


class Segment(NamedTuple):
    """One row of the source table. call_id is decimal digits; times are the source's own, without a zone.

    A tuple, because one is made for each row: a frozen dataclass takes twice as long.
    """

    call_id: str
    ban: str | None
    subscriber_no: str | None
    owner: str
    text: str | None
    text_time: datetime
    call_time: datetime

    def __repr__(self) -> str:
        return (
            f"Segment(call_id={self.call_id!r}, owner={self.owner!r}, text_time={self.text_time!r})"
        )


@dataclass(frozen=True)
class Conversation:
    """A whole call. utterances: its segments in order without blank ones, which rows_read, newest_read and times_read
    (their times' fingerprint) count too."""

    call_id: str
    ban: str | None = field(repr=False)
    subscriber_no: str | None = field(repr=False)
    call_time: datetime
    utterances: tuple[Segment, ...]
    rows_read: int
    newest_read: datetime
    times_read: int

    @property
    def newest_sent(self) -> datetime:
        """The TEXT_TIME of the newest utterance; newest_read when there is none."""
        return self.utterances[-1].text_time if self.utterances else self.newest_read


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
    body: str = field(repr=False)


@dataclass(frozen=True)
class OutboundMessage:
    """A message ready for SendMessageBatch; size_bytes is what SQS counts: UTF-8 body plus attributes."""

    call_id: str
    revision: int
    body: str = field(repr=False)
    attributes: Mapping[str, str]
    size_bytes: int
    #: For FIFO queues; empty on a standard queue.
    group_id: str = ""
    deduplication_id: str = ""
    stored: StoredBody | None = None


@dataclass(frozen=True)
class SendOutcome:
    """What SQS answered for one message: its id, or the error that says what to do next.

    failed_with: how many messages the failure met as one. is_own: it is this very message's, so an attempt.
    False where it is the queue's.
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
    """A message taken from the results queue and not yet deleted; sent_ms is its SentTimestamp."""

    message_id: str
    receipt_handle: str = field(repr=False)
    body: str = field(repr=False)
    attributes: Mapping[str, str]
    sent_ms: int
    receive_count: int


@dataclass(frozen=True)
class MlResult:
    """An ML service's answer in the one shape that all its shapes are read into (docs/messages.md).

    revision None: the service did not echo it. Texts already fit their columns; warnings say what was cut or left out,
    never with its content.
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
        """Whether there is nothing in it that anybody asked for."""
        told = (self.sentiment, self.classification_primary, self.confidence)
        return not (self.summary or "").strip() and told == (None, None, None)


@dataclass(frozen=True)
class QueueFacts:
    """A queue's attributes as SQS gave them; max_receive_count None: no redrive policy.

    arn, created: None where an endpoint that is not AWS leaves them out. has_policy: of its own, beside IAM's.
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
