"""The SQS server of a demo: what starts it, and what cuts it off for a while."""

from __future__ import annotations

import signal

from oracle_cdc.demo.children import Child, Children, python
from oracle_cdc.demo.endpoint import READY


class QueueServer:
    """The process of `python -m oracle_cdc.demo.queues`, which forgets everything when it ends."""

    def __init__(self, children: Children) -> None:
        self.children = children
        self.endpoint = ""
        self.process: Child | None = None

    def start(self) -> None:
        self.process = self.children.start("queues", python("-m", "oracle_cdc.demo.queues"))

    def await_ready(self) -> None:
        """Wait until it can be asked."""
        assert self.process is not None
        self.endpoint = self.children.await_line(self.process, READY)

    def go_away(self) -> None:
        """Have it cut each connection that asks for something, until it comes back."""
        assert self.process is not None
        self.process.process.send_signal(signal.SIGUSR1)

    def come_back(self) -> None:
        assert self.process is not None
        self.process.process.send_signal(signal.SIGUSR2)
