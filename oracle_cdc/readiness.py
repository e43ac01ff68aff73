"""Whether the service is alive (its loops get on) and ready (what it depends on answers), and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.dependencies import Dependency
from oracle_cdc.errors import CdcError, OracleConfigurationError
from oracle_cdc.progress import Progress
from oracle_cdc.retrying import Breaker, State


@dataclass(frozen=True)
class Check:
    """One thing that must be well. reason: empty while it is."""

    name: str
    reason: str

    @property
    def ok(self) -> bool:
        return not self.reason

    @property
    def told(self) -> str:
        """What is not well, by name; empty while all is."""
        return f"{self.name}: {self.reason}" if self.reason else ""


@dataclass(frozen=True)
class Deadlines:
    """progress_seconds: a loop gets on within. ready_seconds: the last success is no older. sweep_seconds: the last
    finished reconciliation is no older; None where there is none."""

    progress_seconds: float
    ready_seconds: float
    sweep_seconds: float | None = None


#: The loop that asks most of each direction of SQS.
CAPTURE, RESULTS = "capture", "results"


class Readiness:
    """Answers from what the process has seen; asks nobody. The one place that says what ready means.

    Parameters:
        outbound: SQS as the sending of conversations goes; results: as the receiving of answers goes.
        has_tables: whether the tables were validated.
    """

    def __init__(
        self,
        progress: Progress,
        oracle: Dependency,
        outbound: Dependency,
        results: Dependency,
        breaker: Breaker,
        *,
        has_tables: Callable[[], bool],
        deadlines: Deadlines,
    ) -> None:
        self.progress = progress
        self.oracle = oracle
        self.outbound = outbound
        self.results = results
        self.breaker = breaker
        self.has_tables = has_tables
        self.deadlines = deadlines
        if deadlines.sweep_seconds is not None:
            progress.reconciled.see(0.0)

    def loops(self) -> list[Check]:
        """Each loop, by whether it gets on, if only from one failure to the next."""
        late = self.progress.late_loops(self.deadlines.progress_seconds)
        return [
            Check(name, f"no progress for {late[name]:.0f} s" if name in late else "")
            for name in sorted(self.progress.loops)
        ]

    def dependencies(self) -> list[Check]:
        """Oracle, both directions of SQS, and the tables."""
        limit = self.deadlines.ready_seconds
        hindered = self.progress.hindered_loops(limit)
        errors = list(hindered.values())
        oracle = self.oracle.fault(limit) or first_reason(errors, is_oracle)
        outbound = (
            self.breaker_reason() or self.outbound.fault(limit) or sqs_reason(hindered, CAPTURE)
        )
        results = self.results.fault(limit) or sqs_reason(hindered, RESULTS)
        tables = self.tables_reason() or first_reason(errors, is_table)
        return [
            Check("oracle", self.with_next_try(oracle, CAPTURE, RESULTS)),
            Check("outbound", self.with_next_try(outbound, CAPTURE)),
            Check("results", self.with_next_try(results, RESULTS)),
            Check("tables", tables),
        ]

    def with_next_try(self, reason: str, *loops: str) -> str:
        """A reason, and how long the loops that meet it still wait: what is mended shows only then."""
        waits = [
            seconds for loop in loops if (seconds := self.progress.next_try_seconds(loop)) >= 1
        ]
        return f"{reason}; next try in {min(waits):.0f} s" if reason and waits else reason

    def work(self) -> Check:
        """Failures that concern no dependency, and what a person must look at although everything answers."""
        hindered = self.progress.hindered_loops(self.deadlines.ready_seconds).values()
        failed = first_reason(list(hindered), lambda error: error.area == "service")
        return Check("work", failed or "; ".join(self.progress.standing_complaints()))

    def reconciliation(self) -> Check:
        """Whether it finishes. Of a paused mode its age is not known: it does not reconcile."""
        age, limit = self.progress.reconciled.seconds(), self.deadlines.sweep_seconds
        if age is None or limit is None or age <= limit:
            return Check("reconciliation", "")
        return Check(
            "reconciliation",
            f"none has finished for {age / 3600:.0f} h; CDC_PROCESSING_STATUS says who is at it (SWEEP_OWNER), "
            "cdc_service.log what came between",
        )

    def is_alive(self) -> bool:
        """Whether the loops run, and all of them get on."""
        return self.has_begun() and all(check.ok for check in self.loops())

    def has_begun(self) -> bool:
        return bool(self.progress.loops)

    def is_ready(self) -> bool:
        return self.has_begun() and not self.missing()

    def missing(self) -> list[str]:
        """What is not well, each with its reason."""
        checks = [*self.dependencies(), *self.loops(), self.work(), self.reconciliation()]
        return [check.told for check in checks if not check.ok]

    def summary(self) -> str:
        """One line for people."""
        paused = [f"{mode} is paused" for mode in sorted(self.progress.paused)]
        return "; ".join([*self.missing(), *paused]) or "ready"

    def breaker_reason(self) -> str:
        if self.breaker.state is State.CLOSED:
            return ""
        cause = self.outbound.last_error()
        failures, seconds = self.breaker.failures, self.breaker.wait_seconds()
        said = f"nothing was sent in {failures} batches in a row" + (f": {cause}" if cause else "")
        return f"{said}; next try in {seconds:.0f} s" if seconds >= 1 else said

    def tables_reason(self) -> str:
        return "" if self.has_tables() else "not validated yet"


def first_reason(errors: Sequence[CdcError], concerns: Callable[[CdcError], bool]) -> str:
    return next((str(error) for error in errors if concerns(error)), "")


def is_table(error: CdcError) -> bool:
    return isinstance(error, OracleConfigurationError)


def is_oracle(error: CdcError) -> bool:
    return error.area == "oracle" and not is_table(error)


def sqs_reason(hindered: Mapping[str, CdcError], loop: str) -> str:
    """What a loop failed with, if it is of SQS."""
    error = hindered.get(loop)
    return str(error) if error and error.area == "sqs" else ""
