"""What systemd is told (sd_notify): that the service is ready, how it is, and that its loops get on.

Without NOTIFY_SOCKET, and where there are no such sockets, nothing is sent. The protocol stands in sd_notify(3).
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping

logger = logging.getLogger(__name__)

#: STATUS is told again this often, if it has changed; WATCHDOG at least.
BEAT_SECONDS = 5.0
MICROSECONDS = 1_000_000


class Notifier:
    """Sends to the service manager; what can't be sent is no trouble of the service's.

    Parameters:
        address: NOTIFY_SOCKET; a leading @ is an abstract one. Empty: nothing is sent.
        watchdog_seconds: WATCHDOG_USEC; 0 when nobody watches.
    """

    def __init__(self, address: str = "", watchdog_seconds: float = 0.0) -> None:
        self.address = address
        self.watchdog_seconds = watchdog_seconds

    def send(self, *lines: str) -> None:
        if not self.address or not hasattr(socket, "AF_UNIX"):
            return
        path = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.connect(path)
                sender.setblocking(False)
                sender.send("\n".join(lines).encode())
        except OSError as error:
            logger.debug("the service manager was not told: %s", type(error).__name__)

    def reloading(self, reload: Callable[[], None]) -> None:
        """Stands around what SIGHUP asks for."""
        self.send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            reload()
        finally:
            self.send("READY=1")


def make_notifier(environment: Mapping[str, str]) -> Notifier:
    """As the service manager's variables say; WATCHDOG_PID may mean another process than this one."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    is_for_us = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    watchdog_seconds = (
        int(microseconds) / MICROSECONDS if microseconds.isdigit() and is_for_us else 0.0
    )
    return Notifier(environment.get("NOTIFY_SOCKET", ""), watchdog_seconds)


class Beat:
    """A thread that tells READY once the loops run, STATUS when it changes, WATCHDOG while the loops get on, and
    STOPPING at the stop event."""

    def __init__(
        self,
        notifier: Notifier,
        *,
        has_begun: Callable[[], bool],
        is_alive: Callable[[], bool],
        summary: Callable[[], str],
        stop: threading.Event,
    ) -> None:
        self.notifier = notifier
        self.has_begun = has_begun
        self.is_alive = is_alive
        self.summary = summary
        self.stop = stop
        self.is_ready_told = False
        self.status = ""
        self.thread = threading.Thread(target=self.run, name="beat", daemon=True)

    def start(self) -> None:
        if self.notifier.address:
            self.thread.start()

    def run(self) -> None:
        while True:
            self.tell()
            if self.stop.wait(self.pause_seconds()):
                self.notifier.send("STOPPING=1", "STATUS=stopping: what is in flight is finished")
                return

    def pause_seconds(self) -> float:
        if not self.is_ready_told:
            return 0.05
        watchdog_seconds = self.notifier.watchdog_seconds
        return min(watchdog_seconds / 2, BEAT_SECONDS) if watchdog_seconds else BEAT_SECONDS

    def tell(self) -> None:
        lines = []
        if not self.is_ready_told and self.has_begun():
            self.is_ready_told = True
            lines.append("READY=1")
        if (status := self.summary()) != self.status:
            self.status = status
            lines.append(f"STATUS={status}")
        if self.notifier.watchdog_seconds and self.is_alive():
            lines.append("WATCHDOG=1")
        if lines:
            self.notifier.send(*lines)
