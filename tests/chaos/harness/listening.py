"""A socket in the file system by which the service asks, and waits until it is answered."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

#: Deals with what is asked, if it is meant.
Answer = Callable[[Mapping[str, Any]], None]


class Listener:
    """Takes one connection after the other, and lets the service go on when all have answered."""

    def __init__(self, path: Path) -> None:
        self.answers: list[Answer] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(8)
        self.thread = threading.Thread(target=self.run, name="listener", daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.hear(connection)

    def hear(self, connection: socket.socket) -> None:
        """Have one question answered. A process that was killed meanwhile does not wait for it."""
        try:
            asked = json.loads(connection.recv(65536))
            for answer in self.answers:
                answer(asked)
            connection.sendall(b".")
        except (OSError, ValueError):
            return

    def close(self) -> None:
        # close() alone would leave accept() waiting.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)
