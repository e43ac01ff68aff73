"""How soon a change that an application commits is an event on the bus."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import oracledb

from bench.changes import INSERT, UPDATE, make_user
from bench.changestage import AWS_MS, ChangeStage, open_change_stage
from bench.figure import Bench, Figure, percentile
from bench.processes import ROOT
from oracle_cdc.demo.changes.cloud import BUS
from standins.oracle import DBA, DBA_PASSWORD

CHANGES_A_SECOND, USERS = 100, 1000
TARGET_SECONDS, PERCENT = 1.0, 95
#: What both pipelines have to start in, and the last changes to arrive in.
START_SECONDS, ARRIVE_SECONDS = 60.0, 30.0
#: Between two looks at the bus.
LOOK_SECONDS = 0.02
FIRST = "first"
END_SECONDS = 15.0


def measure(bench: Bench) -> list[Figure]:
    """Let an application write while shipper and processor run as processes of their own."""
    with open_change_stage(bench.directory) as stage:
        waits = write_and_watch(stage, bench.sizes.written_seconds)
    wait = percentile(waits, PERCENT)
    middle, most = percentile(waits, 50), max(waits)
    return [
        Figure(
            "latency",
            f"commit to bus, p{PERCENT} of {len(waits):,} changes at {CHANGES_A_SECOND} a second, "
            f"{AWS_MS:g} ms to AWS and back",
            "both pipelines at their defaults, as processes of their own",
            f"< {TARGET_SECONDS:g} s",
            f"{wait:.2f} s (half of them {middle:.2f} s, the last {most:.2f} s)",
            wait < TARGET_SECONDS,
            {f"p{PERCENT}_seconds": wait, "p50_seconds": middle, "max_seconds": most},
        )
    ]


def write_and_watch(stage: ChangeStage, seconds: float) -> list[float]:
    """Return how long each change took. Raises AssertionError for one that never came."""
    writer = Writer(stage.dsn)
    writer.insert_users()
    watch = Watch(stage)
    with ExitStack() as opened:
        for pipeline in ("changes", "processor"):
            opened.enter_context(running(stage, pipeline))
        writer.change(FIRST)
        watch.until(lambda: FIRST in watch.seen, START_SECONDS)
        thread = threading.Thread(target=writer.write, args=(seconds,))
        thread.start()
        watch.until(lambda: not thread.is_alive(), seconds + ARRIVE_SECONDS)
        thread.join()
        watch.until(lambda: len(watch.seen) >= len(writer.committed), ARRIVE_SECONDS)
    waits = []
    for name, at in writer.committed.items():
        if name != FIRST:
            assert name in watch.seen, f"{name} of {len(writer.committed)} never came"
            waits.append(watch.seen[name] - at)
    return waits


@contextmanager
def running(stage: ChangeStage, pipeline: str) -> Iterator[None]:
    """Run the service with one pipeline until the block ends, bound to no core."""
    with (stage.directory / f"{pipeline}.stderr").open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "cdc_service.py", "run"],
            cwd=ROOT,
            env=stage.environment(PIPELINES=pipeline),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(END_SECONDS)


class Writer:
    """The application. committed: by a name, the host's clock just before its commit."""

    def __init__(self, dsn: str) -> None:
        self.connection = oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=dsn)
        self.ids = [make_user(number, 0)[0] for number in range(USERS)]
        self.committed: dict[str, float] = {}
        self.count = 0

    def insert_users(self) -> None:
        """Make the rows that are changed. That is a change of each, too."""
        with self.connection.cursor() as cursor:
            cursor.executemany(INSERT, [make_user(number, 0) for number in range(USERS)])
        self.connection.commit()

    def write(self, seconds: float) -> None:
        """Change one row after another for these seconds."""
        began_at = time.monotonic()
        for number in range(int(seconds * CHANGES_A_SECOND)):
            due_at = began_at + number / CHANGES_A_SECOND
            time.sleep(max(0.0, due_at - time.monotonic()))
            self.change(f"change {number}")

    def change(self, name: str) -> None:
        """Change the name of the next row, and commit."""
        with self.connection.cursor() as cursor:
            cursor.execute(UPDATE, (name, self.ids[self.count % USERS]))
        self.count += 1
        self.committed[name] = time.monotonic()
        self.connection.commit()


class Watch:
    """Looks at the bus again and again. seen: by a name, when its event was first seen."""

    def __init__(self, stage: ChangeStage) -> None:
        self.pages = stage.pages
        self.after = 0
        self.seen: dict[str, float] = {}

    def until(self, is_over: Any, seconds: float) -> None:
        """Look until something is over, or these seconds are."""
        end = time.monotonic() + seconds
        while not is_over() and time.monotonic() < end:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Note the events that are new."""
        answer = self.pages.get("events", bus=BUS, after=self.after)
        now = time.monotonic()
        self.after = answer["after"]
        for event in answer["events"]:
            if event["detail"]["operation"] == "UPDATE":
                self.seen.setdefault(event["detail"]["after"]["name"], now)
