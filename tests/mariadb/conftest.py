"""One server for each process of tests. Each test has a database of its own there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from standins.mariadbserver import MariaDbServer
from tests.mariadb.schema import Schema, new_schema


@pytest.fixture
def server(mariadb: MariaDbServer) -> MariaDbServer:
    """Lend the server, started anew after a test that did something to it."""
    mariadb.restore()
    return mariadb


@pytest.fixture
def schema(server: MariaDbServer) -> Iterator[Schema]:
    """Lend a database with its tables."""
    with new_schema(server) as schema:
        yield schema
