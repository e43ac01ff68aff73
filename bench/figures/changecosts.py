"""What row changes cost: requests by the thousand, requests where nothing comes, memory."""

from __future__ import annotations

import time
from collections.abc import Mapping

from bench.changestage import SHARDS, ChangeStage, open_change_stage
from bench.figure import Bench, Figure, divide
from bench.figures.changes import process_checked, ship_checked

CHANGES = 10_000
IDLE_SECONDS = 10.0
POLL_SECONDS = 0.5
#: As PROCESSOR_POLL_INTERVAL_SECONDS has it by default.
READ_SECONDS = 0.25
MEMORY_TARGET = 1.1
#: As KINESIS_BATCH_SIZE has it by default.
RECORDS_BY_DEFAULT = 100
ORACLE = "Oracle"
#: What a drain asks, and what of it may be asked for 1,000 changes.
TARGETS = {ORACLE: 3, "PutRecords": 2.1, "PutEvents": 105, "UpdateItem": 10}
#: As CHANGES_BATCH_SIZE has it by default.
ROWS_A_BATCH = 1000
ROWS_A_CHANGE = 2


def measure(bench: Bench) -> list[Figure]:
    """Count what a drain asks, and what is asked while nothing comes."""
    with open_change_stage(bench.directory, aws_ms=0.0) as stage:
        asked = count_drain(stage)
        trips, polls = count_polls(stage)
        reads, seconds = count_reads(stage)
    reads_each = reads * READ_SECONDS / (seconds * SHARDS)
    listed = ", ".join(f"{count:.1f} {action}" for action, count in asked.items())
    return [
        Figure(
            "changes-trips",
            f"round trips to Oracle for a batch of {ROWS_A_BATCH:,} rows, requests for 1,000 "
            f"updates, of {CHANGES:,}",
            "2 PutRecords of 500, 100 PutEvents of 10",
            f"<= {', '.join(f'{most:g} {action}' for action, most in TARGETS.items())}",
            listed,
            all(asked[action] <= most for action, most in TARGETS.items()),
            dict(asked),
        ),
        Figure(
            "changes-idle",
            f"a poll that finds nothing, of {polls}; a poll of a shard, over {seconds:.0f} s",
            "",
            "<= 1 Oracle round trip; <= 1 GetRecords",
            f"{trips / polls:.2f}; {reads_each:.2f}",
            trips <= polls and reads_each <= 1,
            {"trips": trips, "polls": polls, "reads": reads, "seconds": seconds},
        ),
    ]


def count_drain(stage: ChangeStage) -> dict[str, float]:
    """Return what is asked for 1,000 changes, of Oracle for a batch, by what it is asked of."""
    stage.keep(CHANGES, CHANGES)
    stage.empty()
    worker = stage.worker("changes-ship")
    stage.fill()
    one, other = stage.trips(), stage.trips()
    before = stage.requests()
    stage.run_together([worker])
    trips = stage.trips() - other - (other - one)
    process_checked(stage, CHANGES)
    after = stage.requests()
    asked = {ORACLE: trips * ROWS_A_BATCH / (CHANGES * ROWS_A_CHANGE)}
    for action in ("PutRecords", "PutEvents", "GetRecords", "UpdateItem"):
        asked[action] = (after[action] - before.get(action, 0)) * 1000 / CHANGES
    return asked


def count_polls(stage: ChangeStage) -> tuple[int, int]:
    """Return Oracle's round trips of polls that find nothing, and how many polls there were."""
    worker = stage.worker("changes-polls", str(POLL_SECONDS))
    try:
        one, other = stage.trips(), stage.trips()
        worker.send_line("go")
        time.sleep(IDLE_SECONDS)
        worker.send_line("stop")
        polls = int(worker.read()["count"])
        return stage.trips() - other - (other - one), polls
    finally:
        worker.end()


def count_reads(stage: ChangeStage) -> tuple[int, float]:
    """Return the reads of all shards while nothing comes, and in how many seconds."""
    worker = stage.worker("changes-process-polls", str(CHANGES), PROCESSOR_ID="idle")
    try:
        worker.send_line("go")
        before, began_at = stage.requests(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        after, ended_at = stage.requests(), time.monotonic()
        worker.send_line("stop")
        worker.read()
    finally:
        worker.end()
    return after["GetRecords"] - before["GetRecords"], ended_at - began_at


def measure_memory(bench: Bench) -> list[Figure]:
    """Compare the most memory of a small drain with that of a large one, of both pipelines."""
    small_count, large_count = bench.sizes.memory_changes
    small, large = peaks(bench, small_count), peaks(bench, large_count)
    shipper, processor = divide(list(large.values()), list(small.values()))
    return [
        Figure(
            "changes-memory",
            f"peak memory carrying {large_count:,} updates: shipper, processor",
            f"carrying {small_count:,}: {describe(small)}",
            f"<= {MEMORY_TARGET} x",
            f"{shipper:.2f} x, {processor:.2f} x ({describe(large)})",
            max(shipper, processor) <= MEMORY_TARGET,
            {"small_bytes": small, "large_bytes": large},
        )
    ]


def peaks(bench: Bench, count: int) -> dict[str, int]:
    """Return the most memory of the shipper and of the processor, in bytes."""
    with open_change_stage(bench.directory, aws_ms=0.0) as stage:
        stage.keep(count, count)
        ship = ship_checked(stage, count)
        process = process_checked(stage, count, RECORDS_BY_DEFAULT)
        return {"ship": ship.peak_bytes, "process": process.peak_bytes}


def describe(bytes_each: Mapping[str, int]) -> str:
    return ", ".join(f"{count / 2**20:.0f} MiB" for count in bytes_each.values())
