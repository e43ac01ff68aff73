"""Conversations on their way out: a few requests at once, and one outcome for each message, its own failure or not."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from oracle_cdc.errors import (
    CdcError,
    NotSent,
    SqsUnanswered,
    SqsUnavailable,
    Unreachable,
)
from oracle_cdc.evidence import Evidence
from oracle_cdc.model import OutboundMessage, Overflow, QueueFacts, SendOutcome
from oracle_cdc.packing import pack, split_turns
from oracle_cdc.repeats import RepeatLimiter
from oracle_cdc.sqs.client import SqsClient
from oracle_cdc.sqs.complaints import Complaints
from oracle_cdc.sqs.requests import TRIES, Requests, RetryTimes, fail, was_tried

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")

#: How long a stop waits for requests in flight; what they did stays unknown, and the same body is sent again later.
STOP_SECONDS = 5.0

#: How often a waiting sender looks whether it shall stop.
_LOOK_SECONDS = 0.2


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
        self.overflow = overflow
        self._complaints = complaints or Complaints(RepeatLimiter())
        self._stop_seconds = stop_seconds
        self._max_concurrent_calls = max_concurrent_calls
        self._stop = stop
        self._evidence = Evidence[OutboundMessage](attrgetter("call_id"), receives)
        self._requests = Requests(
            client,
            facts,
            most_in_flight=max_concurrent_calls,
            are_suspect=self._are_suspect,
            retry=retry,
            stop=stop,
        )

    def send(
        self, messages: Sequence[OutboundMessage], *, may_send: Callable[[], bool]
    ) -> Iterator[SendOutcome]:
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

    @property
    def facts(self) -> QueueFacts:
        """What is known of the queue."""
        return self._requests.facts

    def _are_suspect(self, messages: Sequence[OutboundMessage]) -> bool:
        return len(messages) == 1 and self._evidence.is_suspect(messages[0])

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
        self,
        requests: Sequence[list[OutboundMessage]],
        may_send: Callable[[], bool],
        is_down: threading.Event,
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
            logger.warning(
                "stopping: a request of %s messages is abandoned, its fate is unknown", len(request)
            )
            yield from fail(request, SqsUnavailable("abandoned at the stop; SQS may have taken it"))

    def _deliver_safely(
        self, request: list[OutboundMessage], may_send: Callable[[], bool], is_down: threading.Event
    ) -> list[SendOutcome]:
        if is_down.is_set():
            return fail(request, SqsUnavailable("not sent: SQS answered no request before it"))
        answers = self._requests.answers
        try:
            outcomes = self._deliver(request, may_send)
        except Exception as error:  # thread entry: each message must get its outcome
            logger.exception("a request of %s messages failed unexpectedly", len(request))
            return fail(request, CdcError(f"internal error while sending: {type(error).__name__}"))
        # Not one message's doing: no other request was answered either.
        if self._requests.answers == answers and any(
            isinstance(o.error, SqsUnavailable) and o.tells_of_queue for o in outcomes
        ):
            is_down.set()
        return outcomes

    def _deliver(
        self, request: list[OutboundMessage], may_send: Callable[[], bool]
    ) -> list[SendOutcome]:
        """Send a request; what of it fails as one is sent in halves, and then alone, to find whose failure it is.

        Where the lease ends before that is known, what had failed is sent alone the next time.
        """
        known: dict[int, SendOutcome] = {}

        def attempt(group: Sequence[OutboundMessage]) -> list[SendOutcome]:
            tries = TRIES if len(group) == len(request) else 1
            outcomes = self._requests.send(group, may_send, tries)
            for outcome in outcomes:
                if id(outcome.message) not in known or not isinstance(outcome.error, NotSent):
                    known[id(outcome.message)] = outcome
            raise_failure(outcomes)
            return outcomes

        try:
            judged = self._evidence.sort(request, attempt, accepted)
        except CdcError as error:
            left = [
                message
                for message in request
                if id(message) not in known or known[id(message)].error
            ]
            if isinstance(error, NotSent):
                left = [
                    message
                    for message in left
                    if id(message) in known and was_tried(known[id(message)])
                ]
            if left:
                self._evidence.failed_together(left)
            return [
                known.get(id(message)) or SendOutcome(message, error=error) for message in request
            ]
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
        return self._evidence.is_own(
            message, passed_beside=len(known) - failed, failed_beside=failed - 1
        )


def raise_failure(outcomes: Sequence[SendOutcome]) -> None:
    """Raise the failure of a whole request; Unreachable where nothing is learned from sending its halves."""
    error = outcomes[0].error
    if error is None or outcomes[0].failed_with < len(outcomes):
        return
    is_unanswered = isinstance(error, SqsUnanswered) and len(outcomes) > 1
    if isinstance(error, NotSent) or is_unanswered or not outcomes[0].tells_of_queue:
        raise Unreachable(error)
    raise error


def accepted(
    messages: Sequence[OutboundMessage], outcomes: Sequence[SendOutcome]
) -> list[OutboundMessage]:
    """Those of a request's messages that SQS took."""
    return [outcome.message for outcome in outcomes if outcome.message_id]


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
