"""The service as the first process of a container, which no signal ends by itself."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.process import PATIENCE_SECONDS, ROOT, asking_for_settings


def can_be_first() -> bool:
    """Return whether this user may start a process that is the first of a space of its own."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(["unshare", "--pid", "--fork", "true"], capture_output=True, check=False)
    return tried.returncode == 0


pytestmark = pytest.mark.skipif(not can_be_first(), reason="needs unshare --pid (root, Linux)")


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Listen in AWS's place, and say nothing: who asks for settings waits."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE_SECONDS)
        yield listener


def child_of(process: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return int(children.read_text(encoding="ascii").split()[0])


@pytest.mark.parametrize(
    ("command", "code"),
    [("run", 0), ("check", 128 + signal.SIGTERM), ("settings", 128 + signal.SIGTERM)],
)
def test_sigterm_ends_it_also_before_the_loops_run(
    silent: socket.socket, tmp_path: Path, command: str, code: int
) -> None:
    environment = {**asking_for_settings(silent), "LOG_DIR": "none"}
    service = [sys.executable, str(ROOT / "cdc_service.py"), command]
    process = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--kill-child", *service], cwd=tmp_path, env=environment
    )
    try:
        # Given: it has asked, and waits for the answer
        connection, _ = silent.accept()
        with connection:
            # When
            os.kill(child_of(process), signal.SIGTERM)
            # Then
            assert process.wait(10) == code
    finally:
        process.kill()
        process.wait()
