"""Conversations on their way out: a few requests at once, and one outcome for each message."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.aws.sqs.complaints import Complaints
from oracle_cdc.aws.sqs.halving import Attempts
from oracle_cdc.aws.sqs.packing import pack, split_turns
from oracle_cdc.aws.sqs.parallel import Parallel
from oracle_cdc.aws.sqs.requests import Requests, RetryTimes, fail
from oracle_cdc.errors import CdcError, SqsUnavailable
from oracle_cdc.model import OutboundMessage, Overflow, QueueFacts, SendOutcome
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")

#: How long a stop waits for requests in flight; what they did stays unknown, and the same body is
#: sent again later.
STOP_SECONDS = 5.0


class Outbound:
    """Sends to one queue.

    Parameters:
        max_concurrent_calls: requests in flight at a time.
        stop: ends waits, and begins stop_seconds for what is in flight.
        overflow: where bodies go that are too large even compressed.
        receives: counts the receives that SQS answered: signs of its life while sends fail.
        complaints: where it is logged that a batch was not sent.
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
        """Send messages and yield one outcome for each, as the answers come.

        No failure is raised. A batch is given up, its later requests with it, once one has used up
        its tries while SQS answered none at all. When the stop event is set, what is in flight has
        stop_seconds.

        Parameters:
            may_send: asked before each request. When it says no (the lease is too short), that
                request is not made.
        """
        started = time.monotonic()
        outcomes: list[SendOutcome] = []
        is_down = threading.Event()
        requests = 0

        def deliver(request: list[OutboundMessage]) -> list[SendOutcome]:
            return self._deliver(request, may_send, is_down)

        parallel = Parallel(
            deliver,
            most=self._max_concurrent_calls,
            stop=self._stop,
            stop_seconds=self._stop_seconds,
        )
        for turn in split_turns(messages):
            packed = self._pack(turn)
            requests += len(packed)
            for outcome in parallel.send(packed):
                outcomes.append(outcome)
                yield outcome
        if messages:
            # What a stop cut short says nothing of the queue.
            if not self._stop.is_set():
                self._complaints.log(outcomes)
            _log(outcomes, requests, time.monotonic() - started)

    @property
    def facts(self) -> QueueFacts:
        """Return what is known of the queue. A refusal for its size has it read again."""
        return self._requests.facts

    def refresh_facts(self) -> QueueFacts:
        """Ask the queue for its attributes again, and raise what goes wrong."""
        return self._requests.refresh_facts()

    def _are_suspect(self, messages: Sequence[OutboundMessage]) -> bool:
        return len(messages) == 1 and self._evidence.is_suspect(messages[0])

    def _pack(self, messages: Sequence[OutboundMessage]) -> list[list[OutboundMessage]]:
        """Make the requests, with what has failed and not passed since alone in one, and last."""
        together: list[OutboundMessage] = []
        alone: list[list[OutboundMessage]] = []
        for message in messages:
            if self._evidence.is_suspect(message):
                alone.append([message])
            else:
                together.append(message)
        return [*pack(together), *alone]

    def _deliver(
        self, request: list[OutboundMessage], may_send: Callable[[], bool], is_down: threading.Event
    ) -> list[SendOutcome]:
        """Send one request, whatever happens, and set is_down if SQS answers none."""
        if is_down.is_set():
            return fail(request, SqsUnavailable("not sent: SQS answered no request before it"))
        answers = self._requests.answers
        try:
            outcomes = Attempts(self._requests, self._evidence, request, may_send).send()
        except Exception as error:  # thread entry: each message must get its outcome
            logger.exception("a request of %s messages failed unexpectedly", len(request))
            return fail(request, CdcError(f"internal error while sending: {type(error).__name__}"))
        # Not one message's doing: no other request was answered either.
        if self._requests.answers == answers and _is_queue_down(outcomes):
            is_down.set()
        return outcomes


def _is_queue_down(outcomes: Sequence[SendOutcome]) -> bool:
    for outcome in outcomes:
        if isinstance(outcome.error, SqsUnavailable) and outcome.concerns_only_queue:
            return True
    return False


def _log(outcomes: Sequence[SendOutcome], requests: int, elapsed_seconds: float) -> None:
    sent = 0
    size_bytes = 0
    for outcome in outcomes:
        sent += outcome.error is None
        size_bytes += outcome.message.size_bytes
    logger.info("messages sent: %d of %d, requests: %d", sent, len(outcomes), requests)
    performance.info(
        "sqs send: messages=%s sent=%s requests=%s bytes=%s ms=%.0f",
        len(outcomes),
        sent,
        requests,
        size_bytes,
        elapsed_seconds * 1000,
    )
