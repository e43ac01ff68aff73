"""The log lines of a Lambda function, as they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from oracle_cdc.aws.cloudwatch.client import LogsClient

#: How much later than its own time a line may appear, and is still shown.
LATE_MS = 60_000


class LogLine(NamedTuple):
    """One line of a log, and when it was written, UTC."""

    at: datetime
    text: str


class LogTail:
    """Follows a log group: each line once, in the order of their times within one look.

    Parameters:
        since: with a zone. Older lines are not shown.
    """

    def __init__(self, client: LogsClient, since: datetime) -> None:
        self._client = client
        self._first_ms = int(since.timestamp() * 1000)
        self._newest_ms = self._first_ms
        #: The lines that were shown and would be found again, by their times.
        self._shown: dict[str, int] = {}

    def read(self) -> Iterator[LogLine]:
        """Yield what is new.

        Raises DestinationMissing for a function that has never run, DestinationUnavailable,
        DestinationConfigurationError and DestinationCredentialsError.
        """
        from_ms = max(self._first_ms, self._newest_ms - LATE_MS)
        for event in self._find_since(from_ms):
            event_id, at_ms = str(event["eventId"]), int(event["timestamp"])
            if event_id in self._shown:
                continue
            self._shown[event_id] = at_ms
            self._newest_ms = max(self._newest_ms, at_ms)
            at = datetime.fromtimestamp(at_ms / 1000, timezone.utc)
            yield LogLine(at, str(event["message"]).rstrip("\n"))
        self._forget()

    def _find_since(self, from_ms: int) -> Iterator[Any]:
        """Yield the lines from a moment on, page by page. An empty page is not the last one."""
        request: dict[str, Any] = {"logGroupName": self._client.place, "startTime": from_ms}
        while True:
            with self._client.calling("FilterLogEvents") as logs:
                answer = logs.filter_log_events(**request)
            yield from answer.get("events", [])
            token = answer.get("nextToken")
            if not token:
                return
            request["nextToken"] = token

    def _forget(self) -> None:
        """Forget the lines that are too old to be found again."""
        kept: dict[str, int] = {}
        for event_id, at_ms in self._shown.items():
            if at_ms >= self._newest_ms - LATE_MS:
                kept[event_id] = at_ms
        self._shown = kept
