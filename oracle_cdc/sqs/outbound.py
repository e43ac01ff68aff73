"""Conversations on their way out: a few requests at once, each entry answered for itself, one outcome per message."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from tenacity import retry_if_result

from oracle_cdc.errors import (
    CdcError,
    MessageRefused,
    MessageTooLarge,
    NotSent,
    SqsUnanswered,
    SqsUnavailable,
    TransientError,
    Unreachable,
)
from oracle_cdc.evidence import Evidence
from oracle_cdc.model import OutboundMessage, Overflow, QueueFacts, SendOutcome
from oracle_cdc.packing import attribute_type, pack, split_turns
from oracle_cdc.repeats import RepeatLimiter
from oracle_cdc.retrying import retry_policy
from oracle_cdc.sqs.client import SqsClient, read_queue
from oracle_cdc.sqs.complaints import Complaints
from oracle_cdc.sqs.overflow import store_bodies
from oracle_cdc.sqs.translation import sort_code

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef, SendMessageBatchResultTypeDef

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")

#: How often one request, or what failed of it, is sent before its messages go back to the ledger.
TRIES = 3
#: The longest wait between two of them: the lease is running.
MAX_WAIT_SECONDS = 5.0
#: A request that hung once is not tried again: what follows it waits, and the watchdog too.
RETRY_SECONDS = 20.0
#: How long a stop waits for requests in flight; what they did stays unknown, and the same body is sent again later.
STOP_SECONDS = 5.0

#: How often a waiting sender looks whether it shall stop.
_LOOK_SECONDS = 0.2

#: As IAM names it; a batch needs no other.
ACTION = "SendMessage"

STOPPING = "not sent: the service is stopping"


class RetryTimes(NamedTuple):
    """Seconds between the tries of one request; see retrying.retry_policy."""

    initial_seconds: float
    max_seconds: float


class Outbound:
    """Sends to one queue. `facts` is what is known of it; a complaint about size has it read again.

    Parameters:
        max_concurrent_calls: requests in flight at a time.
        stop: ends waits, and begins stop_seconds for what is in flight.
        overflow: where bodies go that are too large even compressed.
        receives: counts the receives that SQS answered: signs of its life while sends fail.
        complaints: where it is told that a batch was not sent.
    """

    def __init__(
        self,
        client: SqsClient,
        facts: QueueFacts,
        *,
        max_concurrent_calls: int,
        retry: RetryTimes,
        stop: threading.Event,
        stop_seconds: float = STOP_SECONDS,
        overflow: Overflow | None = None,
        receives: Callable[[], int] = lambda: 0,
        complaints: Complaints | None = None,
    ) -> None:
        self.facts = facts
        self.overflow = overflow
        self._complaints = complaints or Complaints(RepeatLimiter())
        self._stop_seconds = stop_seconds
        self._client = client
        self._max_concurrent_calls = max_concurrent_calls
        self._retry = retry
        self._stop = stop
        #: Batches may be sent side by side; the requests in flight count together.
        self._slots = threading.BoundedSemaphore(max_concurrent_calls)
        self._suspect_slots = threading.BoundedSemaphore(max(1, max_concurrent_calls // 2))
        self._evidence = Evidence[OutboundMessage](attrgetter("call_id"), receives)
        #: How many requests SQS answered; only whether it moves matters, so threads need no lock for it.
        self._answers = 0

    def send(self, messages: Sequence[OutboundMessage], *, may_send: Callable[[], bool]) -> Iterator[SendOutcome]:
        """Send messages and yield one outcome for each, as the answers come; no failure is raised.

        A batch is given up, its later requests with it, once one has used up its tries while SQS answered none at all.
        When the stop event is set, what is in flight has stop_seconds.

        Parameters:
            may_send: asked before each request; when it says no (the lease is too short), that request is not made.
        """
        started = time.monotonic()
        outcomes: list[SendOutcome] = []
        is_down = threading.Event()
        requests = 0
        for turn in split_turns(messages):
            packed = self._pack(turn)
            requests += len(packed)
            for outcome in self._send_requests(packed, may_send, is_down):
                outcomes.append(outcome)
                yield outcome
        if messages:
            # What a stop cut short says nothing of the queue.
            if not self._stop.is_set():
                self._complaints.tell(outcomes)
            _log(outcomes, requests, time.monotonic() - started)

    def refresh_facts(self) -> QueueFacts:
        """Ask the queue for its attributes again; raises what SQS answers."""
        self.facts = read_queue(self._client, self.facts.url)
        return self.facts

    def _pack(self, messages: Sequence[OutboundMessage]) -> list[list[OutboundMessage]]:
        """The requests; what has failed and not passed since stands alone in one, and last."""
        together: list[OutboundMessage] = []
        alone: list[list[OutboundMessage]] = []
        for message in messages:
            if self._evidence.is_suspect(message):
                alone.append([message])
            else:
                together.append(message)
        return [*pack(together), *alone]

    def _send_requests(
        self, requests: Sequence[list[OutboundMessage]], may_send: Callable[[], bool], is_down: threading.Event
    ) -> Iterator[SendOutcome]:
        waiting: queue.SimpleQueue[tuple[int, list[OutboundMessage]]] = queue.SimpleQueue()
        answered: queue.SimpleQueue[tuple[int, list[SendOutcome]]] = queue.SimpleQueue()
        for numbered in enumerate(requests):
            waiting.put(numbered)

        def work() -> None:
            while True:
                try:
                    number, request = waiting.get_nowait()
                except queue.Empty:
                    return
                answered.put((number, self._deliver_safely(request, may_send, is_down)))

        # Daemons and no executor: the interpreter would wait for an executor's threads, even one that hangs.
        for number in range(min(len(requests), self._max_concurrent_calls)):
            threading.Thread(target=work, name=f"sqs-send-{number}", daemon=True).start()
        return self._collect(dict(enumerate(requests)), answered)

    def _collect(
        self,
        requests: dict[int, list[OutboundMessage]],
        answered: queue.SimpleQueue[tuple[int, list[SendOutcome]]],
    ) -> Iterator[SendOutcome]:
        give_up_at: float | None = None
        while requests:
            try:
                number, outcomes = answered.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if self._stop.is_set():
                    give_up_at = give_up_at or time.monotonic() + self._stop_seconds
                if give_up_at and time.monotonic() >= give_up_at:
                    break
                continue
            del requests[number]
            yield from outcomes
        for request in requests.values():
            logger.warning("stopping: a request of %s messages is abandoned, its fate is unknown", len(request))
            yield from _fail(request, SqsUnavailable("abandoned at the stop; SQS may have taken it"))

    def _deliver_safely(
        self, request: list[OutboundMessage], may_send: Callable[[], bool], is_down: threading.Event
    ) -> list[SendOutcome]:
        if is_down.is_set():
            return _fail(request, SqsUnavailable("not sent: SQS answered no request before it"))
        answers = self._answers
        try:
            outcomes = self._deliver(request, may_send)
        except Exception as error:  # thread entry: each message must get its outcome
            logger.exception("a request of %s messages failed unexpectedly", len(request))
            return _fail(request, CdcError(f"internal error while sending: {type(error).__name__}"))
        # Not one message's doing: no other request was answered either.
        if self._answers == answers and any(isinstance(o.error, SqsUnavailable) and o.tells_of_queue for o in outcomes):
            is_down.set()
        return outcomes

    def _deliver(self, request: list[OutboundMessage], may_send: Callable[[], bool]) -> list[SendOutcome]:
        """Send a request; what of it fails as one is sent in halves, and then alone, to find whose failure it is.

        Where the lease ends before that is known, what had failed is sent alone the next time.
        """
        known: dict[int, SendOutcome] = {}

        def attempt(group: Sequence[OutboundMessage]) -> list[SendOutcome]:
            tries = TRIES if len(group) == len(request) else 1
            outcomes = self._try(list(group), may_send, tries)
            for outcome in outcomes:
                if id(outcome.message) not in known or not isinstance(outcome.error, NotSent):
                    known[id(outcome.message)] = outcome
            raise_failure(outcomes)
            return outcomes

        try:
            judged = self._evidence.sort(request, attempt, accepted)
        except CdcError as error:
            left = [message for message in request if id(message) not in known or known[id(message)].error]
            if isinstance(error, NotSent):
                left = [message for message in left if id(message) in known and was_tried(known[id(message)])]
            if left:
                self._evidence.failed_together(left)
            return [known.get(id(message)) or SendOutcome(message, error=error) for message in request]
        own = [message for message, _ in judged.own]
        own += [message for message in judged.untried if self._is_own_entry(known, message)]
        for message in own:
            known[id(message)] = replace(known[id(message)], is_own=True)
        return [known[id(message)] for message in request]

    def _is_own_entry(self, known: Mapping[int, SendOutcome], message: OutboundMessage) -> bool:
        """Whether an entry that failed beside others is itself at fault; what was not tried alone is not."""
        outcome = known[id(message)]
        if outcome.failed_with > 1 or not outcome.tells_of_queue:
            return False
        failed = sum(other.error is not None for other in known.values())
        return self._evidence.is_own(message, passed_beside=len(known) - failed, failed_beside=failed - 1)

    def _try(self, request: list[OutboundMessage], may_send: Callable[[], bool], tries: int) -> list[SendOutcome]:
        """Send until each message is sent or refused, or the tries are used up.

        What was tried, and then not again because the lease ends, failed by what it met.
        """
        settled: list[SendOutcome] = []
        failing = _fail(request, NotSent(STOPPING))
        stored_keys: set[str] = set()

        def try_once() -> bool:
            nonlocal failing
            messages = [outcome.message for outcome in failing]
            ready, outcomes = store_bodies(self._client, messages, stored_keys, may_send=may_send)
            outcomes += self._request(ready, may_send) if ready else []
            tried = [outcome for outcome in failing if isinstance(outcome.error, SqsUnavailable)]
            if tried and not any(map(was_tried, outcomes)):
                return True
            failing = [outcome for outcome in outcomes if isinstance(outcome.error, SqsUnavailable)]
            settled.extend(outcome for outcome in outcomes if not isinstance(outcome.error, SqsUnavailable))
            return not failing

        retry_policy(
            initial_seconds=self._retry.initial_seconds,
            max_seconds=min(self._retry.max_seconds, MAX_WAIT_SECONDS),
            attempts=tries,
            within_seconds=RETRY_SECONDS,
            stop=self._stop,
            retry=retry_if_result(lambda is_done: not is_done),
        )(try_once)
        return settled + failing

    def _request(self, messages: list[OutboundMessage], may_send: Callable[[], bool]) -> list[SendOutcome]:
        if self._stop.is_set():
            return _fail(messages, NotSent(STOPPING))
        try:
            with self._slot(messages):
                if not may_send():
                    return _fail(messages, NotSent("not sent: the lease ends too soon"))
                with self._client.calling(ACTION, self.facts.url) as sqs:
                    answer = sqs.send_message_batch(QueueUrl=self.facts.url, Entries=_entries(messages))
        except MessageRefused as error:
            if len(messages) == 1:
                return [self._refuse(messages[0], error)]
            return _fail(messages, error)
        except CdcError as error:
            logger.debug("a request of %s messages failed: %s", len(messages), error)
            return _fail(messages, error)
        self._answers += 1
        return self._sort_answer(messages, answer)

    @contextmanager
    def _slot(self, messages: Sequence[OutboundMessage]) -> Iterator[None]:
        """A place among the requests in flight; suspects, which may hang, take at most half of them."""
        is_suspect = len(messages) == 1 and self._evidence.is_suspect(messages[0])
        with self._suspect_slots if is_suspect else nullcontext(), self._slots:
            yield

    def _sort_answer(self, messages: list[OutboundMessage], answer: SendMessageBatchResultTypeDef) -> list[SendOutcome]:
        # Where nothing succeeded, or nothing failed, the list can be missing.
        sent = {entry["Id"]: entry for entry in answer.get("Successful", [])}
        failed = {entry["Id"]: entry for entry in answer.get("Failed", [])}
        outcomes = []
        for number, message in enumerate(messages):
            entry_id = str(number)
            if entry_id in sent:
                outcomes.append(SendOutcome(message, message_id=sent[entry_id]["MessageId"]))
            elif entry_id in failed:
                outcomes.append(self._sort_entry(message, failed[entry_id]["Code"]))
            else:
                outcomes.append(SendOutcome(message, error=SqsUnavailable("SQS did not say what became of a message")))
        return outcomes

    def _sort_entry(self, message: OutboundMessage, code: str) -> SendOutcome:
        error = sort_code(code, action=ACTION, queue_url=self.facts.url)
        if isinstance(error, MessageRefused):
            return self._refuse(message, error)
        return SendOutcome(message, error=error)

    def _refuse(self, message: OutboundMessage, error: MessageRefused) -> SendOutcome:
        named = MessageRefused(
            f"call {message.call_id} revision {message.revision}, {message.size_bytes} bytes: {error}"
        )
        if not isinstance(error, MessageTooLarge):
            return SendOutcome(message, error=named)
        try:
            limit_bytes = self.refresh_facts().max_message_bytes
        except CdcError as unknown:
            return SendOutcome(message, error=TransientError(f"{named}; its limit is not known: {unknown}"))
        if message.size_bytes <= limit_bytes:
            return SendOutcome(message, error=named)
        return SendOutcome(message, error=TransientError(f"{named}; the queue takes {limit_bytes} now"))


def _entries(messages: Sequence[OutboundMessage]) -> list[SendMessageBatchRequestEntryTypeDef]:
    return [_entry(str(number), message) for number, message in enumerate(messages)]


def _entry(entry_id: str, message: OutboundMessage) -> SendMessageBatchRequestEntryTypeDef:
    entry: SendMessageBatchRequestEntryTypeDef = {
        "Id": entry_id,
        "MessageBody": message.body,
        "MessageAttributes": {
            name: {"DataType": attribute_type(name), "StringValue": value} for name, value in message.attributes.items()
        },
    }
    if message.group_id:
        entry["MessageGroupId"] = message.group_id
        entry["MessageDeduplicationId"] = message.deduplication_id
    return entry


def raise_failure(outcomes: Sequence[SendOutcome]) -> None:
    """Raise the failure of a whole request; Unreachable where nothing is learned from sending its halves."""
    error = outcomes[0].error
    if error is None or outcomes[0].failed_with < len(outcomes):
        return
    is_unanswered = isinstance(error, SqsUnanswered) and len(outcomes) > 1
    if isinstance(error, NotSent) or is_unanswered or not outcomes[0].tells_of_queue:
        raise Unreachable(error)
    raise error


def was_tried(outcome: SendOutcome) -> bool:
    """Whether a request was made for the message."""
    return not isinstance(outcome.error, NotSent)


def accepted(messages: Sequence[OutboundMessage], outcomes: Sequence[SendOutcome]) -> list[OutboundMessage]:
    """Those of a request's messages that SQS took."""
    return [outcome.message for outcome in outcomes if outcome.message_id]


def _fail(messages: Sequence[OutboundMessage], error: CdcError) -> list[SendOutcome]:
    return [SendOutcome(message, error=error, failed_with=len(messages)) for message in messages]


def _log(outcomes: Sequence[SendOutcome], requests: int, elapsed_seconds: float) -> None:
    sent = sum(outcome.error is None for outcome in outcomes)
    logger.info("messages sent: %d of %d, requests: %d", sent, len(outcomes), requests)
    performance.info(
        "sqs send: messages=%s sent=%s requests=%s bytes=%s ms=%.0f",
        len(outcomes),
        sent,
        requests,
        sum(outcome.message.size_bytes for outcome in outcomes),
        elapsed_seconds * 1000,
    )
