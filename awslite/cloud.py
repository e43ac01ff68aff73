"""All that is served: streams, buses, tables and metrics, and how each request is met."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from awslite.clock import Clock
from awslite.cloudwatch import metrics as metrics_service
from awslite.cloudwatch.metrics import Metrics
from awslite.dynamodb import service as dynamodb_service
from awslite.dynamodb.tables import Tables
from awslite.eventbridge import service as events_service
from awslite.eventbridge.buses import Buses
from awslite.faults import Faults
from awslite.kinesis import service as kinesis_service
from awslite.kinesis.collection import Streams
from awslite.limits import Limits
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request, Treatment, treated

#: Carries out a request, with failures of single entries where a test wants them.
Handler = Callable[[Request, Treatment], Document]


class Cloud:
    """One account. `treat` says how each request is met: as the faults that are ordered say.

    Requests are carried out one at a time, under `lock`, which also holds for who looks at
    streams, buses and tables from another thread while requests come.
    """

    def __init__(self, clock: Clock = time.time) -> None:
        self.lock = threading.Lock()
        self._clock = clock
        self.limits = Limits()
        self.streams = Streams(clock, self.limits)
        self.buses = Buses(clock, self.limits)
        self.tables = Tables(clock, self.limits)
        self.metrics = Metrics(clock)
        self.faults = Faults()
        self.treat: Callable[[Request], Treatment] = self.faults.treat
        #: How many requests of each action came.
        self.requests: Counter[str] = Counter()
        #: While it is set, what comes waits.
        self.is_frozen = False
        self.url = ""
        self._handlers = dict(self._list_handlers())

    def restore(self) -> None:
        """Answer requests as after the start, with the same streams, buses and tables."""
        self.faults.clear()
        self.treat = self.faults.treat
        self.limits.restore()
        self.streams.clock = self.buses.clock = self.tables.clock = self._clock
        self.is_frozen = False

    def answer(self, request: Request, treatment: Treatment) -> Document:
        """Carry a request out.

        Raises Refused, Page for what is no answer of AWS, and Cut when there is to be none.
        """
        with self.lock:
            self.requests[request.action] += 1
            with treated(treatment):
                return self.carry_out(request, treatment)

    def carry_out(self, request: Request, treatment: Treatment) -> Document:
        handler = self._handlers.get((request.target, request.action))
        if handler is None:
            raise Refused(
                "UnknownOperationException", f"awslite has no {request.target}.{request.action}"
            )
        try:
            return handler(request, treatment)
        except KeyError as error:
            raise invalid(f"{request.action} needs the parameter {error}") from error

    def _list_handlers(self) -> Iterator[tuple[tuple[str, str], Handler]]:
        """Yield each handler with its target and its action."""
        for service, owner in (
            (kinesis_service, self.streams),
            (events_service, self.buses),
            (dynamodb_service, self.tables),
            (metrics_service, self.metrics),
        ):
            actions: Mapping[str, Callable[..., Document]] = service.ACTIONS
            batches: Mapping[str, Callable[..., Document]] = getattr(service, "BATCHES", {})
            for name, action in actions.items():
                yield (service.TARGET, name), whole(partial(action, owner))
            for name, action in batches.items():
                yield (service.TARGET, name), partial(action, owner)


def whole(action: Callable[[Request], Document]) -> Handler:
    """Return a handler for an action that has no entries that could fail alone."""
    return lambda request, treatment: action(request)
