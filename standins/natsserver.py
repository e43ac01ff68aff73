"""Real nats-servers on free ports of the loopback, which can be stopped, killed and frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from oracle_cdc.demo.events.natsserver import READY, Nats
from oracle_cdc.demo.ports import free_port

RELOADED = b"Reloaded server configuration"
READY_SECONDS = 30.0
POLL_SECONDS = 0.01


class NatsServer(Nats):
    """A server as a process."""

    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    def start(self) -> None:
        """Start the server, and wait until it is ready."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        self.wait_for(READY.encode(), 1)

    def reload(self, settings: str) -> None:
        """Give it other settings while it runs. Who may not come in any more is sent away."""
        times = self.log.read_bytes().count(RELOADED)
        self.write_settings(settings)
        self.signal(signal.SIGHUP)
        self.wait_for(RELOADED, times + 1)

    def wait_for(self, line: bytes, times: int) -> None:
        """Wait until the server has logged something a number of times."""
        end = time.monotonic() + READY_SECONDS
        while self.log.read_bytes().count(line) < times:
            has_ended = self.process is None or self.process.poll() is not None
            if has_ended or time.monotonic() > end:
                raise RuntimeError(f"nats-server: {self.log.read_text()[-2000:]}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop the server in order, if it runs."""
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server at once, if it runs."""
        self.end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it answer nothing, and accept connections all the same."""
        assert self.process is not None
        self.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def thaw(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)

    def end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(number)
        self.process.wait()
        self.process = None


@contextmanager
def serving(
    directory: Path, settings: str = "", *, has_jetstream: bool = True
) -> Iterator[NatsServer]:
    """Serve until the block ends."""
    server = NatsServer(directory, settings, has_jetstream=has_jetstream)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def serving_cluster(directory: Path, size: int = 3) -> Iterator[list[NatsServer]]:
    """Serve a cluster until the block ends. Its leader is not elected yet when the block begins."""
    ports = []
    for _ in range(size):
        ports.append(free_port())
    routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ports)
    with ExitStack() as stack:
        servers = []
        for number, port in enumerate(ports, 1):
            name = f"server{number}"
            settings = (
                f'cluster {{ name: "three", listen: "127.0.0.1:{port}", routes: [{routes}] }}'
            )
            servers.append(NatsServer(directory / name, settings))
            stack.callback(servers[-1].kill)
        for server in servers:
            server.start()
        yield servers
