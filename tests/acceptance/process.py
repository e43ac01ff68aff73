"""The service as its user starts it: a process of its own, watched through its log and the
tables."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from tests.acceptance.forking import READY

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "cdc_service.py"
#: The variable that says where the process is that forks for all test processes.
ADDRESS = "FORKING_ADDRESS"

#: How long a test waits for something that is bound to come; only a failure takes that time.
PATIENCE_SECONDS = 40.0


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    """Ask until it is so. Fails naming what did not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}"
        time.sleep(0.05)


@cache
def forking_address() -> str:
    """Return the address of the process that forks the service.

    Where no other test process has started it for all, it is started.
    """
    return os.environ.get(ADDRESS) or start_forker()


def start_forker() -> str:
    """Start the process that forks the service, and return its address."""
    directory = tempfile.TemporaryDirectory(prefix="forking-")
    address = f"{directory.name}/socket"
    forker = subprocess.Popen(
        [sys.executable, "-m", "tests.acceptance.forking", address],
        env={"PATH": os.environ.get("PATH", "")},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert forker.stdin is not None
    assert forker.stdout is not None
    assert forker.stdout.readline().strip() == READY

    def end() -> None:
        forker.communicate()
        directory.cleanup()

    atexit.register(end)
    return address


def temporary_file(stack: ExitStack) -> IO[bytes]:
    """Open a file without a name that is closed with the stack."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the stack closes it
    stack.callback(file.close)
    return file


class Process:
    """A run of `cdc_service.py`, or another script, with the methods of subprocess.Popen.

    Its output goes to files: a process that writes much never waits for a reader.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        script: Path = SCRIPT,
        directory: Path = ROOT,
    ) -> None:
        self.arguments = list(arguments)
        self.returncode: int | None = None
        self.files = ExitStack()
        self.output = temporary_file(self.files)
        self.errors = temporary_file(self.files)
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.connection.connect(forking_address())
        request = {
            "script": str(script),
            "directory": str(directory),
            "arguments": self.arguments,
            "environment": dict(environment),
        }
        files = [self.output.fileno(), self.errors.fileno()]
        socket.send_fds(self.connection, [json.dumps(request).encode()], files)
        self.pid = int(self.connection.recv(64))

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        try:
            return self.wait(0.0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it ended. Raises TimeoutExpired."""
        if self.returncode is None:
            self.connection.settimeout(timeout)
            try:
                self.returncode = int(self.connection.recv(64))
            except (BlockingIOError, TimeoutError):
                raise subprocess.TimeoutExpired(self.arguments, timeout or 0.0) from None
            self.connection.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Return what it wrote to standard output and standard error, once it ended."""
        self.wait(timeout)
        written = []
        for file in (self.output, self.errors):
            file.seek(0)
            written.append(file.read().decode("utf-8"))
        return written[0], written[1]

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Close the files of its output."""
        self.files.close()


@contextmanager
def running(
    environment: Mapping[str, str], *arguments: str, checkout: Path = ROOT
) -> Iterator[Process]:
    """Run a command of a checkout, or the service without one.

    It is killed at the end if it still runs.
    """
    process = Process(arguments, environment, checkout / SCRIPT.name, checkout)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.close()


def finished(
    arguments: Sequence[str], environment: Mapping[str, str], checkout: Path = ROOT
) -> tuple[int, str, str]:
    """Run a command of a checkout to its end: exit code, standard output, standard error."""
    with running(environment, *arguments, checkout=checkout) as process:
        out, err = process.communicate(timeout=PATIENCE_SECONDS * 2)
        return process.wait(), out, err


def log_text(directory: Path, name: str = "cdc_service.log") -> str:
    path = directory / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def asking_for_settings(aws: socket.socket) -> dict[str, str]:
    """Return the variables of a service that asks AWS, which listens there, for its settings."""
    return {
        "PATH": os.environ["PATH"],
        "SSM_PATH": "/app/prod",
        "SSM_TIMEOUT_SECONDS": "20",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws.getsockname()[1]}",
    }
