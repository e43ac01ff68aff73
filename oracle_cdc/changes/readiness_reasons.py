"""Why row changes are not ready: Oracle, its tables, or the stream fails."""

from __future__ import annotations

from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.settings.service import CHANGES
from oracle_cdc.watching.readiness import Requirement
from oracle_cdc.watching.reasons import is_destination, is_oracle, reason_of, table_reason

#: The loop, by whose failures it is known what keeps it.
LOOP = CHANGES
LOOPS = (LOOP,)


def make_requirements(oracle: Dependency, kinesis: Dependency) -> list[Requirement]:
    """Name what must be usable. What ails one change table alone is a concern, no reason."""
    return [
        Requirement("oracle", reason_of(oracle, is_oracle), LOOPS),
        Requirement("kinesis", reason_of(kinesis, is_destination), LOOPS),
        Requirement("change tables", table_reason, LOOPS),
    ]
