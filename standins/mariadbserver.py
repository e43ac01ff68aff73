"""A real mariadbd on a free port of the loopback, which can be stopped, killed and frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oracle_cdc.demo.events.mariadbserver import PROGRAM, READY, MariaDb

__all__ = ["PROGRAM", "MariaDbServer", "serving"]

READY_SECONDS = 60.0
POLL_SECONDS = 0.01
#: What a killed process wrote is in the system's hands.
WITHOUT_SYNC = ("--loose-innodb-flush-method=nosync", "--loose-debug-no-sync")


class MariaDbServer(MariaDb):
    """A server as a process.

    Parameters:
        is_durable: whether what it committed outlives a loss of power, and not only the process.
    """

    process: subprocess.Popen[bytes] | None = None
    options: tuple[str, ...] = ()

    def __init__(self, directory: Path, *, is_durable: bool = True) -> None:
        self.is_durable = is_durable
        super().__init__(directory)

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    def command(self, *options: str) -> list[str]:
        """Return what runs the program on the data."""
        if not self.is_durable:
            options = (*WITHOUT_SYNC, *options)
        return super().command(*options)

    def start(self, *options: str) -> None:
        """Start the server, and wait until it is ready."""
        self.options = options
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.serving_command(*options), stdout=log, stderr=log)
        end = time.monotonic() + READY_SECONDS
        while READY.encode() not in self.log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"mariadbd: {self.log.read_text()[-2000:]}")
            time.sleep(POLL_SECONDS)

    def restart(self, *options: str) -> None:
        """Stop the server in order, and start it with other options."""
        self.stop()
        self.start(*options)

    def restore(self) -> None:
        """Let it run as it did at first, whatever was done to it."""
        if self.process is not None:
            self.thaw()
        if self.process is None or self.process.poll() is not None or self.options:
            self.restart()

    def stop(self) -> None:
        """Stop the server in order, if it runs."""
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server at once, if it runs."""
        self.end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it answer nothing, and accept connections all the same."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(number)
        self.process.wait()
        self.process = None

    def close(self) -> None:
        """End it for good."""
        self.kill()
        super().close()


@contextmanager
def serving(directory: Path, *options: str, is_durable: bool = True) -> Iterator[MariaDbServer]:
    """Serve until the block ends."""
    server = MariaDbServer(directory, is_durable=is_durable)
    try:
        server.start(*options)
        yield server
    finally:
        server.close()
