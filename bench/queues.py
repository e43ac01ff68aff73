"""The queues of the benchmark: a counting SQS server in a process of its own.

Lines on its input say what it is to do.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from awslite.treatment import Request
from standins.queueserver import Queues, serve_queues
from standins.queuetreatment import Treatment

READY = "queues listening on "
#: SQS bills a request by this number of bytes, or part of it.
BILLED_BYTES = 65_536

Answer = dict[str, Any]


class Counting:
    """The queues, the requests by action, and a delay on each."""

    def __init__(self, queues: Queues, latency_seconds: float) -> None:
        self.queues = queues
        self.requests: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.treatment = Treatment(delay_seconds=latency_seconds)
        queues.treat = self.treat

    def treat(self, request: Request) -> Treatment:
        with self.lock:
            self.requests[request.action] += 1
        return self.treatment

    def counts(self) -> Answer:
        """Count requests by action, and what the sent messages weigh.

        Each request's bytes are those of its messages.
        """
        sizes: Counter[str] = Counter()
        for taken in self.queues.accepted:
            sizes[taken.request_id] += len(str(taken.entry["MessageBody"]).encode())
        billed = sum(-(-size // BILLED_BYTES) for size in sizes.values())
        return {
            "requests": dict(self.requests),
            "messages": len(self.queues.accepted),
            "billed": billed,
        }

    def reset(self) -> Answer:
        """Empty all queues and begin to count anew."""
        for queue in self.queues.queues.values():
            with queue.changed:
                queue.messages.clear()
        self.queues.accepted.clear()
        self.requests.clear()
        return {}

    def dump(self, path: str) -> Answer:
        """Write the accepted messages, each as the entry that it came as."""
        with Path(path).open("w", encoding="utf-8") as file:
            for taken in self.queues.accepted:
                file.write(json.dumps(taken.entry) + "\n")
        return {"messages": len(self.queues.accepted)}

    def times(self) -> Answer:
        """Return when each conversation was asked to be taken, by the host's clock."""
        times = []
        for taken in self.queues.accepted:
            call_id = taken.entry.get("MessageAttributes", {}).get("callId")
            if call_id:
                times.append([call_id["StringValue"], taken.at])
        return {"times": times}

    def fill(self, name: str, path: str) -> Answer:
        """Put a message into a queue for each line of a file."""
        queue = self.queues.queues[name]
        with Path(path).open(encoding="utf-8") as file, queue.changed:
            for line in file:
                queue.send({"MessageBody": line.rstrip("\n")})
            queue.changed.notify_all()
        return {"messages": len(queue.messages)}


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.queues", description="An SQS server that counts."
    )
    parser.add_argument(
        "--latency-ms", type=float, default=0.0, help="added to each request (default 0)"
    )
    options = parser.parse_args()
    with serve_queues() as queues:
        counting = Counting(queues, options.latency_ms / 1000)
        print(READY + queues.url, flush=True)  # noqa: T201 - its starter waits for it
        answer_lines(counting)


def answer_lines(counting: Counting) -> None:
    """Read one JSON object a line, {"do": NAME, ...}, and answer with one, until the input ends."""
    actions: dict[str, Callable[..., Answer]] = {
        "counts": counting.counts,
        "reset": counting.reset,
        "dump": counting.dump,
        "times": counting.times,
        "fill": counting.fill,
    }
    for line in sys.stdin:
        request = json.loads(line)
        answer = actions[request.pop("do")](**request)
        print(json.dumps(answer), flush=True)  # noqa: T201 - its starter reads it


if __name__ == "__main__":
    main()
