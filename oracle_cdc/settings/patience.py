"""Rules between times: what waits for something must wait longer than that may take."""

from __future__ import annotations

from collections.abc import Iterator

from oracle_cdc.settings.declaration import Rule

PROGRESS = "CDC_PROGRESS_DEADLINE_SECONDS"
ORACLE_TIMES = (
    "ORACLE_CALL_TIMEOUT_SECONDS",
    "ORACLE_CONNECT_TIMEOUT_SECONDS",
    "ORACLE_POOL_WAIT_SECONDS",
)


def greater_than_sum(name: str, *others: str) -> Rule:
    """Require that a value is greater than the sum of the others."""

    def check(value: float, *addends: float) -> Iterator[str]:
        total = sum(addends)
        if value <= total:
            limit = f"{' + '.join(others)} ({total:g})"
            yield f"{name}: given {value:g}; allowed: greater than {limit}"

    return Rule((name, *others), check)


def impatient_watchdog(
    deadline: int, call_timeout: float, connect_timeout: float, pool_wait: float
) -> Iterator[str]:
    """Require a deadline that a database which hangs does not reach."""
    # A database that hangs must not look like a loop that hangs: the driver waits for a call, then
    # as long again for the answer to its cancellation; then the session is replaced.
    total = 2 * call_timeout + connect_timeout + pool_wait
    if deadline <= total:
        limit = f"2 x {' + '.join(ORACLE_TIMES)} ({total:g})"
        yield f"{PROGRESS}: given {deadline}; allowed: greater than {limit}"


PATIENT_WATCHDOG = Rule((PROGRESS, *ORACLE_TIMES), impatient_watchdog)
