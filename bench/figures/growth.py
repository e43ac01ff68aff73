"""What a cycle with 100 new calls costs behind a short history and a long one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import oracledb

from bench.backlog import begin_coverage, insert
from bench.conversations import spread
from bench.figure import Bench, Figure, listed, median
from bench.stage import BATCH, LEDGER, Stage, open_stage
from standins.oracle import SOURCE

NEW_CALLS = 100
TARGET = 1.25
SEGMENTS = 5
HISTORY_DAYS = 365
#: Far from the ids of new calls.
FIRST_ID = 1_000_000


def measure(bench: Bench) -> list[Figure]:
    sizes = bench.sizes
    small, large = (cycles(bench, *source) for source in (sizes.small_source, sizes.large_source))
    ratio = median(large) / median(small)
    ledger, source = sizes.large_source
    return [
        Figure(
            "growth",
            f"a cycle with {NEW_CALLS} new calls, ledger of {ledger:,} and source of {source:,} rows",
            f"the same with {sizes.small_source[0]:,} and {sizes.small_source[1]:,}",
            f"<= {TARGET} x",
            f"{ratio:.2f} x ({median(large) * 1000:.0f} ms beside {median(small) * 1000:.0f} ms)",
            ratio <= TARGET,
            {"ratio": ratio, "small_seconds": listed(small), "large_seconds": listed(large)},
        )
    ]


def cycles(bench: Bench, ledger: int, source: int) -> list[float]:
    """The seconds of some cycles, each with new calls; the first, which warms up, is left out."""
    with open_stage(bench.directory, bench.backlogs.copy(0)) as stage:
        write_history(stage, ledger, source)
        numbers = itertools.count(1)
        return [cycle(bench, stage, numbers) for _ in range(bench.sizes.cycles + 1)][1:]


def cycle(bench: Bench, stage: Stage, numbers: Iterator[int]) -> float:
    ((now,),) = stage.execute("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")
    end = now - timedelta(minutes=7)
    start = end - timedelta(minutes=2)
    first = 9_000_000_000 + next(numbers) * 1000
    insert(stage.dba, spread(bench.backlogs.conversations, NEW_CALLS, start, end, first))
    begin_coverage(stage.dba, start)
    stage.dba.commit()
    run = stage.run("service-drain", CDC_MAX_BATCH_SIZE=BATCH)
    assert run.count == NEW_CALLS, f"{run.count} of {NEW_CALLS} calls sent"
    return run.seconds


def write_history(stage: Stage, ledger: int, source: int) -> None:
    """So many calls in the ledger and rows in the source, all sent and answered long ago."""
    ((now,),) = stage.execute("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")
    calls = source // SEGMENTS
    assert calls == ledger
    write_moments(stage, calls, now - timedelta(days=HISTORY_DAYS))
    for segment in range(SEGMENTS):
        stage.execute(
            f"INSERT INTO {SOURCE} SELECT CALL_ID, BAN, SUBSCRIBER_NO, '{'CA'[segment % 2]}', "
            f"'good morning, my line is down since yesterday', T{segment}, T0 FROM MOMENTS"
        )
    stage.execute(
        f"INSERT INTO {LEDGER} (CALL_ID, PROCESSED_AT, TEXT_TIME, SQS_MESSAGE_ID, STATE, REVISION, SENT_REVISION, "
        "SUMMARIZED_REVISION, ROWS_READ, NEWEST_READ, SENT_AT, VERSION, ATTEMPTS, TAKEOVERS) SELECT CALL_KEY, T4, T4, "
        f"CALL_KEY, 'SUMMARIZED', 1, 1, 1, {SEGMENTS}, T4, T4, 3, 0, 0 FROM MOMENTS"
    )
    stage.execute("DROP TABLE MOMENTS")


def write_moments(stage: Stage, calls: int, began: datetime) -> None:
    """The calls of the history: a table that rows are made of faster than one by one."""
    times = ", ".join(f"T{number} TIMESTAMP" for number in range(SEGMENTS))
    stage.execute(
        "CREATE TABLE MOMENTS (CALL_ID NUMBER, CALL_KEY VARCHAR2(50), BAN VARCHAR2(50), SUBSCRIBER_NO VARCHAR2(50), "
        f"{times})"
    )
    step = (HISTORY_DAYS - 1) * 86_400 / calls
    offsets = ", ".join(
        f":began + NUMTODSINTERVAL(LEVEL * {step} + {number * 8}, 'SECOND')"
        for number in range(SEGMENTS)
    )
    with stage.dba.cursor() as cursor:
        cursor.setinputsizes(began=oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute(
            f"INSERT INTO MOMENTS SELECT {FIRST_ID} + LEVEL, TO_CHAR({FIRST_ID} + LEVEL), 'B-1', '050-1', {offsets} "
            f"FROM DUAL CONNECT BY LEVEL <= {calls}",
            began=began,
        )
    stage.dba.commit()
