"""A consumer of the bus as a process of its own, which has the rows that Oracle has.

`python -m oracle_cdc.demo.changes.consumer --url URL --bus NAME --received FILE --rows FILE`
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from oracle_cdc.demo.changes.cloud import CloudPages, row_changes
from oracle_cdc.demo.changes.latest_rows import LatestRows

READY = "consuming "
POLL_SECONDS = 0.2


class Consumer:
    """Writes down what comes, and what it knows of the rows.

    Parameters:
        received: takes a line for each delivery: the id of the event, and whether it was new.
        rows: takes the rows as they are, whenever nothing more comes for the moment.
    """

    def __init__(self, pages: CloudPages, bus: str, received: Path, rows: Path) -> None:
        self.pages = pages
        self.bus = bus
        self.received = received
        self.rows = rows
        self.latest = LatestRows()
        self.after = 0

    def run(self, stop: threading.Event) -> None:
        """Receive until somebody says stop, and also what is there by then."""
        pause_seconds = POLL_SECONDS
        self.write_rows()
        while not stop.wait(pause_seconds):
            began_at, has_new = monotonic(), False
            while self.take():
                has_new = True
            if has_new:
                self.write_rows()
            # So that many rows, which take long to write, are not written all the time.
            pause_seconds = max(POLL_SECONDS, monotonic() - began_at)

    def take(self) -> bool:
        """Take a page of deliveries, and return whether there may be more. An outage passes."""
        try:
            page, after = self.pages.read_deliveries(self.bus, self.after)
        except OSError:
            return False
        if not page:
            return False
        with self.received.open("a", encoding="utf-8") as lines:
            for detail in row_changes(page):
                is_new = self.latest.apply(detail)
                line = {"eventId": detail["metadata"]["eventId"], "isNew": is_new}
                lines.write(f"{json.dumps(line)}\n")
        self.after = after
        return True

    def write_rows(self) -> None:
        """Write the rows as a whole, so that no reader sees half of them."""
        draft = self.rows.with_suffix(".draft")
        draft.write_text(json.dumps(self.latest.rows, ensure_ascii=False), encoding="utf-8")
        draft.replace(self.rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--bus", required=True)
    parser.add_argument("--received", required=True, type=Path)
    parser.add_argument("--rows", required=True, type=Path)
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    consumer = Consumer(CloudPages(options.url), options.bus, options.received, options.rows)
    sys.stdout.write(f"{READY}{options.bus}\n")
    sys.stdout.flush()
    consumer.run(stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
