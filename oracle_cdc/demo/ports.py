"""Ports that nobody else takes before a server of ours does."""

from __future__ import annotations

import random
import socket

#: Below what systems give to outgoing connections.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """Return a port of the loopback on which nothing listens."""
    while True:
        port = random.randrange(FIRST, LAST)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
