"""Why what a program needs is not usable: as the calls to it go, and what its loops failed with."""

from __future__ import annotations

from collections.abc import Callable

from oracle_cdc.errors import CdcError, OracleConfigurationError
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.watching.readiness import Failures, first_reason


def reason_of(
    dependency: Dependency, concerns: Callable[[CdcError], bool]
) -> Callable[[Failures, float], str]:
    """Return what says why a dependency is not usable.

    Parameters:
        concerns: whether what a loop failed with is of this dependency.
    """

    def reason(failures: Failures, limit: float) -> str:
        return dependency.fault(limit) or first_reason(list(failures.values()), concerns)

    return reason


def table_reason(failures: Failures, limit: float) -> str:
    """Return why the tables can't be used."""
    return first_reason(list(failures.values()), is_table)


def is_table(error: CdcError) -> bool:
    """Return whether an error is of the tables."""
    return isinstance(error, OracleConfigurationError)


def is_oracle(error: CdcError) -> bool:
    """Return whether an error is of Oracle, but not of the tables."""
    return error.area == "oracle" and not is_table(error)


def is_destination(error: CdcError) -> bool:
    return error.area == "destination"


def is_store(error: CdcError) -> bool:
    return error.area == "store"
