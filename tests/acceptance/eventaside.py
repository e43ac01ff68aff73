"""Rows that the stream refuses, and the commands that handle them, each a process of its own."""

from __future__ import annotations

import json
from typing import Any

from tests.acceptance.process import finished
from tests.integration.eventworlds import MOST_BYTES, EventsWorld
from tests.mariadb.schema import PASSWORD

#: Only events, and no lines of the log for what succeeds.
EVENTS_ALONE = {
    "PIPELINES": "events",
    "MARIADB_PASSWORD": PASSWORD,
    "LOG_LEVEL": "WARNING",
    "PYTHONUTF8": "1",
    # Waits that a test can await.
    "PUBLISHER_RETRY_INITIAL_SECONDS": "0.05",
    "PUBLISHER_RETRY_MAX_SECONDS": "0.2",
}
PRIVATE = "private"
#: A server that is not there.
NOWHERE = {"NATS_SERVERS": "nats://127.0.0.1:1", "NATS_CONNECT_TIMEOUT_SECONDS": "1"}
NO_STORE = {"MARIADB_PORT": "1"}


def environment_of(world: EventsWorld, **given: str) -> dict[str, str]:
    return {**world.environment(), **EVENTS_ALONE, **given}


def failures(world: EventsWorld, *arguments: str, **given: str) -> tuple[int, str, str]:
    """Run the command, and return its exit code, output and errors."""
    return finished(("failures", *arguments), environment_of(world, **given))


def listed(world: EventsWorld) -> list[dict[str, Any]]:
    """Return what is set aside as the command lists it."""
    code, out, err = failures(world, "list", "--json")
    assert (code, err) == (0, "")
    found: list[dict[str, Any]] = json.loads(out)
    return found


def refuse(world: EventsWorld, *numbers: int) -> None:
    """Have rows set aside that are too large for the server."""
    world.insert(*numbers, text=PRIVATE + "x" * MOST_BYTES)
    world.drain()


def mend(world: EventsWorld, *numbers: int, text: str = "mended") -> None:
    """Give rows another text, as whoever writes the table does."""
    for number in numbers:
        world.table.run(
            f"UPDATE {world.table.name} SET EVENT_DATA = :1 WHERE ID = :2", text, number
        )


def tracked(world: EventsWorld) -> list[dict[str, Any]]:
    """Return all that is kept of the program's progress."""
    kept = []
    for table in ("ETL_PRMREC", "ETL_SLICES"):
        kept += world.schema.administer(f"SELECT * FROM {table} ORDER BY 1, 2")
    return kept
