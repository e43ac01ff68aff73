"""What a cycle with 100 new calls costs behind a short history and a long one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import oracledb

from bench import computed
from bench.backlog import begin_coverage, insert
from bench.conversations import spread
from bench.figure import Bench, Figure, listed, median
from bench.stage import BATCH, LEDGER, Stage, open_stage
from bench.workplace import Run
from standins.oracle import SOURCE

NEW_CALLS = 100
TARGET = 1.25
SEGMENTS = 5
HISTORY_DAYS = 365
#: Far from the ids of new calls.
FIRST_ID = 1_000_000


def measure(bench: Bench) -> list[Figure]:
    """Measure cycles behind both histories, and compare."""
    small_ledger, small_source = bench.sizes.small_source
    large_ledger, large_source = bench.sizes.large_source
    few = cycles(bench, small_ledger, small_source)
    many = cycles(bench, large_ledger, large_source)
    small, large = computed.clock_seconds(few), computed.clock_seconds(many)
    ratio = median(large) / median(small)
    return [
        Figure(
            "growth",
            f"a cycle with {NEW_CALLS} new calls, "
            f"ledger of {large_ledger:,} and source of {large_source:,} rows",
            f"the same with {small_ledger:,} and {small_source:,}",
            f"<= {TARGET} x",
            f"{ratio:.2f} x ({median(large) * 1000:.0f} ms beside {median(small) * 1000:.0f} ms)",
            ratio <= TARGET,
            {"ratio": ratio, "small_seconds": listed(small), "large_seconds": listed(large)},
            computed.compare("call", computed.seconds_each(many), computed.seconds_each(few)).text,
        )
    ]


def cycles(bench: Bench, ledger: int, source: int) -> list[Run]:
    """Return some cycles, each with new calls."""
    runs = []
    with open_stage(bench.directory, bench.backlogs.copy(0)) as stage:
        write_history(stage, ledger, source)
        numbers = itertools.count(1)
        # It warms up.
        cycle(bench, stage, numbers)
        for _ in range(bench.sizes.cycles):
            runs.append(cycle(bench, stage, numbers))
    return runs


def cycle(bench: Bench, stage: Stage, numbers: Iterator[int]) -> Run:
    """Put new calls into the source, and return the cycle that sends them."""
    ((now,),) = stage.execute("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")
    end = now - timedelta(minutes=7)
    start = end - timedelta(minutes=2)
    first = 9_000_000_000 + next(numbers) * 1000
    insert(stage.dba, spread(bench.backlogs.conversations, NEW_CALLS, start, end, first))
    begin_coverage(stage.dba, start)
    stage.dba.commit()
    run = stage.run("service-drain", CDC_MAX_BATCH_SIZE=BATCH)
    assert run.count == NEW_CALLS, f"{run.count} of {NEW_CALLS} calls sent"
    return run


def write_history(stage: Stage, ledger: int, source: int) -> None:
    """Write calls into the ledger and rows into the source, all sent and answered long ago."""
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
        f"INSERT INTO {LEDGER} (CALL_ID, PROCESSED_AT, TEXT_TIME, SQS_MESSAGE_ID, "
        "STATE, REVISION, SENT_REVISION, SUMMARIZED_REVISION, "
        "ROWS_READ, NEWEST_READ, SENT_AT, VERSION, ATTEMPTS, TAKEOVERS) "
        "SELECT CALL_KEY, T4, T4, CALL_KEY, "
        "'SUMMARIZED', 1, 1, 1, "
        f"{SEGMENTS}, T4, T4, 3, 0, 0 FROM MOMENTS"
    )
    stage.execute("DROP TABLE MOMENTS")


def write_moments(stage: Stage, calls: int, began: datetime) -> None:
    """Write the history's calls into a table, of which rows are made faster than one by one."""
    step = (HISTORY_DAYS - 1) * 86_400 / calls
    columns = ""
    times = ""
    for number in range(SEGMENTS):
        columns += f", T{number} TIMESTAMP"
        times += f", :began + NUMTODSINTERVAL(LEVEL * {step} + {number * 8}, 'SECOND')"
    stage.execute(
        "CREATE TABLE MOMENTS (CALL_ID NUMBER, CALL_KEY VARCHAR2(50), "
        f"BAN VARCHAR2(50), SUBSCRIBER_NO VARCHAR2(50){columns})"
    )
    with stage.dba.cursor() as cursor:
        cursor.setinputsizes(began=oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute(
            f"INSERT INTO MOMENTS SELECT {FIRST_ID} + LEVEL, TO_CHAR({FIRST_ID} + LEVEL), "
            f"'B-1', '050-1'{times} "
            f"FROM DUAL CONNECT BY LEVEL <= {calls}",
            began=began,
        )
    stage.dba.commit()
