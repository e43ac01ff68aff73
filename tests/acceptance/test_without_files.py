"""`LOG_DIR=none`: a service that writes no file, where it may write none."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.process import PATIENCE_SECONDS, ROOT, wait_for
from tests.acceptance.test_run import HELLO
from tests.world import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """Make a directory with the program that nobody may write into."""
    directory = tmp_path / "app"
    directory.mkdir()
    for name in ("cdc_service.py", "config.py", "init_oracle_tables.sql"):
        shutil.copy2(ROOT / name, directory)
    (directory / "oracle_cdc").symlink_to(ROOT / "oracle_cdc")
    directory.chmod(0o555)
    yield directory
    directory.chmod(0o755)


def without_privileges() -> list[str]:
    """Return what a command begins with so that rights count for root, too."""
    if os.geteuid() != 0:
        return []
    return [str(shutil.which("setpriv")), "--bounding-set=-all", "--inh-caps=-all"]


@contextmanager
def running(
    directory: Path, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program of a directory, with its standard error in a file elsewhere."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*without_privileges(), sys.executable, "cdc_service.py", "run"],
            cwd=directory,
            env=dict(environment),
            stdout=errors,
            stderr=errors,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_the_directory_of_these_tests_can_not_be_written(sealed: Path) -> None:
    code = "import pathlib; pathlib.Path('logs').mkdir()"
    ended = subprocess.run(
        [*without_privileges(), sys.executable, "-c", code],
        cwd=sealed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PermissionError" in ended.stderr


def test_without_log_files_it_runs_where_it_may_write_nothing(
    world: World, sealed: Path, tmp_path: Path
) -> None:
    before = sorted(sealed.iterdir())
    world.record("1", *HELLO)
    log = tmp_path / "stderr"
    with running(sealed, world.environment("none"), log) as service:
        wait_for("the call to be sent", lambda: world.states() == {"1": "SENT"})
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0
    lines = log.read_text(encoding="utf-8")
    assert "messages sent: 1 of 1" in lines
    assert "sqs send: messages=1" in lines
    assert "ended with exit code 0" in lines
    assert sorted(sealed.iterdir()) == before


def test_sighup_without_log_files_changes_nothing(
    world: World, sealed: Path, tmp_path: Path
) -> None:
    before = sorted(sealed.iterdir())
    log = tmp_path / "stderr"
    with running(sealed, world.environment("none"), log) as service:
        wait_for("the start", lambda: "tables validated" in log.read_text(encoding="utf-8"))
        service.send_signal(signal.SIGHUP)
        wait_for("the signal", lambda: "SIGHUP" in log.read_text(encoding="utf-8"))
        world.record("1", *HELLO)
        wait_for("the call to be sent", lambda: world.states() == {"1": "SENT"})
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE_SECONDS) == 0
    assert "messages sent: 1 of 1" in log.read_text(encoding="utf-8")
    assert sorted(sealed.iterdir()) == before


def test_two_copies_without_log_files_run_in_one_directory(
    world: World, sealed: Path, tmp_path: Path
) -> None:
    logs = tmp_path / "first", tmp_path / "second"
    with ExitStack() as stack:
        copies = []
        for log in logs:
            copies.append(stack.enter_context(running(sealed, world.environment("none"), log)))
            wait_for("its start", lambda log=log: "validated" in log.read_text(encoding="utf-8"))
        assert [copy.poll() for copy in copies] == [None, None]
