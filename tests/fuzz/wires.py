"""Connections without a network: what arrives is given, and what is answered is kept or dropped."""

from __future__ import annotations

import io
import os


class Wire:
    """A socket on which some bytes arrive, and then the client has hung up.

    While a statement runs nobody seems to have hung up.
    """

    def __init__(self, arriving: bytes) -> None:
        self.arriving = io.BytesIO(arriving)
        self.sent = 0
        self._quiet, self._open = os.pipe()

    def recv(self, count: int) -> bytes:
        return self.arriving.read(count)

    def sendall(self, content: bytes) -> None:
        self.sent += len(content)

    def makefile(self, mode: str, buffering: int = -1) -> io.BytesIO:
        return self.arriving

    def fileno(self) -> int:
        return self._quiet

    def settimeout(self, seconds: float | None) -> None:
        """Take a deadline, which never comes."""

    def setsockopt(self, *_: object) -> None:
        """Take an option."""

    def shutdown(self, how: int) -> None:
        """Take that no more is sent."""

    def close(self) -> None:
        if self._quiet >= 0:
            os.close(self._quiet)
            os.close(self._open)
            self._quiet = -1
