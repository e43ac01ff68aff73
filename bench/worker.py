"""The process that is measured: prepares a job, says `ready`, does it when told, and says in JSON what it took."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.ways import bare, percall, profiled, service

#: Each prepares its job, with what comes before the clock starts, and returns it; a job returns how much it did.
WAYS: dict[str, Callable[..., Callable[[], int]]] = {
    "service-drain": service.prepare_drain,
    "service-cycles": service.prepare_cycles,
    "service-results": service.prepare_results,
    "profiled-drain": profiled.prepare_profile,
    "bare-fetch": bare.prepare_fetch,
    "bare-send": bare.prepare_send,
    "bare-store": bare.prepare_store,
    "per-call": percall.prepare,
}


def main(arguments: list[str]) -> None:
    job = WAYS[arguments[0]](*arguments[1:])
    say("ready")
    sys.stdin.readline()
    started, cpu_started = time.perf_counter(), time.process_time()
    count = job()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    answer = {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_bytes": read_peak(),
        "count": count,
    }
    say(json.dumps({**answer, "at_end": time.time()}))


def read_peak() -> int:
    """The most memory that this process ever held. (ru_maxrss would count its parent's too.)"""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = (line.split()[1] for line in text.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) * 1024


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - its starter reads it


if __name__ == "__main__":
    main(sys.argv[1:])
