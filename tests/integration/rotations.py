"""A password in a place that can be read again, and a DBA who changes it in the database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oracle_cdc.conversations.wiring import Application, make_application
from oracle_cdc.settings.sources import Given
from tests.layers import load_settings
from tests.parameters import make_path
from tests.world import PASSWORD, USER, World

NEWER = "Cdc-Lion-43"


class InStore:
    """The password in SSM, as an operator writes it and the service reads it."""

    def __init__(self, world: World, endpoint: str, directory: Path) -> None:
        self.path = make_path(endpoint, "/oracle")
        self.environment = world.environment(str(directory))
        self.environment.pop("ORACLE_PASSWORD")
        self.environment |= {"SSM_PATH": self.path.path, "AWS_ENDPOINT_URL_SSM": endpoint}
        self.env_file = directory / ".env"
        self.put(PASSWORD)

    def put(self, value: str) -> None:
        self.path.put("password", value, "SecureString")

    def given(self) -> Given:
        return load_settings(self.environment, self.env_file).given["ORACLE_PASSWORD"]


@pytest.fixture
def parameter(world: World, sqs_server: str, tmp_path: Path) -> Iterator[InStore]:
    parameter = InStore(world, sqs_server, tmp_path)
    yield parameter
    parameter.path.client.close()


class InFile:
    """The password in .env."""

    def __init__(self, world: World, directory: Path) -> None:
        self.environment = world.environment(str(directory))
        self.environment.pop("ORACLE_PASSWORD")
        self.env_file = directory / ".env"
        self.put(PASSWORD)

    def put(self, value: str) -> None:
        self.env_file.write_text(f"ORACLE_PASSWORD='{value}'\n")
        self.env_file.chmod(0o600)

    def given(self) -> Given:
        return load_settings(self.environment, self.env_file).given["ORACLE_PASSWORD"]


def application(world: World, place: InStore | InFile, **changes: Any) -> Application:
    """Make a service whose password stands in a place that can be read again."""
    settings = world.settings(**changes)
    settings.remember({"ORACLE_PASSWORD": place.given()})
    service = make_application(settings)
    world.applications.append(service)
    return service


def alter_user(world: World) -> None:
    world.change(f'ALTER USER {USER} IDENTIFIED BY "{NEWER}"')


def kill_sessions(world: World) -> None:
    world.server.faults.set("restart")


def refused(world: World) -> int:
    """Count the refused log-ins, as a DBA does."""
    rows = world.rows("SELECT VALUE FROM V$ORALITE_STATS WHERE NAME = 'logins_failed'")
    return int(rows[0][0])


def wait_until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1500):
        if is_so():
            return
        pause.wait(0.02)
    raise AssertionError("it never came")
