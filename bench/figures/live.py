"""How long a call that has become quiet takes to SQS, and a result to its row, at a steady rate."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

import oracledb

from bench.backlog import insert
from bench.conversations import SECONDS_BETWEEN_SEGMENTS, rows_of
from bench.figure import Bench, Figure, percentile
from bench.running import running
from bench.stage import OUTBOUND, RESULTS, Stage, answer_of, open_stage
from standins.oracle import DBA, DBA_PASSWORD, USER

CALLS_A_SECOND = 5
FIRST_CALL_ID = 8_000_000_000
WATCH_SECONDS = 0.02
RESULT_TARGET_SECONDS = 1.0
INTERVALS_TARGET = 1.2
PATIENCE_SECONDS = 60.0


class Live:
    """What happened to each call and when, by the host's clock."""

    def __init__(self, stage: Stage, calls: int) -> None:
        self.stage = stage
        self.calls = calls
        self.quiet_from: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        self.committed: dict[str, float] = {}
        self.over = threading.Event()

    def feed(self, bench: Bench) -> None:
        """Put calls into the source, each with its last word said just now, at a steady rate."""
        began = time.monotonic()
        for number in range(self.calls):
            time.sleep(max(0.0, began + number / CALLS_A_SECOND - time.monotonic()))
            ((now,),) = self.stage.execute("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")
            turns = bench.backlogs.conversations[number % len(bench.backlogs.conversations)]
            call_id = FIRST_CALL_ID + number
            length = timedelta(seconds=(len(turns) - 1) * SECONDS_BETWEEN_SEGMENTS)
            insert(self.stage.dba, rows_of(turns, call_id, now - length))
            self.stage.dba.commit()
            self.quiet_from[str(call_id)] = time.time()

    def answer(self) -> None:
        """Answer at once, as an ML service."""
        sqs = self.stage.sqs()
        outbound, results = self.stage.url_of(OUTBOUND), self.stage.url_of(RESULTS)
        while not self.over.is_set():
            answer = sqs.receive_message(
                QueueUrl=outbound, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            for message in answer.get("Messages", []):
                call_id = json.loads(message["Body"])["callId"]
                self.answered[call_id] = time.time()
                sqs.send_message(QueueUrl=results, MessageBody=json.dumps(answer_of(call_id)))
                sqs.delete_message(QueueUrl=outbound, ReceiptHandle=message["ReceiptHandle"])

    def watch(self) -> None:
        """See rows once they are committed.

        A look more than every 20 ms would disturb what is measured.
        """
        with (
            oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=self.stage.dsn) as dba,
            dba.cursor() as cursor,
        ):
            cursor.setinputsizes(seen=oracledb.DB_TYPE_TIMESTAMP)
            seen = datetime(2000, 1, 1)
            while not self.over.wait(WATCH_SECONDS):
                cursor.execute(
                    f"SELECT CALL_ID, PROCESSED_AT FROM {USER}.DICTA_CALL_SUMMARY "
                    "WHERE PROCESSED_AT >= :seen",
                    seen=seen,
                )
                for call_id, processed_at in cursor:
                    self.committed.setdefault(call_id, time.time())
                    seen = max(seen, processed_at - timedelta(seconds=2))


def measure(bench: Bench) -> list[Figure]:
    """Measure both ways at once, with calls that arrive and an ML service that answers."""
    sizes = bench.sizes
    with open_stage(bench.directory, bench.backlogs.copy(0)) as stage:
        live = Live(stage, sizes.live_calls)
        variables = {
            "CDC_SETTLE_SECONDS": sizes.settle_seconds,
            "CDC_NORMAL_POLL_INTERVAL_SECONDS": sizes.poll_seconds,
        }
        with running(stage, **variables), at_work(live.answer, live.watch, live.over):
            live.feed(bench)
            await_all(live, sizes.settle_seconds + 2 * sizes.poll_seconds + PATIENCE_SECONDS)
        accepted = dict(stage.queues.ask("times")["times"])
    to_sqs = percentile(waits(live.quiet_from, accepted), 99)
    to_row = percentile(waits(live.answered, live.committed), 99)
    limit = sizes.settle_seconds + INTERVALS_TARGET * sizes.poll_seconds
    return [
        Figure(
            "settled",
            f"last word to SQS, p99 of {sizes.live_calls} calls at {CALLS_A_SECOND} calls a second",
            f"settle_seconds {sizes.settle_seconds:g}, interval {sizes.poll_seconds:g} s",
            f"<= settle_seconds + {INTERVALS_TARGET} x interval = {limit:g} s",
            f"{to_sqs:.1f} s",
            to_sqs <= limit,
            {"p99_seconds": to_sqs, "limit_seconds": limit},
        ),
        Figure(
            "result",
            f"result in the queue to row committed, p99 of {sizes.live_calls}, no latency",
            "",
            f"<= {RESULT_TARGET_SECONDS:g} s",
            f"{to_row:.3f} s",
            to_row <= RESULT_TARGET_SECONDS,
            {"p99_seconds": to_row},
        ),
    ]


def waits(starts: Mapping[str, float], ends: Mapping[str, float]) -> list[float]:
    """Return the seconds from each call's start to its end."""
    return [ends[call_id] - start for call_id, start in starts.items()]


@contextmanager
def at_work(
    answer: Callable[[], None], watch: Callable[[], None], over: threading.Event
) -> Iterator[None]:
    """Run both in threads until the block ends."""
    threads = [threading.Thread(target=work, daemon=True) for work in (answer, watch)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def await_all(live: Live, seconds: float) -> None:
    """Wait for each call's row. Raises TimeoutError when some never come."""
    deadline = time.monotonic() + seconds
    while len(live.committed) < live.calls:
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{live.calls - len(live.committed)} of {live.calls} calls have no row"
            )
        time.sleep(WATCH_SECONDS)
