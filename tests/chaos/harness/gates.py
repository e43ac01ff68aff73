"""The points of a service's process at which it is killed or frozen, as its orders say.

Or something goes wrong around it: whoever listens is asked for that.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

#: What an order does to the process that carries it out.
SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}


class Gates:
    """The named points of a service's process.

    Parameters:
        audit: a socket in the file system, whose listener sees what stands still meanwhile.
    """

    def __init__(self, orders: list[dict[str, Any]], trace: str, audit: str) -> None:
        self.orders = orders
        self.trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.audit = audit
        self.hits: dict[str, int] = {}

    def write(self, **fields: object) -> None:
        """Write one line at once, which a kill must not lose."""
        os.write(self.trace, (json.dumps({"at": time.time(), **fields}) + "\n").encode())

    def pass_through(self, point: str) -> None:
        self.hits[point] = self.hits.get(point, 0) + 1
        for order in self.orders:
            if order["point"] == point and order["nth"] == self.hits[point]:
                self.obey(order["what"], point)

    def obey(self, what: str, point: str) -> None:
        """Do to itself what an order says, or ask for what goes wrong around it."""
        self.write(event=what, point=point)
        if what in SIGNALS:
            os.kill(os.getpid(), SIGNALS[what])
        else:
            self.ask(what=what)

    def call(self, name: str, work: Callable[[], Any]) -> Any:
        self.pass_through(f"before {name}")
        try:
            return work()
        finally:
            self.pass_through(f"after {name}")

    def ask(self, **fields: object) -> None:
        """Ask the listener for something, and wait until it has dealt with it."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(self.audit)
                connection.sendall((json.dumps(fields) + "\n").encode())
                connection.recv(1)
        except OSError:
            return
