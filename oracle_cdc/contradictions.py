"""Settings that are right one by one and wrong together."""

from __future__ import annotations

from collections.abc import Iterator

from oracle_cdc.settings import AwsSettings, CdcSettings, OracleSettings, Settings


def contradictions(settings: Settings) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each contradiction: the variables concerned, and the line that tells it."""
    yield from _missing_address(settings.oracle)
    yield from _half_credentials(settings.aws)
    yield from _impossible_range(settings.cdc)
    yield from _impossible_times(settings)


def _missing_address(oracle: OracleSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in (("ORACLE_HOST", oracle.host), ("ORACLE_SERVICE_NAME", oracle.service_name)):
        if value is None and oracle.dsn is None:
            yield (name, "ORACLE_DSN"), f"{name}: missing; set it, or ORACLE_DSN with a whole connect string"


def _half_credentials(aws: AwsSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    pair = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    if (aws.access_key_id is None) != (aws.secret_access_key is None):
        missing, present = pair if aws.access_key_id is None else reversed(pair)
        yield pair, f"{missing}: missing; {present} needs it (or set neither, to use a role or profile)"
    if aws.session_token is not None and aws.access_key_id is None and aws.secret_access_key is None:
        yield pair, "AWS_SESSION_TOKEN: given without AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which it belongs to"


def _impossible_range(cdc: CdcSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    start, end = cdc.historical_start_date, cdc.historical_end_date
    names = ("CDC_HISTORICAL_START_DATE", "CDC_HISTORICAL_END_DATE")
    if start is None and cdc.historical_mode_enabled:
        yield names, f"{names[0]}: missing; the historical mode is enabled and needs it"
    if start is not None and end is not None and start >= end:
        yield names, f"{names[1]}: given {end.isoformat()}; allowed: later than {names[0]} ({start.isoformat()})"


def _impossible_times(settings: Settings) -> Iterator[tuple[tuple[str, ...], str]]:
    cdc, sqs, oracle = settings.cdc, settings.sqs, settings.oracle
    timeouts = ("SQS_CONNECT_TIMEOUT_SECONDS", "SQS_READ_TIMEOUT_SECONDS")
    request = f"{timeouts[0]} + {timeouts[1]} ({sqs.request_seconds:g})"
    call = f"ORACLE_CALL_TIMEOUT_SECONDS ({oracle.call_timeout_seconds:g})"
    if cdc.lease_seconds <= sqs.request_seconds:
        yield _greater("CDC_LEASE_SECONDS", cdc.lease_seconds, request, timeouts)
    if cdc.progress_deadline_seconds <= sqs.request_seconds:
        yield _greater("CDC_PROGRESS_DEADLINE_SECONDS", cdc.progress_deadline_seconds, request, timeouts)
    if cdc.progress_deadline_seconds <= oracle.call_timeout_seconds:
        name = "CDC_PROGRESS_DEADLINE_SECONDS"
        yield _greater(name, cdc.progress_deadline_seconds, call, ("ORACLE_CALL_TIMEOUT_SECONDS",))
    if sqs.read_timeout_seconds <= cdc.results_wait_seconds:
        poll = f"CDC_RESULTS_WAIT_SECONDS ({cdc.results_wait_seconds})"
        yield _greater(timeouts[1], sqs.read_timeout_seconds, poll, ("CDC_RESULTS_WAIT_SECONDS",))
    if cdc.settle_seconds > cdc.max_wait_minutes * 60:
        line = f"CDC_SETTLE_SECONDS: given {cdc.settle_seconds:g}; allowed: at most CDC_MAX_WAIT_MINUTES ({cdc.max_wait_minutes} min)"
        yield ("CDC_SETTLE_SECONDS", "CDC_MAX_WAIT_MINUTES"), line
    if cdc.retry_initial_seconds > cdc.retry_max_seconds:
        line = f"CDC_RETRY_INITIAL_SECONDS: given {cdc.retry_initial_seconds:g}; allowed: at most CDC_RETRY_MAX_SECONDS ({cdc.retry_max_seconds:g})"
        yield ("CDC_RETRY_INITIAL_SECONDS", "CDC_RETRY_MAX_SECONDS"), line


def _greater(name: str, value: float, limit: str, others: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    return (name, *others), f"{name}: given {value:g}; allowed: greater than {limit}"
