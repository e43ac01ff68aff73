"""Hears what the service asks for at one of its points: that something goes wrong right now."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

from tests.chaos.events.disturbing import Disturbance
from tests.chaos.harness.listening import Listener
from tests.chaos.plans.acts import Act

#: How long what a point asks for lasts: longer than an answer is waited for.
SECONDS = 1.2
#: Until it has begun.
BEGUN_SECONDS = 0.15


class Ears(Listener):
    """Begins what a point of the service asks for."""

    def __init__(self, path: Path, disturbance: Disturbance) -> None:
        self.disturbance = disturbance
        super().__init__(path, "ears")

    def answer(self, connection: socket.socket) -> None:
        """Begin what is asked for, and let the service go on."""
        try:
            asked = json.loads(connection.recv(65536))
            self.disturbance.begin(Act(0.0, asked["what"], seconds=SECONDS), time.monotonic())
            time.sleep(BEGUN_SECONDS)
            connection.sendall(b".")
        except (OSError, ValueError, LookupError):
            return
