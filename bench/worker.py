"""The process that is measured: prepares a job, says `ready`, waits for a line, and does the job.

Then it says in JSON what the job took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.ways import (
    bare,
    changeloops,
    changes,
    eventloops,
    events,
    extraction,
    percall,
    profiled,
    service,
)

#: Each prepares its job, with what comes before the clock starts, and returns it. A job returns how
#: much it did.
WAYS: dict[str, Callable[..., Callable[[], int]]] = {
    "service-drain": service.prepare_drain,
    "service-cycles": service.prepare_cycles,
    "service-results": service.prepare_results,
    "profiled-drain": profiled.prepare_profile,
    "bare-fetch": bare.prepare_fetch,
    "bare-send": bare.prepare_send,
    "bare-store": bare.prepare_store,
    "per-call": percall.prepare,
    "bare-table": extraction.prepare_table,
    "extract": extraction.prepare_extract,
    "events-relay": events.prepare_drain,
    "events-cycles": events.prepare_cycles,
    "events-polls": events.prepare_polls,
    "events-fetch": eventloops.prepare_fetch,
    "events-publish": eventloops.prepare_publish,
    "events-original": eventloops.prepare_original,
    "events-one-by-one": eventloops.prepare_one_by_one,
    "changes-ship": changes.prepare_ship,
    "changes-polls": changes.prepare_polls,
    "changes-process": changes.prepare_process,
    "changes-process-polls": changes.prepare_processor_polls,
    "changes-fetch": changeloops.prepare_fetch,
    "changes-put": changeloops.prepare_put,
    "changes-put-single": changeloops.prepare_put_single,
    "changes-get": changeloops.prepare_get,
    "changes-publish": changeloops.prepare_publish,
    "changes-single": changeloops.prepare_single,
}


def main(arguments: list[str]) -> None:
    """Prepare the job, do it after a line on the input, and print what it took."""
    job = WAYS[arguments[0]](*arguments[1:])
    say("ready")
    sys.stdin.readline()
    idle_bytes = read_memory("VmRSS")
    started, cpu_started = time.perf_counter(), time.process_time()
    count = job()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    answer = {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "idle_bytes": idle_bytes,
        "peak_bytes": read_memory("VmHWM"),
        "count": count,
    }
    say(json.dumps({**answer, "at_end": time.time()}))


def read_memory(field: str) -> int:
    """Return this process's memory in bytes: VmRSS now, VmHWM the most that it ever had.

    ru_maxrss would count its parent's too. Raises LookupError where the system does not say.
    """
    text = Path("/proc/self/status").read_text(encoding="ascii")
    for line in text.splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"no {field} in /proc/self/status")


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - its starter reads it


if __name__ == "__main__":
    main(sys.argv[1:])
