"""What a process uses in a long run, and whether that grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

#: Mean memory of the last third over that of the second.
LARGEST_GROWTH = 1.05
#: Connections that a pool opens once, when more requests meet than ever before. A leak opens one
#: with each outage, of which there are dozens in an hour.
SPARE = 4
WARM_SECONDS = 300.0


@dataclass(frozen=True)
class Usage:
    """What a process used at a moment of the run. files: that are open, sockets among them."""

    seconds: float
    resident_bytes: int
    threads: int
    sockets: int
    files: int


def measure(pid: int, seconds: float) -> Usage | None:
    """Return what /proc says of a process, or None when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        links = [link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in status.splitlines())
    sockets = sum(str(link).startswith("socket:") for link in links)
    resident_bytes = int(fields["VmRSS"].split()[0]) * 1024
    return Usage(seconds, resident_bytes, int(fields["Threads"]), sockets, len(links))


def growth(usages: Sequence[Usage], seconds: float) -> Iterator[str]:
    """Find what grew: memory by thirds of the run, threads and open files since they were warm.

    Parameters:
        seconds: that the run took.
    """
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
    yield from growth_of("sockets", lambda usage: usage.sockets, warm, thirds[2], SPARE)
    yield from growth_of("open files", lambda usage: usage.files, warm, thirds[2], SPARE)


def mean_memory(usages: Sequence[Usage]) -> float:
    return mean(usage.resident_bytes for usage in usages)


def growth_of(
    name: str,
    count: Callable[[Usage], int],
    warm: Sequence[Usage],
    last: Sequence[Usage],
    spare: int = 0,
) -> Iterator[str]:
    """Find that there are more of a thing in the last third than there ever were while warm.

    Parameters:
        spare: how many more are no growth.
    """
    before = max(map(count, warm))
    after = median(map(count, last))
    if after > before + spare:
        yield f"{name} grew from {before} to {after:g}"
