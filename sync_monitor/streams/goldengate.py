"""GoldenGate, by its heartbeat: lag counts only with a heartbeat that is young.

Sources: the view GG_LAG, of "Using the Automatic Heartbeat Tables to Monitor", and for REST
https://docs.oracle.com/en/database/goldengate/core/26/oggra/, "Retrieve Heartbeat Table Entries".
The names of columns were never seen on a real GoldenGate here.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from oracle_cdc.oracle.queries import Query
from oracle_cdc.oracle.session import fetch_made
from sync_monitor.metering import Meter
from sync_monitor.rows.dialects import Dialect, quote_path
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.source.naming import naming
from sync_monitor.source.tables import Sessions
from sync_monitor.streams.seam import StreamUnknown

#: Clocks that are kept right differ by less.
MOST_AHEAD = timedelta(seconds=5)
#: A body that is longer is no answer of GoldenGate: it has 4,095 heartbeats at most.
MOST_BYTES = 4_000_000


class Path(NamedTuple):
    """One way that changes take, from extract to replicat."""

    lag: timedelta
    age: timedelta


class HeartbeatView:
    """GG_LAG, by SQL.

    Parameters:
        view: with its schema, such as GGADMIN.GG_LAG.
    """

    def __init__(self, sessions: Sessions, view: str, oldest: timedelta) -> None:
        self.sessions = sessions
        self.name = view
        self.view = quote_path(view, Dialect.ORACLE)
        self.oldest = oldest

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Return what the view says: one statement. Raises StreamUnknown."""
        query = Query(
            "read the heartbeat",
            "SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP), INCOMING_LAG, INCOMING_HEARTBEAT_AGE "
            f"FROM {self.view} WHERE INCOMING_PATH IS NOT NULL",
            {},
        )
        found: list[Sequence[Any]] = []
        with naming(self.name), self.sessions() as session:
            for rows in fetch_made(session, query, {}):
                found.extend(rows)
        oracle.count(len(found))
        if not found:
            raise StreamUnknown("GG-NO-PATH", "GoldenGate: no path has a heartbeat")
        now = found[0][0].replace(tzinfo=timezone.utc)
        return judge_paths([path_of(row[1], row[2]) for row in found], self.oldest, now)


class NoRedirects(HTTPRedirectHandler):
    """Follows none: user and password go where the settings say."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return no other request."""


class HeartbeatService:
    """The REST service of a deployment.

    Parameters:
        url: of the heartbeat's data, such as
            https://host/services/v2/connections/domain.alias/tables/heartbeatData.
        log_in: user and password with a colon between them. None: none is asked for.
    """

    def __init__(
        self,
        url: str,
        log_in: str | None,
        oldest: timedelta,
        timeout_seconds: float,
        clock: Callable[[], datetime],
    ) -> None:
        self.url = url
        self.log_in = log_in
        self.oldest = oldest
        self.timeout_seconds = timeout_seconds
        self.clock = clock

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Return what the service says: one request. Raises StreamUnknown."""
        headers = {"Accept": "application/json"}
        if self.log_in is not None:
            headers["Authorization"] = f"Basic {b64encode(self.log_in.encode()).decode()}"
        request = Request(self.url, headers=headers)
        try:
            with build_opener(NoRedirects).open(request, timeout=self.timeout_seconds) as answer:
                content = answer.read(MOST_BYTES)
        except HTTPError as error:
            error.close()
            raise StreamUnknown(f"GG-HTTP-{error.code}", "GoldenGate's service") from None
        except (OSError, HTTPException):
            raise StreamUnknown("GG-UNREACHED", "GoldenGate's service") from None
        paths = paths_of(content)
        other.count(len(paths))
        if not paths:
            raise StreamUnknown("GG-NO-PATH", "GoldenGate: no path has a heartbeat")
        return judge_paths(paths, self.oldest, self.clock())


def paths_of(content: bytes) -> list[Path]:
    """Return the paths that an answer has. Raises StreamUnknown for one of another form."""
    try:
        heartbeats = json.loads(content)["response"]["heartbeats"]
        return [path_of(each["lagSeconds"], each["ageSeconds"]) for each in heartbeats]
    # A number of seconds may be more than any length.
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise StreamUnknown(
            "GG-ANSWER", "GoldenGate's service: an answer of another form"
        ) from None


def path_of(lag: Any, age: Any) -> Path:
    """Return a path by its seconds. One that was never heard of is older than any."""
    if lag is None or age is None:
        return Path(timedelta(0), timedelta.max)
    return Path(as_length(lag), as_length(age))


def as_length(value: Any) -> timedelta:
    """Return a length, which is a number of seconds or an interval of Oracle."""
    if isinstance(value, timedelta):
        return value
    return timedelta(seconds=float(value))


def judge_paths(paths: Sequence[Path], oldest: timedelta, now: datetime) -> Counts:
    """Return the worst of some paths.

    Raises StreamUnknown where any heartbeat is old, or ahead of the clock: then no age counts.
    """
    if min(min(path) for path in paths) < -MOST_AHEAD:
        raise StreamUnknown(
            "GG-CLOCK", "GoldenGate: a heartbeat of the future: a host's clock is wrong; see NTP"
        )
    age = max(path.age for path in paths)
    if age > oldest:
        raise StreamUnknown("GG-HEARTBEAT-OLD", "GoldenGate: a path's heartbeat has stopped")
    lag = max(path.lag for path in paths)
    return Counts(now, len(paths), None, max(lag, timedelta(0)), max(age, timedelta(0)))
