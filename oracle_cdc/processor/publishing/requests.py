"""Events in requests to the bus, several at a time, and whose failure a failure is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic
from typing import NamedTuple, Protocol

from oracle_cdc.aws.eventbridge.limits import MAX_ENTRIES, MAX_REQUEST_BYTES, BusEntry
from oracle_cdc.aws.eventbridge.publisher import PublishOutcome
from oracle_cdc.changes.rules.errors import BusRefused, ChangeRefused
from oracle_cdc.errors import (
    CdcError,
    ConfigurationError,
    DestinationConfigurationError,
    DestinationUnavailable,
)
from oracle_cdc.processor.publishing.records import Item
from oracle_cdc.running.breaker import Breaker
from oracle_cdc.running.workers import Workers

#: From when on it is looked into whether an event that the bus does not take is itself why. For so
#: long a part of the bus may be ill.
PATIENCE_SECONDS = 60.0


class Bus(Protocol):
    """Takes events. It raises nothing."""

    def publish(self, entries: Sequence[BusEntry]) -> Sequence[PublishOutcome]: ...


class Sent(NamedTuple):
    """What became of one event.

    Parameters:
        error: None: the bus accepted it. ChangeRefused: the event's own. Else it waits.
    """

    item: Item
    error: CdcError | None


class Requests:
    """Publishes events. It is safe to use from several threads.

    Parameters:
        workers: who make the requests.
        breaker: whether it is worth asking the bus.
    """

    def __init__(
        self,
        bus: Bus,
        workers: Workers,
        breaker: Breaker,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.bus = bus
        self.workers = workers
        self.breaker = breaker
        self.clock = clock
        #: The latest event that the bus accepted. It may be sent again, as any may.
        self.accepted: BusEntry | None = None

    def send(self, items: Iterable[Item]) -> Iterator[Sent]:
        """Send the events of items, each of another key, and yield what became of each."""
        for answers in self.workers.run(self.deliver, pack(items)):
            yield from answers

    def deliver(self, items: Sequence[Item]) -> Sequence[Sent]:
        """Make one request, and return what became of its events."""
        if not self.breaker.allows():
            untried = DestinationUnavailable("not tried, because the bus takes nothing now")
            return [Sent(item, untried) for item in items]
        errors = self.publish(items)
        if all(isinstance(error, ConfigurationError) for error in errors):
            pairs = zip(items, errors, strict=True)
            return [self.try_alone(item, error) for item, error in pairs]
        sent: list[Sent] = []
        for item, error in zip(items, errors, strict=True):
            if self.is_overdue(item, error):
                sent.append(self.try_alone(item, error))
            else:
                sent.append(Sent(item, error))
        return sent

    def publish(self, items: Sequence[Item]) -> Sequence[CdcError | None]:
        """Make one request, note what it says of the bus, and return an error for each event."""
        entries = [item.entry for item in items if item.entry is not None]
        errors: list[CdcError | None] = []
        is_answer = False
        for entry, outcome in zip(entries, self.ask(entries), strict=True):
            errors.append(outcome.error)
            if outcome.error is None:
                self.accepted = entry
            is_answer |= outcome.error is None or isinstance(outcome.error, ChangeRefused)
        if is_answer:
            self.breaker.succeeded()
        else:
            self.breaker.failed()
        return errors

    def ask(self, entries: Sequence[BusEntry]) -> Sequence[PublishOutcome]:
        """Make one request. That it can't even be made is as if the bus refused all of it."""
        try:
            return self.bus.publish(entries)
        except Exception as error:
            failure = DestinationConfigurationError(f"a bug in PutEvents: {type(error).__name__}")
        return [PublishOutcome(error=failure)] * len(entries)

    def is_overdue(self, item: Item, error: CdcError | None) -> bool:
        """Note since when the bus does not take an event, and return whether that is too long."""
        if error is None or isinstance(error, ChangeRefused):
            item.hindered_since = None
            return False
        now = self.clock()
        if item.hindered_since is None:
            item.hindered_since = now
        return now - item.hindered_since >= PATIENCE_SECONDS

    def try_alone(self, item: Item, error: CdcError | None) -> Sent:
        """Return what becomes of an event alone.

        A failure is its own only if the bus takes another one like it before and after.
        """
        if not self.takes_another():
            return Sent(item, error)
        error = self.publish([item])[0]
        if error is None or isinstance(error, ChangeRefused) or not self.takes_another():
            return Sent(item, error)
        return Sent(item, BusRefused(f"the bus takes other events, and not this one: {error}"))

    def takes_another(self) -> bool:
        """Return whether the bus takes once more what it has taken before."""
        if self.accepted is None:
            return False
        return self.ask([self.accepted])[0].error is None


def pack(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """Yield items in requests that the bus takes, each as soon as it is full."""
    request: list[Item] = []
    request_bytes = 0
    for item in items:
        assert item.entry is not None, "made before it is sent"
        size_bytes = item.entry.size_bytes
        is_full = len(request) == MAX_ENTRIES or request_bytes + size_bytes > MAX_REQUEST_BYTES
        if request and is_full:
            yield request
            request, request_bytes = [], 0
        request.append(item)
        request_bytes += size_bytes
    if request:
        yield request
