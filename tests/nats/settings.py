"""Settings of the destination, and what is sent to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from oracle_cdc.relay.values import Event, Row
from oracle_cdc.settings.sections import NatsSettings

BEGIN = datetime(2026, 11, 25, 12)
#: Longer than a test may take: who waits for it in vain fails the test.
PATIENT_SECONDS = 300.0


def nats_settings(**given: Any) -> NatsSettings:
    """Return settings that wait long for what comes."""
    patient = {
        "connect_timeout_seconds": PATIENT_SECONDS,
        "ack_timeout_seconds": PATIENT_SECONDS,
    }
    return NatsSettings.model_validate(patient | given)


def event(number: int | str, route: str, body: bytes = b"{}", **headers: str) -> Event:
    """Return an event whose id is `id-` and the number."""
    moment = BEGIN + timedelta(seconds=len(str(number)))
    return Event(f"id-{number}", Row(moment, str(number), ()), route, body, headers)


def events(count: int, route: str, body: bytes = b"{}") -> list[Event]:
    """Return events with ids from id-0 on."""
    made = []
    for number in range(count):
        made.append(event(number, route, body))
    return made


def ids(count: int) -> list[str]:
    """Return the ids of a number of events."""
    return [f"id-{number}" for number in range(count)]
