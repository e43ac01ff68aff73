"""What the process of the service uses in a long run, and whether that grows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Protocol

from tests.chaos.harness.copies import Copies
from tests.chaos.harness.processes import Processes
from tests.chaos.rounds.campaign import Say

SECONDS_BETWEEN_LOOKS = 5.0
#: Looks from one line to the next.
LOOKS_PER_LINE = 12
#: Mean memory of the last third over that of the second.
LARGEST_GROWTH = 1.05
WARM_SECONDS = 300.0


@dataclass(frozen=True)
class Usage:
    """What the process of the service used at a moment of the run."""

    seconds: float
    resident_bytes: int
    threads: int
    sockets: int


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


def measure(pid: int, seconds: float) -> Usage | None:
    """Return what /proc says of a process, or None when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        links = [link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in status.splitlines())
    sockets = sum(str(link).startswith("socket:") for link in links)
    return Usage(seconds, int(fields["VmRSS"].split()[0]) * 1024, int(fields["Threads"]), sockets)


def growth(usages: Sequence[Usage], seconds: float) -> Iterator[str]:
    """Find what grew: memory by thirds of the run, threads and sockets since they were warm."""
    thirds: list[list[Usage]] = [[], [], []]
    for usage in usages:
        third = int(3 * usage.seconds / seconds)
        if third < len(thirds):
            thirds[third].append(usage)
    if not all(thirds):
        yield "the run was too short to show growth"
        return
    second, last = mean_memory(thirds[1]), mean_memory(thirds[2])
    if last > second * LARGEST_GROWTH:
        yield f"memory grew from {second / 2**20:.1f} MiB to {last / 2**20:.1f} MiB"
    warm = [usage for usage in usages if usage.seconds <= max(WARM_SECONDS, seconds / 3)]
    yield from growth_of("threads", lambda usage: usage.threads, warm, thirds[2])
    yield from growth_of("sockets", lambda usage: usage.sockets, warm, thirds[2])


def mean_memory(usages: Sequence[Usage]) -> float:
    return mean(usage.resident_bytes for usage in usages)


def growth_of(
    name: str,
    count: Callable[[Usage], int],
    warm: Sequence[Usage],
    last: Sequence[Usage],
) -> Iterator[str]:
    """Find that there are more of a thing in the last third than there ever were while warm."""
    before = max(map(count, warm))
    after = median(map(count, last))
    if after > before:
        yield f"{name} grew from {before} to {after:g}"
