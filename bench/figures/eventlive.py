"""Rows as writers commit them, some of them late: what is lost, repeated, read, and how soon."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from pathlib import Path

import oracledb

from bench.events import INSERT_NOW, TABLE, make_row
from bench.eventstage import EventStage, open_event_stage
from bench.figure import Bench, Figure, percentile
from standins.oracle import DBA, DBA_PASSWORD

POLL_SECONDS, SETTLE_SECONDS, PATIENCE_SECONDS = 0.5, 2.0, 1.0
READ_TARGET = 2.5
WRITERS = 8
#: Between two transactions of a writer: with those of the others some 150 rows a second.
PAUSE_SECONDS = 0.15
MOST_ROWS = 5
LATE_SHARE = 0.02
LATE_SECONDS = (2.0, 6.0)
#: Between the ids of two writers, whose rows thereby come in no order of ids.
IDS_EACH = 1_000_000
PERCENT = 95


@dataclass
class Open:
    """A transaction that is committed late."""

    connection: oracledb.Connection
    ids: list[int]
    due: float


@dataclass
class Writer:
    """Commits transactions of a few rows, and some of them late.

    committed: by id, the host's clock just before the commit.
    """

    dsn: str
    number: int
    committed: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.number)
        self.ids = count(self.number * IDS_EACH)
        self.late: list[Open] = []

    def write(self, seconds: float) -> None:
        """Write for these seconds, then commit what is left."""
        connection = self.connect()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.random.random() < LATE_SHARE:
                self.begin_late()
            else:
                self.commit(connection, self.insert(connection))
            self.commit_late()
            time.sleep(PAUSE_SECONDS * 2 * self.random.random())
        while self.late:
            time.sleep(PAUSE_SECONDS)
            self.commit_late()
        connection.close()

    def connect(self) -> oracledb.Connection:
        return oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=self.dsn)

    def insert(self, connection: oracledb.Connection) -> list[int]:
        """Insert some rows, and return their ids. Oracle gives them their time."""
        rows = []
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        for _ in range(self.random.randint(1, MOST_ROWS)):
            rows.append(make_row(next(self.ids), now)[:-1])
        with connection.cursor() as cursor:
            cursor.setinputsizes(*[None] * 3, oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_TIMESTAMP)
            cursor.executemany(INSERT_NOW, rows)
        return [row[0] for row in rows]

    def commit(self, connection: oracledb.Connection, ids: list[int]) -> None:
        at = time.time()
        connection.commit()
        for each in ids:
            self.committed[each] = at

    def begin_late(self) -> None:
        """Begin a transaction that is committed later than others that begin after it."""
        connection = self.connect()
        due = time.monotonic() + self.random.uniform(*LATE_SECONDS)
        self.late.append(Open(connection, self.insert(connection), due))

    def commit_late(self) -> None:
        """Commit what is due."""
        for each in list(self.late):
            if each.due <= time.monotonic():
                self.commit(each.connection, each.ids)
                each.connection.close()
                self.late.remove(each)


@dataclass(frozen=True)
class Written:
    """What became of the rows.

    counts: the relay's own. waits: from commit to stream.
    """

    rows: int
    lost: int
    repeated: int
    rows_read: int
    counts: Mapping[str, int]
    waits: list[float]


def measure(bench: Bench) -> list[Figure]:
    """Measure both while writers are at work."""
    with open_event_stage(bench.directory) as stage:
        written = write_and_relay(stage, bench.sizes.written_seconds)
    share = written.rows_read / written.rows
    wait = percentile(written.waits, PERCENT)
    limit = SETTLE_SECONDS + POLL_SECONDS + PATIENCE_SECONDS
    late = written.counts["late"]
    what = f"{WRITERS} writers, {LATE_SHARE:.0%} of their transactions committing 2 to 6 s late"
    return [
        Figure(
            "events-late",
            f"{what}: {written.rows:,} rows, {late:,} of them behind the watermark",
            f"a cycle every {POLL_SECONDS:g} s",
            f"0 lost, 0 repeated, <= {READ_TARGET} x as many rows read",
            f"{written.lost} lost, {written.repeated} repeated, {share:.2f} x read",
            not written.lost and not written.repeated and share <= READ_TARGET,
            {"rows": written.rows, "rows_read": written.rows_read, **written.counts},
        ),
        Figure(
            "events-live",
            f"the same: commit to stream, p{PERCENT}",
            f"settle_seconds {SETTLE_SECONDS:g}, a cycle every {POLL_SECONDS:g} s",
            f"<= settle_seconds + interval + {PATIENCE_SECONDS:g} s = {limit:g} s",
            f"{wait:.2f} s",
            wait <= limit,
            {f"p{PERCENT}_seconds": wait, "limit_seconds": limit},
        ),
    ]


def write_and_relay(stage: EventStage, seconds: float) -> Written:
    """Let writers write while a relay is at work, and compare the table with the stream."""
    path = Path(stage.directory) / "counts.json"
    worker = stage.worker(
        "events-polls", str(path), str(POLL_SECONDS), PUBLISHER_SETTLE_SECONDS=SETTLE_SECONDS
    )
    try:
        before = stage.statistics()["rows_sent"]
        own = stage.statistics()["rows_sent"] - before
        worker.send_line("go")
        writers = [Writer(stage.dsn, number) for number in range(WRITERS)]
        write_together(writers, seconds)
        worker.send_line("stop")
        worker.read()
        read = stage.statistics()["rows_sent"] - before - 2 * own
    finally:
        worker.end()
    committed: dict[int, float] = {}
    for writer in writers:
        committed |= writer.committed
    return compare(stage, committed, read, json.loads(path.read_text(encoding="utf-8")))


def write_together(writers: Sequence[Writer], seconds: float) -> None:
    """Let writers write at the same time. Raises what one of them raises."""
    with ThreadPoolExecutor(len(writers)) as threads:
        list(threads.map(lambda writer: writer.write(seconds), writers))


def compare(
    stage: EventStage, committed: Mapping[int, float], read: int, counts: Mapping[str, int]
) -> Written:
    """Compare the table with the stream, id by id."""
    stored: Counter[int] = Counter()
    waits = []
    for message in stage.streams.read():
        id = int(message.id.rpartition(":")[2])
        stored[id] += 1
        waits.append(message.at - committed[id])
    ids = {int(row[0]) for row in stage.execute(f"SELECT ID FROM {TABLE}")}
    assert ids == committed.keys(), f"{len(committed)} rows written, {len(ids)} in the table"
    twice = stored.total() - len(stored)
    return Written(
        rows=len(ids),
        lost=len(ids - stored.keys()),
        repeated=twice + counts["repeats"],
        rows_read=read,
        counts=counts,
        waits=waits,
    )
