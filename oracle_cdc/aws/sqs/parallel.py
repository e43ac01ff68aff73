"""Sends a few requests at a time, each in a thread, and hands on their outcomes as they come."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from oracle_cdc.aws.sqs.requests import fail
from oracle_cdc.errors import SqsUnavailable
from oracle_cdc.model import OutboundMessage, SendOutcome

# In the log it is one thing with what sends.
logger = logging.getLogger("oracle_cdc.aws.sqs.outbound")

#: How often a waiting sender looks whether it shall stop.
_LOOK_SECONDS = 0.2

Request = list[OutboundMessage]
Answers = queue.SimpleQueue[tuple[int, list[SendOutcome]]]


class Parallel:
    """Sends requests side by side.

    Parameters:
        deliver: sends one request and returns one outcome for each of its messages.
        most: the number of threads at a time.
        stop: begins stop_seconds for what is in flight.
    """

    def __init__(
        self,
        deliver: Callable[[Request], list[SendOutcome]],
        *,
        most: int,
        stop: threading.Event,
        stop_seconds: float,
    ) -> None:
        self._deliver = deliver
        self._most = most
        self._stop = stop
        self._stop_seconds = stop_seconds

    def send(self, requests: Sequence[Request]) -> Iterator[SendOutcome]:
        """Begin to send and yield one outcome for each message, as the answers come."""
        waiting: queue.SimpleQueue[tuple[int, Request]] = queue.SimpleQueue()
        answered: Answers = queue.SimpleQueue()
        for numbered in enumerate(requests):
            waiting.put(numbered)

        def work() -> None:
            while True:
                try:
                    number, request = waiting.get_nowait()
                except queue.Empty:
                    return
                answered.put((number, self._deliver(request)))

        # Daemons and no executor: the interpreter would wait for an executor's threads, even one
        # that hangs.
        for number in range(min(len(requests), self._most)):
            threading.Thread(target=work, name=f"sqs-send-{number}", daemon=True).start()
        return self._collect(dict(enumerate(requests)), answered)

    def _collect(self, requests: dict[int, Request], answered: Answers) -> Iterator[SendOutcome]:
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
