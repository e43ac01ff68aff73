"""One request after another to a queue: sent, tried again, and its answer sorted entry by entry."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tenacity import retry_if_result

from oracle_cdc.aws.sqs.client import SqsClient, read_queue
from oracle_cdc.aws.sqs.overflow import store_bodies
from oracle_cdc.aws.sqs.packing import attribute_type
from oracle_cdc.aws.sqs.translation import sort_entry
from oracle_cdc.errors import (
    CdcError,
    MessageRefused,
    MessageTooLarge,
    NotSent,
    SqsUnavailable,
    TransientError,
)
from oracle_cdc.model import OutboundMessage, QueueFacts, SendOutcome
from oracle_cdc.running.retrying import retry_policy

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import (
        MessageAttributeValueTypeDef,
        SendMessageBatchRequestEntryTypeDef,
        SendMessageBatchResultTypeDef,
    )

logger = logging.getLogger(__name__)

#: How often one request, or what failed of it, is sent before its messages go back to the ledger.
TRIES = 3
#: The longest wait between two of them: the lease is running.
MAX_WAIT_SECONDS = 5.0
#: A request that hung once is not tried again: what follows it waits, and the watchdog too.
RETRY_SECONDS = 20.0

#: As IAM names it; a batch needs no other.
ACTION = "SendMessage"

STOPPING = "not sent: the service is stopping"


class RetryTimes(NamedTuple):
    """Seconds between the tries of one request, as retrying.retry_policy has them."""

    initial_seconds: float
    max_seconds: float


class Requests:
    """Sends requests to one queue.

    `facts` is what is known of it. A complaint about size has it read again.

    Parameters:
        most_in_flight: requests in flight at a time, of all batches that are sent side by side.
        are_suspect: whether a request may hang. Such ones take at most half of what may be in
            flight.
        stop: ends the tries.
    """

    def __init__(
        self,
        client: SqsClient,
        facts: QueueFacts,
        *,
        most_in_flight: int,
        are_suspect: Callable[[Sequence[OutboundMessage]], bool],
        retry: RetryTimes,
        stop: threading.Event,
    ) -> None:
        self.facts = facts
        #: How many requests SQS answered. Only whether it moves matters, so threads need no lock.
        self.answers = 0
        self._client = client
        self._are_suspect = are_suspect
        self._retry = retry
        self._stop = stop
        self._slots = threading.BoundedSemaphore(most_in_flight)
        self._suspect_slots = threading.BoundedSemaphore(max(1, most_in_flight // 2))

    def refresh_facts(self) -> QueueFacts:
        """Ask the queue for its attributes again, and raise what goes wrong."""
        self.facts = read_queue(self._client, self.facts.url)
        return self.facts

    def send(
        self, request: Sequence[OutboundMessage], may_send: Callable[[], bool], tries: int
    ) -> list[SendOutcome]:
        """Send until each message is sent or refused, or the tries are used up.

        What was tried, and then not again because the lease ends, failed by what it met.
        """
        trying = Trying(request, partial(self._try, stored_keys=set(), may_send=may_send))
        retry_policy(
            initial_seconds=self._retry.initial_seconds,
            max_seconds=min(self._retry.max_seconds, MAX_WAIT_SECONDS),
            attempts=tries,
            within_seconds=RETRY_SECONDS,
            stop=self._stop,
            retry=retry_if_result(lambda is_over: not is_over),
        )(trying.try_once)
        return trying.settled + trying.unavailable

    def _try(
        self,
        messages: Sequence[OutboundMessage],
        *,
        stored_keys: set[str],
        may_send: Callable[[], bool],
    ) -> list[SendOutcome]:
        ready, outcomes = store_bodies(self._client, messages, stored_keys, may_send=may_send)
        if ready:
            outcomes += self._request(ready, may_send)
        return outcomes

    def _request(
        self, messages: list[OutboundMessage], may_send: Callable[[], bool]
    ) -> list[SendOutcome]:
        if self._stop.is_set():
            return fail(messages, NotSent(STOPPING))
        try:
            with self._slot(messages):
                if not may_send():
                    return fail(messages, NotSent("not sent: the lease ends too soon"))
                with self._client.calling(ACTION, self.facts.url) as sqs:
                    answer = sqs.send_message_batch(
                        QueueUrl=self.facts.url, Entries=_entries(messages)
                    )
        except MessageRefused as error:
            if len(messages) == 1:
                return [self._refuse(messages[0], error)]
            return fail(messages, error)
        except CdcError as error:
            logger.debug("a request of %s messages failed: %s", len(messages), error)
            return fail(messages, error)
        self.answers += 1
        return self._sort_answer(messages, answer)

    @contextmanager
    def _slot(self, messages: Sequence[OutboundMessage]) -> Iterator[None]:
        """Take a place among the requests in flight, for suspects one of half of them."""
        with ExitStack() as taken:
            if self._are_suspect(messages):
                taken.enter_context(self._suspect_slots)
            taken.enter_context(self._slots)
            yield

    def _sort_answer(
        self, messages: list[OutboundMessage], answer: SendMessageBatchResultTypeDef
    ) -> list[SendOutcome]:
        # Where nothing succeeded, or nothing failed, the list can be missing, or null.
        sent = {entry["Id"]: entry for entry in answer.get("Successful") or []}
        failed = {entry["Id"]: entry for entry in answer.get("Failed") or []}
        outcomes = []
        for number, message in enumerate(messages):
            entry_id = str(number)
            if entry_id in sent:
                outcomes.append(SendOutcome(message, message_id=sent[entry_id]["MessageId"]))
            elif entry_id in failed:
                outcomes.append(self._sort_entry(message, failed[entry_id]["Code"]))
            else:
                outcomes.append(
                    SendOutcome(
                        message, error=SqsUnavailable("SQS did not say what became of a message")
                    )
                )
        return outcomes

    def _sort_entry(self, message: OutboundMessage, code: str) -> SendOutcome:
        error = sort_entry(code, action=ACTION, queue_url=self.facts.url)
        if isinstance(error, MessageRefused):
            return self._refuse(message, error)
        return SendOutcome(message, error=error)

    def _refuse(self, message: OutboundMessage, error: MessageRefused) -> SendOutcome:
        which = f"call {message.call_id} revision {message.revision}, {message.size_bytes} bytes"
        named = MessageRefused(f"{which}: {error}")
        if not isinstance(error, MessageTooLarge):
            return SendOutcome(message, error=named)
        try:
            limit_bytes = self.refresh_facts().max_message_bytes
        except CdcError as unknown:
            return SendOutcome(
                message, error=TransientError(f"{named}; its limit is not known: {unknown}")
            )
        if message.size_bytes <= limit_bytes:
            return SendOutcome(message, error=named)
        return SendOutcome(
            message, error=TransientError(f"{named}; the queue takes {limit_bytes} now")
        )


class Trying:
    """The messages of one request, tried until each is sent or refused.

    Parameters:
        try_messages: makes one try, and returns one outcome for each message.
    """

    def __init__(
        self,
        messages: Sequence[OutboundMessage],
        try_messages: Callable[[Sequence[OutboundMessage]], list[SendOutcome]],
    ) -> None:
        self._messages = messages
        self._try_messages = try_messages
        self.settled: list[SendOutcome] = []
        #: What SQS did not answer for, which is tried again.
        self.unavailable: list[SendOutcome] = []

    def try_once(self) -> bool:
        """Try what is not settled, and return whether nothing is to be tried again."""
        messages = [outcome.message for outcome in self.unavailable] or self._messages
        outcomes = self._try_messages(messages)
        if self.unavailable and not any(was_tried(outcome) for outcome in outcomes):
            return True
        self.unavailable, settled = _split_unavailable(outcomes)
        self.settled += settled
        return not self.unavailable


def _entries(messages: Sequence[OutboundMessage]) -> list[SendMessageBatchRequestEntryTypeDef]:
    return [_entry(str(number), message) for number, message in enumerate(messages)]


def _entry(entry_id: str, message: OutboundMessage) -> SendMessageBatchRequestEntryTypeDef:
    attributes: dict[str, MessageAttributeValueTypeDef] = {}
    for name, value in message.attributes.items():
        attributes[name] = {"DataType": attribute_type(name), "StringValue": value}
    entry: SendMessageBatchRequestEntryTypeDef = {
        "Id": entry_id,
        "MessageBody": message.body,
        "MessageAttributes": attributes,
    }
    if message.group_id:
        entry["MessageGroupId"] = message.group_id
        entry["MessageDeduplicationId"] = message.deduplication_id
    return entry


def _split_unavailable(
    outcomes: Sequence[SendOutcome],
) -> tuple[list[SendOutcome], list[SendOutcome]]:
    """Return the outcomes that are to be tried again, and the others."""
    unavailable: list[SendOutcome] = []
    others: list[SendOutcome] = []
    for outcome in outcomes:
        if isinstance(outcome.error, SqsUnavailable):
            unavailable.append(outcome)
        else:
            others.append(outcome)
    return unavailable, others


def was_tried(outcome: SendOutcome) -> bool:
    """Return whether a request was made for the message."""
    return not isinstance(outcome.error, NotSent)


def fail(messages: Sequence[OutboundMessage], error: CdcError) -> list[SendOutcome]:
    """Return the outcomes of messages that an error met as one."""
    return [SendOutcome(message, error=error, failed_with=len(messages)) for message in messages]
