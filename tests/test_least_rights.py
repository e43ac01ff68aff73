"""What is made on a host is for its user, and what listens is for this host alone."""

from __future__ import annotations

import ast
import os
import stat
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from awslite.__main__ import make_parser as make_parser_of_aws
from oracle_cdc.programs import MODELS
from oracle_cdc.settings.monitor import MonitorSection
from oralite.server import Server
from sync_monitor.history.file import connect
from sync_monitor.history.migrations import back_up
from sync_monitor.history.store import Store
from tests.documents import ROOT

PACKAGES = ("oracle_cdc", "sync_monitor", "oralite", "awslite", "trinolite", "standins")
#: What takes an address first, as text or as a pair with a port.
LISTENING = ("bind", "create_server", "make_server", "start_server", "Server", "HTTPServer")
needs_rights = pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")


@pytest.fixture
def careless() -> Iterator[None]:
    """Let whoever makes a file say by itself what others may do with it."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_strangers(directory: Path) -> list[str]:
    """Return what lies below a directory that strangers may do something with."""
    found: list[str] = []
    for path in directory.rglob("*"):
        if stat.S_IMODE(path.stat().st_mode) & 0o007:
            found.append(path.name)
    return found


@needs_rights
@pytest.mark.usefixtures("careless")
def test_strangers_can_read_nothing_of_the_history(tmp_path: Path) -> None:
    with Store(tmp_path / "history") as store:
        store.write(lambda connection: connection.execute("PRAGMA user_version"))
        with closing(connect(store.path)) as connection:
            back_up(connection, store.path.with_name("copy"))
        endings = {path.suffix for path in store.path.parent.iterdir()}
        assert {".db-wal", ".db-shm"} <= endings
        assert open_to_strangers(tmp_path) == []


@needs_rights
@pytest.mark.usefixtures("careless")
def test_strangers_can_read_nothing_of_a_database_of_the_stand_in(tmp_path: Path) -> None:
    with Server(str(tmp_path / "database"), "app", "secret", "XE"):
        assert len(list(tmp_path.iterdir())) > 1
        assert open_to_strangers(tmp_path) == []


def test_what_the_service_and_the_monitor_open_is_for_this_host_unless_it_is_set() -> None:
    for model in MODELS.values():
        assert model.model_fields["health_host"].default == "127.0.0.1"
    assert MonitorSection.model_fields["host"].default == "127.0.0.1"


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "", "example.com"])
def test_the_stand_in_of_aws_serves_this_host_alone(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises((SystemExit, ArgumentTypeError)):
        make_parser_of_aws().parse_args(["--host", address])
    assert "no loopback address" in capsys.readouterr().err


def written_addresses(file: Path) -> Iterator[tuple[int, object]]:
    """Yield each address that a file itself has for what listens, with its line."""
    text = file.read_text(encoding="utf-8")
    if not any(f"{name}(" in text for name in LISTENING):
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if not name.endswith(LISTENING):
            continue
        address = node.args[0]
        if isinstance(address, ast.Tuple):
            address = address.elts[0]
        elif name == "bind":
            # A variable of SQL, or a Unix socket.
            continue
        if isinstance(address, ast.Constant):
            yield node.lineno, address.value


def test_no_code_listens_anywhere_but_on_loopback() -> None:
    found: list[object] = []
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for line, address in written_addresses(file):
                found.append(address)
                assert address in ("127.0.0.1", None), f"{file}:{line} listens at {address!r}"
    assert len(found) > 5
