"""What the tests of the monitor run against: an Oracle stand-in, and DuckDB in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import flask
import oracledb
import pytest

from oralite.server import Server
from tests.monitor.claudes import REPLY, message
from tests.monitor.loopback import Loopback, served
from tests.monitor.templates import KeepingEnvironment

flask.Flask.jinja_environment = KeepingEnvironment

USER = "app"
PASSWORD = "Tiger-42"


@pytest.fixture
def oracle() -> Iterator[oracledb.Connection]:
    """Connect to a stand-in of its own for one test, in memory."""
    with (
        Server(None, USER, PASSWORD, "XE") as server,
        oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as connection,
    ):
        yield connection


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty DuckDB in memory."""
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def api() -> Iterator[Loopback]:
    """Serve the model's API, which answers well until a test says otherwise."""
    with served() as loopback:
        loopback.body = message(json.dumps(REPLY))
        yield loopback
