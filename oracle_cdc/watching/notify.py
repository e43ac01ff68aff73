"""Notifies systemd that the service is ready, how it is, and that its loops get on.

Without NOTIFY_SOCKET, and where there are no such sockets, nothing is sent. The protocol stands in
sd_notify(3).
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping

logger = logging.getLogger(__name__)

#: How often STATUS is sent again, if it has changed, and WATCHDOG at least.
BEAT_SECONDS = 5.0
#: How long the end of the process waits at most for the last notice.
GOODBYE_SECONDS = 1.0
MICROSECONDS = 1_000_000


class Notifier:
    """Sends to the service manager. What can't be sent is no trouble of the service's.

    Parameters:
        address: NOTIFY_SOCKET. A leading @ is an abstract one. Empty: nothing is sent.
        watchdog_seconds: WATCHDOG_USEC, or 0 when nobody watches.
    """

    def __init__(self, address: str = "", watchdog_seconds: float = 0.0) -> None:
        self.address = address
        self.watchdog_seconds = watchdog_seconds

    def send(self, *lines: str) -> None:
        """Send lines of NAME=value as one datagram."""
        if not self.address or not hasattr(socket, "AF_UNIX"):
            return
        path = self.address
        if path.startswith("@"):
            path = "\0" + path[1:]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.connect(path)
                sender.setblocking(False)
                sender.send("\n".join(lines).encode())
        except OSError as error:
            logger.debug("the service manager was not told: %s", type(error).__name__)

    def reloading(self, reload: Callable[[], None]) -> None:
        """Notify the service manager around what SIGHUP asks for."""
        self.send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            reload()
        finally:
            self.send("READY=1")


def make_notifier(environment: Mapping[str, str]) -> Notifier:
    """Make a notifier as the service manager's variables say."""
    return Notifier(environment.get("NOTIFY_SOCKET", ""), read_watchdog_seconds(environment))


def read_watchdog_seconds(environment: Mapping[str, str]) -> float:
    """Return how often the service manager wants a sign, or 0 when it wants none.

    WATCHDOG_PID may mean another process than this one.
    """
    microseconds = environment.get("WATCHDOG_USEC", "")
    own_pid = str(os.getpid())
    if not microseconds.isdigit() or environment.get("WATCHDOG_PID", own_pid) != own_pid:
        return 0.0
    return int(microseconds) / MICROSECONDS


class Beat:
    """A thread that notifies the service manager.

    It sends READY once the loops run, STATUS when it changes, WATCHDOG while the loops get on, and
    STOPPING at the stop event.
    """

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
        self.is_ready_sent = False
        self.status = ""
        self.thread = threading.Thread(target=self.run, name="beat", daemon=True)

    def __enter__(self) -> Beat:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.finish()

    def start(self) -> None:
        if self.notifier.address:
            self.thread.start()

    def finish(self) -> None:
        """Wait until it has said that the service stops, which may end before it has its turn."""
        if self.stop.is_set() and self.thread.is_alive():
            self.thread.join(GOODBYE_SECONDS)

    def run(self) -> None:
        while True:
            self.notify()
            if self.stop.wait(self.pause_seconds()):
                self.notifier.send("STOPPING=1", "STATUS=stopping: what is in flight is finished")
                return

    def pause_seconds(self) -> float:
        """Return how long to wait for the next beat."""
        if not self.is_ready_sent:
            return 0.05
        watchdog_seconds = self.notifier.watchdog_seconds
        if not watchdog_seconds:
            return BEAT_SECONDS
        return min(watchdog_seconds / 2, BEAT_SECONDS)

    def notify(self) -> None:
        """Send what is new, and the sign of life."""
        lines = []
        if not self.is_ready_sent and self.has_begun():
            self.is_ready_sent = True
            lines.append("READY=1")
        status = self.summary()
        if status != self.status:
            self.status = status
            lines.append(f"STATUS={status}")
        if self.notifier.watchdog_seconds and self.is_alive():
            lines.append("WATCHDOG=1")
        if lines:
            self.notifier.send(*lines)
