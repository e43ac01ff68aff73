"""What the stand-in's tests run against: a server in this process, or a real Oracle if
ORACLE_TEST_DSN names one."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from tests.oralite.driver import Target

if TYPE_CHECKING:
    from oralite.server import Server

USER = "app"
PASSWORD = "Tiger-42"
SERVICE = "XE"

_REAL = {name: os.environ.get(f"ORACLE_TEST_{name}", "") for name in ("DSN", "USER", "PASSWORD")}
IS_REAL = all(_REAL.values())
_numbers = itertools.count(1)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if IS_REAL and item.get_closest_marker("oralite_only"):
        pytest.skip("needs oralite's own controls; ORACLE_TEST_DSN names another database")


@pytest.fixture
def profile() -> str:
    """Return which server oralite plays. A test parametrizes it to run with both."""
    return "19c"


@pytest.fixture
def server(profile: str) -> Iterator[Server]:
    """Start an oralite of its own for one test, in memory."""
    if IS_REAL:
        pytest.skip("needs oralite's own controls; ORACLE_TEST_DSN names another database")
    from oralite.server import Server  # here, so that tests of values and codecs load no database

    with Server(None, USER, PASSWORD, SERVICE, profile=profile) as server:
        yield server


@pytest.fixture
def target(request: pytest.FixtureRequest, profile: str) -> Target:
    if IS_REAL:
        return Target(_REAL["DSN"], _REAL["USER"], _REAL["PASSWORD"])
    return Target(request.getfixturevalue("server").dsn, USER, PASSWORD)


@pytest.fixture
def tables(target: Target) -> Iterator[list[str]]:
    """Names of tables to drop after the test, once its connections are closed."""
    names: list[str] = []
    yield names
    if IS_REAL and names:
        with oracledb.connect(
            user=target.user, password=target.password, dsn=target.dsn
        ) as connection:
            for name in names:
                connection.cursor().execute(f"DROP TABLE {name} CASCADE CONSTRAINTS PURGE")


@pytest.fixture
def connect(target: Target, tables: list[str]) -> Iterator[Callable[..., oracledb.Connection]]:
    """Open connections, as the target's user unless another is named, and close them after the
    test."""
    opened: list[oracledb.Connection] = []

    def open_connection(**options: Any) -> oracledb.Connection:
        known = {"user": target.user, "password": target.password, "dsn": target.dsn}
        opened.append(oracledb.connect(**{**known, **options}))
        return opened[-1]

    yield open_connection
    for connection in opened:
        try:
            connection.close()
        except oracledb.Error:
            continue  # the test cut it


@pytest.fixture
def connection(connect: Callable[..., oracledb.Connection]) -> oracledb.Connection:
    return connect()


@pytest.fixture
def cursor(connection: oracledb.Connection) -> oracledb.Cursor:
    return connection.cursor()


@pytest.fixture
def new_table(
    connect: Callable[..., oracledb.Connection], tables: list[str]
) -> Callable[[str], str]:
    """Creates a table of these columns under a name that nobody has."""
    connection = connect()

    def create(columns: str) -> str:
        tables.append(f"T{os.getpid()}_{next(_numbers)}")
        connection.cursor().execute(f"CREATE TABLE {tables[-1]} ({columns})")
        return tables[-1]

    return create
