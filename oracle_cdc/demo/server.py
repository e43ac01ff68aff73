"""A server as a child of a demo."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence

from oracle_cdc.demo.children import Child, Children


class Server:
    """A server that can be killed, and started again on the same data.

    Parameters:
        command: what starts it.
        ready: what it writes to standard error once it can be used.
    """

    def __init__(
        self, children: Children, name: str, command: Callable[[], Sequence[str]], ready: str
    ) -> None:
        self.children = children
        self.name = name
        self.command = command
        self.ready = ready
        self.process: Child | None = None

    def start(self) -> None:
        self.process = self.children.start(self.name, self.command())

    def await_ready(self) -> None:
        """Wait until it can be used."""
        assert self.process is not None
        self.children.await_match(self.process, self.process.errors, f"({self.ready})")

    def reload(self) -> None:
        """Have it read its settings again while it runs."""
        assert self.process is not None
        self.process.process.send_signal(signal.SIGHUP)

    def go_away(self) -> None:
        """End it at once, with whatever it was doing."""
        assert self.process is not None
        self.children.kill(self.process)

    def come_back(self) -> None:
        """Start it again, and wait until it can be used."""
        self.start()
        self.await_ready()
