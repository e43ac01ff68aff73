"""What a second copy of the service adds, where latency and not the machine is the limit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench import computed
from bench.figure import Bench, Figure, alternate, divide, listed, listed_by_name, median
from bench.stage import Latency, Stage, open_stage
from bench.workplace import Run

FAR_AWAY = Latency(oracle_ms=2, sqs_ms=200)
REQUESTS_IN_FLIGHT = 2
TARGET = 1.8


@dataclass(frozen=True)
class Drain:
    """What copies did together, and how long it took."""

    seconds: float
    runs: Sequence[Run]

    def cpu_seconds_each(self, calls: int) -> float:
        return sum(run.cpu_seconds for run in self.runs) / calls


def measure(bench: Bench) -> list[Figure]:
    """Drain a backlog by one copy and by two, and compare."""
    calls = bench.sizes.copies_calls
    with open_stage(bench.directory, bench.backlogs.copy(calls), FAR_AWAY) as stage:
        found = alternate(
            bench.sizes.runs,
            {"one": lambda: drain(stage, calls, 1), "two": lambda: drain(stage, calls, 2)},
        )
    seconds, cpu_seconds = {}, {}
    for copies, drains in found.items():
        seconds[copies] = [drain.seconds for drain in drains]
        cpu_seconds[copies] = [drain.cpu_seconds_each(calls) for drain in drains]
    gains = divide(seconds["one"], seconds["two"])
    gain = median(gains)
    one_rate = calls / median(seconds["one"])
    two_rate = calls / median(seconds["two"])
    return [
        Figure(
            "copies",
            f"two copies at {FAR_AWAY.oracle_ms:g} ms / {FAR_AWAY.sqs_ms:g} ms, {calls:,} calls",
            "one copy",
            f">= {TARGET} x throughput",
            f"{gain:.2f} x ({two_rate:.0f} calls/s beside {one_rate:.0f})",
            gain >= TARGET,
            {"gain": gain, "gains": listed(gains), **listed_by_name(seconds)},
            computed.compare("call", cpu_seconds["two"], cpu_seconds["one"]).text,
        )
    ]


def drain(stage: Stage, calls: int, copies: int) -> Drain:
    """Send all calls, each once, by this number of copies."""
    stage.reset(stage.coverage_start())
    workers = []
    for number in range(copies):
        worker = stage.worker(
            "service-cycles",
            str(calls),
            CDC_MAX_CONCURRENT_CALLS=REQUESTS_IN_FLIGHT,
            CDC_INSTANCE_ID=f"copy-{number}",
        )
        workers.append(worker)
    started_at = time.time()
    runs = stage.run_together(workers)
    messages = stage.queues.ask("counts")["messages"]
    assert sum(run.count for run in runs) == messages == calls, (
        f"{calls} calls, {messages} messages"
    )
    return Drain(max(run.at_end for run in runs) - started_at, runs)
