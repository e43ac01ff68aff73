"""python -m oralite as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import oracledb
import pytest

from oralite.__main__ import main
from tests.oralite.driver import query

pytestmark = pytest.mark.oralite_only

ROOT = Path(__file__).parents[2]
COMMON = ["--user", "app", "--password", "secret", "--service", "XE", "--port", "0"]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start oralite with these arguments, and end it after the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-m", "oralite", *arguments]
        clean = {name: value for name, value in os.environ.items() if name != "ORALITE_PASSWORD"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(
            subprocess.Popen(command, cwd=ROOT, env=clean | environment, text=True, **pipes)
        )
        return started[-1]

    yield run
    for process in started:
        with process:
            if process.poll() is None:
                process.kill()


def port_of(process: subprocess.Popen[str]) -> int:
    """Read the port in the one line that says that it listens."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"oralite listening on 127\.0\.0\.1:(\d+)/XE\n", line)
    assert found, line
    return int(found.group(1))


def connect(port: int) -> oracledb.Connection:
    return oracledb.connect(user="app", password="secret", dsn=f"127.0.0.1:{port}/XE")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_serves_and_ends_cleanly_on_a_signal(
    start: Start, number: signal.Signals
) -> None:
    process = start(*COMMON, "--database", ":memory:", "--profile", "23ai", "--latency-ms", "1")
    with connect(port_of(process)) as connection:
        assert query(connection, "SELECT 1 FROM dual") == [(1,)]
        process.send_signal(number)
        assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0


def test_the_password_may_come_from_the_environment(start: Start) -> None:
    process = start("--user", "app", "--port", "0", ORALITE_PASSWORD="secret")
    connect(port_of(process)).close()


def test_committed_rows_survive_the_process_and_others_do_not(start: Start, tmp_path: Path) -> None:
    arguments = (*COMMON, "--database", str(tmp_path / "oralite.db"))
    first = start(*arguments)
    with connect(port_of(first)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id NUMBER)")
        cursor.execute("INSERT INTO t VALUES (1)")
        connection.commit()
        cursor.execute("INSERT INTO t VALUES (2)")
        first.kill()
        first.communicate()
    with connect(port_of(start(*arguments))) as connection:
        assert query(connection, "SELECT id FROM t") == [(1,)]


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["--password", "secret"], "--user and --password are needed"),
        (["--user", "app"], "--user and --password are needed"),
        ([*COMMON, "--host", "0.0.0.0"], "loopback"),
        ([*COMMON, "--port", "x"], "port number"),
        ([*COMMON, "--profile", "8i"], "--profile"),
        ([*COMMON, "--database", "/proc/no/such/folder/x.db"], "cannot start"),
        ([*COMMON, "--script", "nowhere.sql"], "nowhere.sql"),
        ([*COMMON, "--script", "nobody=README.md"], "ORA-01045"),
        (
            [*COMMON, "--script", "oralite/README.md"],
            "oralite/README.md, line 1: a statement that does not end",
        ),
    ],
)
def test_what_cannot_start_says_why_in_one_line_and_exits_2(
    arguments: list[str],
    reported: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("ORALITE_PASSWORD", raising=False)
    assert exit_code(arguments) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert reported in written.err.splitlines()[-1]


def exit_code(arguments: list[str]) -> object:
    """Run the command in this process, and return what it ends with."""
    try:
        return main(arguments)
    except SystemExit as ended:
        return ended.code


def test_a_port_in_use_is_reported(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = start(*COMMON[:-1], str(listener.getsockname()[1]))
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 2
    assert len(stderr.splitlines()) == 1
    assert "in use" in stderr


def test_a_file_that_is_no_database_is_reported(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, " * 1000)
    process = start(*COMMON, "--database", str(path))
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 2
    assert len(stderr.splitlines()) == 1
