"""A socket in the file system by which the service asks, and waits until it is answered."""

from __future__ import annotations

import socket
import threading
from abc import ABC, abstractmethod
from pathlib import Path


class Listener(ABC):
    """Takes one connection after the other."""

    def __init__(self, path: Path, name: str) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(8)
        self.thread = threading.Thread(target=self.run, name=name, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.answer(connection)

    @abstractmethod
    def answer(self, connection: socket.socket) -> None:
        """Do what is asked for, and let the service go on."""

    def close(self) -> None:
        # close() alone would leave accept() waiting.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)
