"""What watches a service from outside: a service manager, its health endpoint, and a database that
can hang."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.acceptance.process import ROOT
from tests.world import DBA, DBA_PASSWORD, SERVICE


class Manager:
    """Plays systemd: what the service sends it, message by message."""

    def __init__(self, name: str) -> None:
        self.address = f"@{name}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name)
        self.messages: list[str] = []
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        while message := self.socket.recv(65536).decode():
            self.messages.append(message)

    def lines(self) -> list[str]:
        return [line for message in list(self.messages) for line in message.splitlines()]

    @property
    def beats(self) -> int:
        return self.lines().count("WATCHDOG=1")

    @property
    def status(self) -> str:
        """Return the last STATUS."""
        return next((line[7:] for line in reversed(self.lines()) if line.startswith("STATUS=")), "")

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", "\0" + self.address[1:])
        self.thread.join()
        self.socket.close()


@contextmanager
def manager(name: str) -> Iterator[Manager]:
    """Make the name this process's own."""
    listening = Manager(f"oracle-cdc-{os.getpid()}-{name}")
    try:
        yield listening
    finally:
        listening.close()


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str) -> tuple[int, Any]:
    """Return status and content of a page of the health endpoint, or 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            status, body = answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            status, body = refusal.code, refusal.read().decode()
    except OSError:
        return 0, ""
    return status, body if path == "/metrics" else json.loads(body)


@dataclass
class HangingServer:
    """The Oracle stand-in as a process of its own, which can be stopped like one that hangs."""

    process: subprocess.Popen[str]
    host: str
    port: int

    @property
    def dsn(self) -> str:
        return f"{self.host}:{self.port}/{SERVICE}"

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def hanging_server() -> Iterator[HangingServer]:
    arguments = ["--port", "0", "--user", DBA, "--service", SERVICE, "--database", ":memory:"]
    process = subprocess.Popen(
        [sys.executable, "-m", "oralite", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "ORALITE_PASSWORD": DBA_PASSWORD},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1].split("/")[0]
        host, _, port = address.rpartition(":")
        yield HangingServer(process, host, int(port))
    finally:
        process.kill()
        process.communicate()
