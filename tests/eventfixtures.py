"""Fixtures of events: what they stand on, shared by all tests of a process.

Each test has a table, a database of MariaDB and a stream of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oralite.server import Server
from standins import mariadbserver, natsserver
from standins.mariadbserver import MariaDbServer
from standins.natsserver import NatsServer
from tests.integration.eventworlds import MOST_BYTES, EventsWorld, serve_events
from tests.integration.rowtables import EVENTS, RowTable, serve_reader
from tests.mariadb.needs import do_without
from tests.mariadb.schema import new_schema


@pytest.fixture(scope="session")
def rows_server() -> Iterator[Server]:
    """Serve a database for this test process, where each test has a schema of its own."""
    with serve_reader() as server:
        yield server


@pytest.fixture
def table(rows_server: Server) -> Iterator[RowTable]:
    """Give a table that is still to be created."""
    table = RowTable(rows_server)
    yield table
    table.close()


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    if mariadbserver.PROGRAM is None:
        do_without()
    with mariadbserver.serving(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    settings = f"max_payload: {MOST_BYTES}"
    with natsserver.serving(tmp_path_factory.mktemp("nats"), settings) as server:
        yield server


@pytest.fixture
def events_world(
    table: RowTable, nats: NatsServer, mariadb: MariaDbServer, tmp_path: Path
) -> Iterator[EventsWorld]:
    """Give a table of events, an empty stream to be, and an empty database of MariaDB."""
    mariadb.restore()
    table.create(EVENTS)
    with new_schema(mariadb) as schema, serve_events(table, nats, schema, tmp_path) as world:
        yield world
