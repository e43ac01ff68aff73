"""Fixtures of events: each test has a table, a database of MariaDB and a stream of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oralite.server import Server
from standins.mariadbserver import MariaDbServer
from standins.natsserver import NatsServer
from tests.integration.eventworlds import EventsWorld, serve_events
from tests.integration.rowtables import EVENTS, RowTable
from tests.mariadb.schema import new_schema


@pytest.fixture
def table(rows_server: Server) -> Iterator[RowTable]:
    """Give a table that is still to be created."""
    table = RowTable(rows_server)
    yield table
    table.close()


@pytest.fixture
def events_world(
    table: RowTable, nats: NatsServer, mariadb: MariaDbServer, tmp_path: Path
) -> Iterator[EventsWorld]:
    """Give a table of events, an empty stream to be, and an empty database of MariaDB."""
    mariadb.restore()
    table.create(EVENTS)
    with new_schema(mariadb) as schema, serve_events(table, nats, schema, tmp_path) as world:
        yield world
