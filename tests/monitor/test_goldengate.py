"""GoldenGate as a stream: its lag counts only with a heartbeat whose age is known and young."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sync_monitor.metering import Meter
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.streams.goldengate import HeartbeatService, HeartbeatView
from tests.monitor.asked import failure_of, oracle_with
from tests.monitor.building import NOW
from tests.monitor.loopback import HANGS, Loopback, served

MINUTES = timedelta(minutes=10)
VIEW = (
    "CREATE TABLE GG_LAG (INCOMING_PATH VARCHAR2(200), INCOMING_LAG NUMBER, "
    "INCOMING_HEARTBEAT_AGE NUMBER)"
)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["'A ==> B', 4.5, 30", "'C ==> B', 7200, 20", "NULL, NULL, NULL"], 7200.0),
        # Little lag, and nothing was heard for an hour.
        (["'A ==> B', 1, 3600"], "GG-HEARTBEAT-OLD"),
        (["'A ==> B', NULL, NULL"], "GG-HEARTBEAT-OLD"),
        # Whoever wrote it has a clock that is wrong, so that nothing says how old it is.
        (["'A ==> B', 1, -6", "'C ==> B', 1, 20"], "GG-CLOCK"),
        (["'A ==> B', -6, 20"], "GG-CLOCK"),
        # Clocks that are kept right differ by as much.
        (["'A ==> B', -2, -1", "'C ==> B', -1, -1"], 0.0),
        ([], "GG-NO-PATH"),
    ],
)
def test_goldengate_lags_by_its_worst_path(rows: list[str], expected: float | str) -> None:
    inserts = [f"INSERT INTO GG_LAG VALUES ({row})" for row in rows]
    with oracle_with(VIEW, *inserts) as database:
        view = HeartbeatView(database.session, "APP.GG_LAG", MINUTES)
        if isinstance(expected, str):
            assert failure_of(view) == expected
            return
        found = view.count(Meter(), Meter())
    assert found.lag == timedelta(seconds=expected)
    assert (found.expected, found.missing) == (2, None)
    assert found.age is not None
    assert found.age >= timedelta(0)


@pytest.fixture
def rest() -> Iterator[Loopback]:
    with served() as loopback:
        yield loopback


def service(rest: Loopback, seconds: float = 5.0) -> HeartbeatService:
    return HeartbeatService(f"{rest.url}/heartbeatData", "gg:secret", MINUTES, seconds, lambda: NOW)


def heartbeats(*found: dict[str, Any]) -> bytes:
    return json.dumps({"response": {"heartbeats": list(found)}}).encode()


def test_goldengate_is_asked_by_its_service(rest: Loopback) -> None:
    rest.body = heartbeats(
        {"lagSeconds": 3, "ageSeconds": 20, "path": "A ==> B"},
        {"lagSeconds": "90", "ageSeconds": 5, "path": "C ==> B"},
    )
    found = service(rest).count(Meter(), Meter())
    assert found == Counts(NOW, 2, None, timedelta(seconds=90), timedelta(seconds=20))
    assert rest.received[0].headers["Authorization"] == "Basic Z2c6c2VjcmV0"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, heartbeats({"lagSeconds": 1, "ageSeconds": 3600}), "GG-HEARTBEAT-OLD"),
        (200, heartbeats({"lagSeconds": 1, "ageSeconds": -3600}), "GG-CLOCK"),
        (200, heartbeats(), "GG-NO-PATH"),
        (200, heartbeats({"lag": 1}), "GG-ANSWER"),
        (200, heartbeats({"lagSeconds": 1, "ageSeconds": float("inf")}), "GG-ANSWER"),
        (200, heartbeats({"lagSeconds": 10**300, "ageSeconds": 1}), "GG-ANSWER"),
        (200, b"[" * 100_000, "GG-ANSWER"),
        (200, b"<html>", "GG-ANSWER"),
        (200, b"[]", "GG-ANSWER"),
        (401, b"", "GG-HTTP-401"),
        (500, b"", "GG-HTTP-500"),
        (HANGS, b"", "GG-UNREACHED"),
    ],
)
def test_a_service_that_does_not_answer_well_is_unknown(
    rest: Loopback, status: int, body: bytes, code: str
) -> None:
    rest.status, rest.body = status, body
    assert failure_of(service(rest, 0.3)) == code
