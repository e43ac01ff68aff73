"""Settings of the conversations that are right one by one and wrong together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from oracle_cdc.settings.declaration import Rule
from oracle_cdc.settings.patience import PATIENT_WATCHDOG, PROGRESS, greater_than_sum

START, END = "CDC_HISTORICAL_START_DATE", "CDC_HISTORICAL_END_DATE"
REQUEST_TIMES = ("SQS_CONNECT_TIMEOUT_SECONDS", "SQS_READ_TIMEOUT_SECONDS")


def no_start(is_enabled: bool, start: datetime | None) -> Iterator[str]:
    """Require the beginning of what the historical mode is to read."""
    if is_enabled and start is None:
        yield f"{START}: missing; the historical mode is enabled and needs it"


def impossible_range(start: datetime | None, end: datetime | None) -> Iterator[str]:
    """Require an end that is later than the beginning."""
    if start is not None and end is not None and start >= end:
        limit = f"{START} ({start.isoformat()})"
        yield f"{END}: given {end.isoformat()}; allowed: later than {limit}"


def settles_too_late(settle_seconds: float, max_wait_minutes: int) -> Iterator[str]:
    """Require a time to settle that is not longer than the longest wait."""
    if settle_seconds > max_wait_minutes * 60:
        limit = f"CDC_MAX_WAIT_MINUTES ({max_wait_minutes} minutes)"
        yield f"CDC_SETTLE_SECONDS: given {settle_seconds:g}; allowed: at most {limit}"


def begins_above_the_end(initial_seconds: float, max_seconds: float) -> Iterator[str]:
    """Require a first wait that is not longer than the longest."""
    if initial_seconds > max_seconds:
        limit = f"CDC_RETRY_MAX_SECONDS ({max_seconds:g})"
        yield f"CDC_RETRY_INITIAL_SECONDS: given {initial_seconds:g}; allowed: at most {limit}"


def redacts_nothing(redaction: str, of_results: bool) -> Iterator[str]:
    """Require that answers are redacted only where conversations are."""
    if of_results and redaction == "off":
        yield "REDACTION_OF_RESULTS: given true; allowed: only with REDACTION=mark"


RULES = (
    Rule(("CDC_HISTORICAL_MODE_ENABLED", START), no_start),
    Rule((START, END), impossible_range),
    greater_than_sum("CDC_LEASE_SECONDS", *REQUEST_TIMES),
    greater_than_sum(PROGRESS, *REQUEST_TIMES),
    PATIENT_WATCHDOG,
    greater_than_sum("SQS_READ_TIMEOUT_SECONDS", "CDC_RESULTS_WAIT_SECONDS"),
    Rule(("CDC_SETTLE_SECONDS", "CDC_MAX_WAIT_MINUTES"), settles_too_late),
    Rule(("CDC_RETRY_INITIAL_SECONDS", "CDC_RETRY_MAX_SECONDS"), begins_above_the_end),
    Rule(("REDACTION", "REDACTION_OF_RESULTS"), redacts_nothing),
)
