"""Hears what the service asks for at one of its points: that something goes wrong right now."""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path

from tests.chaos.events.disturbing import Disturbance
from tests.chaos.events.plan import Act

#: How long what a point asks for lasts: longer than an answer is waited for.
SECONDS = 1.2
#: Until it has begun.
BEGUN_SECONDS = 0.15


class Ears:
    """Listens on a socket in the file system."""

    def __init__(self, path: Path, disturbance: Disturbance) -> None:
        self.disturbance = disturbance
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(8)
        self.thread = threading.Thread(target=self.run, name="ears", daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.obey(connection)

    def obey(self, connection: socket.socket) -> None:
        """Begin what is asked for, and let the service go on."""
        try:
            asked = json.loads(connection.recv(65536))
            self.disturbance.begin(Act(0.0, asked["what"], seconds=SECONDS), time.monotonic())
            time.sleep(BEGUN_SECONDS)
            connection.sendall(b".")
        except (OSError, ValueError, LookupError):
            return

    def close(self) -> None:
        # close() alone would leave accept() waiting.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)
