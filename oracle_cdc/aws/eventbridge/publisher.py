"""Events to a bus: one request, and what became of each of its events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from oracle_cdc.aws.error_codes import (
    ACCESS_CODES,
    COMMON_CODES,
    bare_code,
)
from oracle_cdc.aws.eventbridge.client import EventsTooLarge
from oracle_cdc.aws.eventbridge.limits import MAX_ENTRIES, MAX_REQUEST_BYTES, BusEntry
from oracle_cdc.aws.translation import Answer, sort_answer
from oracle_cdc.changes.rules.errors import BusRefused
from oracle_cdc.errors import CdcError, DestinationConfigurationError, DestinationUnavailable

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import (
        PutEventsRequestEntryTypeDef,
        PutEventsResponseTypeDef,
        PutEventsResultEntryTypeDef,
    )

    from oracle_cdc.aws.eventbridge.client import BusClient

ACTION = "PutEvents"

# ErrorCode of an entry:
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html

#: What is refused to whoever asks, not to this event: a person must allow it.
RIGHTS_CODES = ACCESS_CODES | {
    "InvalidAccountIdException",
    "NotAuthorizedForDetailTypeException",
    "NotAuthorizedForSourceException",
}


class PublishOutcome(NamedTuple):
    """What became of one event.

    event_id: that EventBridge gave it. None: it was not accepted, as far as is known.
    error: BusRefused where this event is refused, else that of the bus, by which nothing is said
        of the event.
    """

    event_id: str | None = None
    error: CdcError | None = None


class BusPublisher:
    """Publishes events to one bus, each once. It is safe to use from several threads.

    Parameters:
        passing_codes: that an entry may have beside those known here, where waiting helps.
    """

    def __init__(self, client: BusClient, *, passing_codes: Collection[str] = ()) -> None:
        self._client = client
        self._passing_codes = frozenset(passing_codes)
        #: How many requests were answered. Only whether it moves matters, so threads need no lock.
        self.answers = 0

    def publish(self, entries: Sequence[BusEntry]) -> list[PublishOutcome]:
        """Send events in one request and return an outcome for each, in their order.

        Where the bus's region takes less, they are sent in halves. Events keep no order on their
        way through a bus.

        Parameters:
            entries: 1 to 10, of less than 1 MiB. Raises ValueError for more.
        """
        check_request(entries)
        request = [self._make(entry) for entry in entries]
        try:
            with self._client.calling(ACTION) as events:
                answer = events.put_events(Entries=request)
        except EventsTooLarge as error:
            half = len(entries) // 2
            if not half:
                return [PublishOutcome(error=error)]
            return [*self.publish(entries[:half]), *self.publish(entries[half:])]
        except CdcError as error:
            return [PublishOutcome(error=error)] * len(entries)
        self.answers += 1
        return self._sort(answer, len(entries))

    def _make(self, entry: BusEntry) -> PutEventsRequestEntryTypeDef:
        made: PutEventsRequestEntryTypeDef = {
            "EventBusName": self._client.place,
            "Source": entry.source,
            "DetailType": entry.detail_type,
            "Detail": entry.detail,
        }
        if entry.time is not None:
            made["Time"] = entry.time
        return made

    def _sort(self, answer: PutEventsResponseTypeDef, count: int) -> list[PublishOutcome]:
        # FailedEntryCount says less than the entries, and can be 0 beside one that failed.
        results = answer.get("Entries", [])
        if len(results) != count:
            # It is not known which of them is whose.
            error = self._unsaid(f"{len(results)} results of {count}")
            return [PublishOutcome(error=error)] * count
        return [self._sort_entry(result) for result in results]

    def _sort_entry(self, result: PutEventsResultEntryTypeDef) -> PublishOutcome:
        code = bare_code(result.get("ErrorCode") or "")
        if code:
            return PublishOutcome(error=self._sort_code(code))
        if not result.get("EventId"):
            return PublishOutcome(error=self._unsaid("not said what became of an event"))
        return PublishOutcome(event_id=result["EventId"])

    def _sort_code(self, code: str) -> CdcError:
        call = self._client.describe(ACTION)
        answer = Answer(code)
        if code in self._passing_codes:
            return DestinationUnavailable(call.describe(answer))
        if code in RIGHTS_CODES:
            return DestinationConfigurationError(
                f"{call.describe(answer)}; allow {call.right} on {call.place}"
            )
        if code in COMMON_CODES:
            return sort_answer(call, answer)
        # A code that nobody foresaw must not stop what comes behind this event.
        return BusRefused(call.describe(answer))

    def _unsaid(self, what: str) -> CdcError:
        return DestinationUnavailable(f"{self._client.describe(ACTION).said}: {what}")


def check_request(entries: Sequence[BusEntry]) -> None:
    """Raise ValueError for events that are too many or too large for one request."""
    size_bytes = sum(entry.size_bytes for entry in entries)
    # A single event that is too large is for EventBridge to answer.
    is_too_large = size_bytes > MAX_REQUEST_BYTES and len(entries) > 1
    if not entries or len(entries) > MAX_ENTRIES or is_too_large:
        raise ValueError(
            f"{len(entries)} events of {size_bytes} bytes in one request: 1 to {MAX_ENTRIES} "
            f"of at most {MAX_REQUEST_BYTES} are allowed"
        )
