"""Why row changes are not ready: Oracle, its tables, or the stream fails."""

from __future__ import annotations

from collections.abc import Callable

from oracle_cdc.errors import CdcError, OracleConfigurationError
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.settings.service import CHANGES
from oracle_cdc.watching.readiness import Failures, Requirement

#: The loop, by whose failures it is known what keeps it.
LOOP = CHANGES
LOOPS = (LOOP,)


def make_requirements(oracle: Dependency, kinesis: Dependency) -> list[Requirement]:
    """Name what must be usable."""
    return [
        Requirement("oracle", reason_of(oracle, is_oracle), LOOPS),
        Requirement("kinesis", reason_of(kinesis, is_destination), LOOPS),
        Requirement("change tables", tables_reason, LOOPS),
    ]


def reason_of(
    dependency: Dependency, concerns: Callable[[CdcError], bool]
) -> Callable[[Failures, float], str]:
    """Return what says why a dependency is not usable.

    Parameters:
        concerns: whether what the loop failed with is of this dependency.
    """

    def reason(failures: Failures, limit: float) -> str:
        return dependency.fault(limit) or failure_text(failures, concerns)

    return reason


def tables_reason(failures: Failures, limit: float) -> str:
    """Return why no change table can be shipped. What ails one of them is a concern."""
    return failure_text(failures, is_table)


def failure_text(failures: Failures, concerns: Callable[[CdcError], bool]) -> str:
    """Return what the loop failed with, if that concerns something."""
    error = failures.get(LOOP)
    if error is None or not concerns(error):
        return ""
    return str(error)


def is_table(error: CdcError) -> bool:
    return isinstance(error, OracleConfigurationError)


def is_oracle(error: CdcError) -> bool:
    return error.area == "oracle" and not is_table(error)


def is_destination(error: CdcError) -> bool:
    return error.area == "destination"
