"""One server for each process of tests. Each test has a database of its own there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from standins.mariadbserver import PROGRAM, MariaDbServer, serving
from tests.mariadb.needs import do_without
from tests.mariadb.schema import Schema, new_schema


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    """Serve until all tests of this process are done."""
    if PROGRAM is None:
        do_without()
    with serving(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture
def server(running: MariaDbServer) -> Iterator[MariaDbServer]:
    """Lend the server, and start it anew after a test that did something to it."""
    yield running
    running.restore()


@pytest.fixture
def schema(server: MariaDbServer) -> Iterator[Schema]:
    """Lend a database with its tables."""
    with new_schema(server) as schema:
        yield schema
