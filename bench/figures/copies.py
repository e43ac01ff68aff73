"""What a second copy of the service adds, where latency and not the machine is the limit."""

from __future__ import annotations

import time

from bench.figure import Bench, Figure, alternate, listed, median
from bench.stage import Latency, Stage, open_stage

FAR_AWAY = Latency(oracle_ms=2, sqs_ms=200)
REQUESTS_IN_FLIGHT = 2
TARGET = 1.8


def measure(bench: Bench) -> list[Figure]:
    calls = bench.sizes.copies_calls
    with open_stage(bench.directory, bench.backlogs.copy(calls), FAR_AWAY) as stage:
        found = alternate(
            bench.sizes.runs,
            {"one": lambda: drain(stage, calls, 1), "two": lambda: drain(stage, calls, 2)},
        )
    gains = [one / two for one, two in zip(found["one"], found["two"], strict=True)]
    gain = median(gains)
    return [
        Figure(
            "copies",
            f"two copies at {FAR_AWAY.oracle_ms:g} ms / {FAR_AWAY.sqs_ms:g} ms, {calls:,} calls",
            "one copy",
            f">= {TARGET} x throughput",
            f"{gain:.2f} x ({calls / median(found['two']):.0f} calls/s beside {calls / median(found['one']):.0f})",
            gain >= TARGET,
            {
                "gain": gain,
                "gains": listed(gains),
                **{name: listed(seconds) for name, seconds in found.items()},
            },
        )
    ]


def drain(stage: Stage, calls: int, copies: int) -> float:
    """The seconds until all calls are sent by so many copies, each once."""
    stage.reset(stage.coverage_start())
    workers = [
        stage.worker(
            "service-cycles",
            str(calls),
            CDC_MAX_CONCURRENT_CALLS=REQUESTS_IN_FLIGHT,
            CDC_INSTANCE_ID=f"copy-{number}",
        )
        for number in range(copies)
    ]
    started_at = time.time()
    runs = stage.run_together(workers)
    messages = stage.queues.ask("counts")["messages"]
    assert sum(run.count for run in runs) == messages == calls, (
        f"{calls} calls, {messages} messages"
    )
    return max(run.at_end for run in runs) - started_at
