"""What the process of the service uses in a long run, and whether that grows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from oracle_cdc.demo.usage import Usage, measure
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.processes import Processes
from tests.chaos.rounds.campaign import Say

SECONDS_BETWEEN_LOOKS = 5.0
#: Looks from one line to the next.
LOOKS_PER_LINE = 12


class Running(Protocol):
    """What runs: the copies of the service, each a process."""

    copies: Copies
    processes: Processes


class Meter:
    """Looks at the service's process every few seconds.

    Parameters:
        count: how many messages were sent until now.
    """

    def __init__(self, running: Running, say: Say, count: Callable[[], int]) -> None:
        self.running = running
        self.say = say
        self.count = count
        self.usages: list[Usage] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def close(self) -> None:
        self.stop.set()
        self.thread.join()

    def run(self) -> None:
        began_at = time.monotonic()
        while not self.stop.wait(SECONDS_BETWEEN_LOOKS):
            pid = self.running.processes.pids.get(self.running.copies.process_of("A"))
            if pid is None:
                continue
            usage = measure(pid, time.monotonic() - began_at)
            if usage is None:
                continue
            self.usages.append(usage)
            if len(self.usages) % LOOKS_PER_LINE == 0:
                self.say(describe(usage, self.count()))


def describe(usage: Usage, accepted: int) -> str:
    return (
        f"    {usage.seconds / 60:5.1f} min: {usage.resident_bytes / 2**20:.1f} MiB, "
        f"{usage.threads} threads, {usage.sockets} sockets, {accepted} messages\n"
    )
