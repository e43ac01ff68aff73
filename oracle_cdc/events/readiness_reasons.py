"""Why events are not ready: Oracle, its table, the stream or the store of progress fails."""

from __future__ import annotations

from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.settings.service import EVENTS
from oracle_cdc.watching.readiness import Requirement
from oracle_cdc.watching.reasons import (
    is_destination,
    is_oracle,
    is_store,
    reason_of,
    table_reason,
)

#: The loop, by whose failures it is known what keeps it.
LOOP = EVENTS
LOOPS = (LOOP,)


def make_requirements(
    oracle: Dependency, nats: Dependency, mariadb: Dependency
) -> list[Requirement]:
    """Name what must be usable."""
    return [
        Requirement("oracle", reason_of(oracle, is_oracle), LOOPS),
        Requirement("nats", reason_of(nats, is_destination), LOOPS),
        Requirement("mariadb", reason_of(mariadb, is_store), LOOPS),
        Requirement("event table", table_reason, LOOPS),
    ]
