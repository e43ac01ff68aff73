"""`python -m sync_monitor.demo.load`: writes sample rows into Oracle and loads them into the lake.

In the directory of a monitor, whose first table it is. It loads a day every few seconds, and is
there until a signal ends it. DEMO_DSN, DEMO_USER and DEMO_PASSWORD say how its DBA logs in.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import oracledb

from oracle_cdc.cli import Origin, read_origins
from oracle_cdc.programs import load_monitor
from oracle_cdc.running.clock import utc_now
from sync_monitor.demo.nightly_load import days_of, load_day
from sync_monitor.demo.seeding import make_samples, write_table
from sync_monitor.wiring.syncs import table_syncs


def main(arguments: Sequence[str] | None = None) -> int:
    """Load day after day, and wait for SIGTERM or SIGINT."""
    options = make_parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = load_monitor(read_origins(Origin(directory=Path.cwd())))
    (sample, *_) = make_samples(table_syncs(settings), settings.oracle_mock_count, utc_now())
    connection = oracledb.connect(
        user=os.environ["DEMO_USER"],
        password=os.environ["DEMO_PASSWORD"],
        dsn=os.environ["DEMO_DSN"],
    )
    with connection:
        write_table(connection, sample)
        days = days_of(sample)
        say(f"written {sample.count} rows of {len(days)} days")
        for day in days:
            if stop.wait(options.pause):
                return 0
            say(f"loaded {day}: {load_day(connection, sample, day)} rows")
    stop.wait()
    return 0


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync_monitor.demo.load")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds before each day (2)")
    return parser


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
