"""Commands as whoever sets events up starts them."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from tests.acceptance.process import finished
from tests.integration.eventworlds import EventsWorld
from tests.mariadb.schema import PASSWORD
from tests.nats.streams import Streams

#: Only events, and no lines of the log for what succeeds.
EVENTS_ALONE = {
    "PIPELINES": "events",
    "MARIADB_PASSWORD": PASSWORD,
    "LOG_LEVEL": "WARNING",
    "PYTHONUTF8": "1",
}
TABLES = ("ETL_PRMREC", "ETL_SLICES", "ETL_SET_ASIDE")


def run(world: EventsWorld, *arguments: str, **given: str) -> tuple[int, str, str]:
    """Run a command, and return its exit code and what it wrote."""
    return finished(arguments, {**world.environment(), **EVENTS_ALONE, **given})


def said(world: EventsWorld, *arguments: str, **given: str) -> tuple[int, str]:
    """Run a command that complains on standard output alone: exit code and lines."""
    code, out, err = run(world, *arguments, **given)
    assert err == ""
    return code, out


def everything(world: EventsWorld) -> dict[str, Any]:
    """Return all that the table, the stream and MariaDB hold."""
    held: dict[str, Any] = {"source": list(rows_of(world))}
    for table in TABLES:
        held[table] = world.schema.administer(f"SELECT * FROM {table} ORDER BY 1, 2")
    with closing(Streams(world.nats.url)) as streams:
        held["streams"] = sorted(streams.do(streams.js.streams_info()), key=lambda s: s.config.name)
    return held


def rows_of(world: EventsWorld) -> list[tuple[Any, ...]]:
    with world.table.dba.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {world.table.name} ORDER BY ID", fetch_lobs=False)
        return list(cursor)


def make_stream(world: EventsWorld, **config: Any) -> None:
    """Create the stream as an administrator does."""
    with closing(Streams(world.nats.url)) as streams:
        streams.create(world.stream, **config)
