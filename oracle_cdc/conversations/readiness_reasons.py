"""Why the service is not ready: Oracle, its tables, either direction of SQS, or sweeps fail."""

from __future__ import annotations

from collections.abc import Callable

from oracle_cdc.running.breaker import Breaker, State
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.progress import Age
from oracle_cdc.watching.readiness import Check, Failures, Requirement
from oracle_cdc.watching.reasons import is_oracle, reason_of, table_reason

#: The loops, by the direction of SQS that each asks most.
CAPTURE, RESULTS = "capture", "results"


def make_requirements(
    oracle: Dependency,
    outbound: Dependency,
    results: Dependency,
    breaker: Breaker,
    has_tables: Callable[[], bool],
) -> list[Requirement]:
    """Name what must be usable.

    Parameters:
        outbound: SQS as the sending of conversations goes.
        results: SQS as the receiving of answers goes.
        breaker: of the outbound queue.
        has_tables: whether the tables were validated.
    """

    def outbound_reason(failures: Failures, limit: float) -> str:
        return (
            breaker_reason(breaker, outbound)
            or outbound.fault(limit)
            or sqs_reason(failures, CAPTURE)
        )

    def results_reason(failures: Failures, limit: float) -> str:
        return results.fault(limit) or sqs_reason(failures, RESULTS)

    def tables_reason(failures: Failures, limit: float) -> str:
        reason = table_reason(failures, limit)
        if not reason and not has_tables():
            return "not validated yet"
        return reason

    return [
        Requirement("oracle", reason_of(oracle, is_oracle), (CAPTURE, RESULTS)),
        Requirement("outbound", outbound_reason, (CAPTURE,)),
        Requirement("results", results_reason, (RESULTS,)),
        Requirement("tables", tables_reason),
    ]


class ReconciliationCheck:
    """Checks that the reconciliation finishes.

    Of a paused mode its age is not known, because it does not reconcile.

    Parameters:
        age: of the last finished one.
        limit_seconds: from which it is too old.
    """

    def __init__(self, age: Age, limit_seconds: float) -> None:
        self.age = age
        self.limit_seconds = limit_seconds
        age.see(0.0)

    def __call__(self) -> Check:
        age = self.age.seconds()
        if age is None or age <= self.limit_seconds:
            return Check("reconciliation", "")
        return Check(
            "reconciliation",
            f"none has finished for {age / 3600:.0f} h; "
            "CDC_PROCESSING_STATUS says who is at it (SWEEP_OWNER), "
            "cdc_service.log what came between",
        )


def breaker_reason(breaker: Breaker, outbound: Dependency) -> str:
    """Return why nothing is sent while the breaker is open."""
    if breaker.state is State.CLOSED:
        return ""
    cause = outbound.last_error()
    failures, seconds = breaker.failures, breaker.wait_seconds()
    said = f"nothing was sent in {failures} batches in a row"
    if cause:
        said += f": {cause}"
    if seconds >= 1:
        said += f"; next try in {seconds:.0f} s"
    return said


def sqs_reason(failures: Failures, loop: str) -> str:
    """Return what a loop failed with, if it is of SQS."""
    error = failures.get(loop)
    if error is None or error.area != "sqs":
        return ""
    return str(error)
