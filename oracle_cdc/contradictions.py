"""Settings that are right one by one and wrong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
            yield (
                (name, "ORACLE_DSN"),
                f"{name}: missing; set it, or ORACLE_DSN with a whole connect string",
            )


def _half_credentials(aws: AwsSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    pair = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    if (aws.access_key_id is None) != (aws.secret_access_key is None):
        missing, present = pair if aws.access_key_id is None else reversed(pair)
        yield (
            pair,
            f"{missing}: missing; {present} needs it (or set neither, to use a role or profile)",
        )
    if (
        aws.session_token is not None
        and aws.access_key_id is None
        and aws.secret_access_key is None
    ):
        yield (
            pair,
            "AWS_SESSION_TOKEN: given without AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which it belongs to",
        )


def _impossible_range(cdc: CdcSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    start, end = cdc.historical_start_date, cdc.historical_end_date
    names = ("CDC_HISTORICAL_START_DATE", "CDC_HISTORICAL_END_DATE")
    if start is None and cdc.historical_mode_enabled:
        yield names, f"{names[0]}: missing; the historical mode is enabled and needs it"
    if start is not None and end is not None and start >= end:
        yield (
            names,
            f"{names[1]}: given {end.isoformat()}; allowed: later than {names[0]} ({start.isoformat()})",
        )


def _impossible_times(settings: Settings) -> Iterator[tuple[tuple[str, ...], str]]:
    cdc, sqs, oracle = settings.cdc, settings.sqs, settings.oracle
    timeouts = {
        "SQS_CONNECT_TIMEOUT_SECONDS": sqs.connect_timeout_seconds,
        "SQS_READ_TIMEOUT_SECONDS": sqs.read_timeout_seconds,
    }
    poll = {"CDC_RESULTS_WAIT_SECONDS": float(cdc.results_wait_seconds)}
    yield from _not_above("CDC_LEASE_SECONDS", cdc.lease_seconds, timeouts)
    yield from _not_above("CDC_PROGRESS_DEADLINE_SECONDS", cdc.progress_deadline_seconds, timeouts)
    yield from _impatient_watchdog(cdc, oracle)
    yield from _not_above("SQS_READ_TIMEOUT_SECONDS", sqs.read_timeout_seconds, poll)
    if cdc.settle_seconds > cdc.max_wait_minutes * 60:
        names = ("CDC_SETTLE_SECONDS", "CDC_MAX_WAIT_MINUTES")
        limit = f"{names[1]} ({cdc.max_wait_minutes} minutes)"
        yield names, f"{names[0]}: given {cdc.settle_seconds:g}; allowed: at most {limit}"
    if cdc.retry_initial_seconds > cdc.retry_max_seconds:
        names = ("CDC_RETRY_INITIAL_SECONDS", "CDC_RETRY_MAX_SECONDS")
        limit = f"{names[1]} ({cdc.retry_max_seconds:g})"
        yield names, f"{names[0]}: given {cdc.retry_initial_seconds:g}; allowed: at most {limit}"


def _impatient_watchdog(
    cdc: CdcSettings, oracle: OracleSettings
) -> Iterator[tuple[tuple[str, ...], str]]:
    """A database that hangs must not look like a loop that hangs: the driver waits for a call, then as long again for
    the answer to its cancellation; then the session is replaced."""
    total = (
        2 * oracle.call_timeout_seconds + oracle.connect_timeout_seconds + oracle.pool_wait_seconds
    )
    if cdc.progress_deadline_seconds <= total:
        names = (
            "ORACLE_CALL_TIMEOUT_SECONDS",
            "ORACLE_CONNECT_TIMEOUT_SECONDS",
            "ORACLE_POOL_WAIT_SECONDS",
        )
        name, value = "CDC_PROGRESS_DEADLINE_SECONDS", cdc.progress_deadline_seconds
        allowed = f"greater than 2 x {' + '.join(names)} ({total:g})"
        yield (name, *names), f"{name}: given {value}; allowed: {allowed}"


def _not_above(
    name: str, value: float, others: Mapping[str, float]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Complain of a value that is not greater than the sum of the others."""
    total = sum(others.values())
    if value <= total:
        yield (
            (name, *others),
            f"{name}: given {value:g}; allowed: greater than {' + '.join(others)} ({total:g})",
        )
