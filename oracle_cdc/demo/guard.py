"""Ends the demo's child processes when the demo was killed: `python -m oracle_cdc.demo.guard`.

Its stdin says `watch PID` and `forget PID`, line by line. The end of that, whatever caused it, is
the end of the demo.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable

#: After this much time a child that does not end is killed.
PATIENCE_SECONDS = 3.0
_LOOK_SECONDS = 0.05
#: Windows knows no SIGKILL; its SIGTERM kills.
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def main() -> int:
    """Read what to watch until the demo ends, and end what it left."""
    # Whoever ends the whole group means the demo; this process is there for afterwards.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    watched: set[int] = set()
    for line in sys.stdin:
        word, _, pid = line.partition(" ")
        if word == "watch":
            watched.add(int(pid))
        else:
            watched.discard(int(pid))
    end(watched)
    return 0


def end(pids: Iterable[int]) -> None:
    """Ask processes to end, and kill those that do not."""
    left = {pid for pid in pids if send_signal(pid, signal.SIGTERM)}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
        left = {pid for pid in left if is_alive(pid)}
    for pid in left:
        send_signal(pid, _KILL)


def is_alive(pid: int) -> bool:
    return send_signal(pid, 0)


def send_signal(pid: int, number: int) -> bool:
    """Send a signal, and return whether there is such a process still."""
    try:
        os.kill(pid, number)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
