"""Exact round trips and requests for 1,000 conversations, which test_costs.py tests too."""

from __future__ import annotations

from bench.figure import Bench, Figure
from bench.stage import BATCH, LEDGER, Stage, open_stage

CALLS = 1000
TRIPS_TARGET, REQUESTS_TARGET = 40, 105


def measure(bench: Bench) -> list[Figure]:
    """Count what the service needs, and what one call at a time does."""
    with open_stage(bench.directory, bench.backlogs.copy(CALLS)) as stage:
        start = stage.coverage_start()
        outbound = trips_of(stage, "service-drain")
        counts = stage.queues.ask("counts")
        stage.answer_all(stage.directory / "answers.jsonl", stage.accepted_calls())
        inbound = trips_of(stage, "service-results")
        stage.reset(start)
        per_call = trips_of(stage, "per-call", str(CALLS))
        ((left,),) = stage.execute(f"SELECT COUNT(*) FROM {LEDGER}")
    assert left == CALLS
    requests = counts["requests"]["SendMessageBatch"]
    return [
        Figure(
            "trips",
            f"Oracle round trips for {CALLS:,} conversations",
            f"one call at a time: {per_call}",
            f"<= {TRIPS_TARGET} outbound, <= {TRIPS_TARGET} inbound",
            f"{outbound} outbound, {inbound} inbound",
            max(outbound, inbound) <= TRIPS_TARGET,
            {"outbound": outbound, "inbound": inbound, "per_call": per_call},
        ),
        Figure(
            "requests",
            f"SQS requests for {CALLS:,} conversations",
            f"{CALLS // 10}, the least possible",
            f"<= {REQUESTS_TARGET}",
            f"{requests} ({counts['billed']} billed units of 64 KiB)",
            requests <= REQUESTS_TARGET,
            {"requests": requests, "billed_units": counts["billed"]},
        ),
    ]


def trips_of(stage: Stage, way: str, *arguments: str) -> int:
    """Count round trips from the job's start to its end: without log-in, preparation and pings."""
    worker = stage.worker(way, *arguments, CDC_MAX_BATCH_SIZE=BATCH, CDC_RESULTS_BATCH_SIZE=BATCH)
    try:
        before = stage.trips()
        asking = stage.trips() - before
        worker.send_line("go")
        worker.read()
        return stage.trips() - before - 2 * asking
    finally:
        worker.end()
