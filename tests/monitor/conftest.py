"""What the tests of the monitor run against: an Oracle stand-in, and DuckDB in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import flask
import oracledb
import pytest

from oracle_cdc.cli import Origin, main
from oralite.server import Server
from tests.monitor.claudes import REPLY, message
from tests.monitor.loopback import Loopback, served
from tests.monitor.templates import KeepingEnvironment

flask.Flask.jinja_environment = KeepingEnvironment

USER = "app"
PASSWORD = "Tiger-42"
#: Types a command of the monitor, and returns its exit code and what it printed.
Run = Callable[..., tuple[int, str]]


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


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("USE_REAL_ORACLE", "PORT", "FLASK_ENV"):
        monkeypatch.delenv(name, raising=False)

    def typed(*arguments: str) -> tuple[int, str]:
        code = main(["monitor", *arguments], Origin(directory=tmp_path))
        captured = capsys.readouterr()
        return int(code), captured.out + captured.err

    return typed
