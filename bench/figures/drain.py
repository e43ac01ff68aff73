"""How long a backlog takes to drain, beside bare loops and beside one call at a time."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bench import computed
from bench.computed import CPU_TARGET, Computed
from bench.figure import Bench, Figure, alternate, listed, median
from bench.stage import BATCH, Latency, Stage, open_stage
from bench.workplace import Run

FAR = Latency(oracle_ms=2, sqs_ms=20)
NEAR_TARGET, FAR_TARGET, FASTER_TARGET = 1.2, 1.1, 30


@dataclass(frozen=True)
class Cost(Run):
    """What one run did, and what the two servers computed meanwhile."""

    oracle_cpu_seconds: float
    sqs_cpu_seconds: float


Costs = Mapping[str, Sequence[Cost]]
#: What JSON says of each run: seconds passed, and computed by itself, Oracle and SQS.
REPORTED = ("seconds", "cpu_seconds", "oracle_cpu_seconds", "sqs_cpu_seconds")


def measure_near(bench: Bench) -> list[Figure]:
    """Measure without latency, beside what one loop after the other takes."""
    calls = bench.sizes.backlog_calls
    with open_stage(bench.directory, bench.backlogs.copy(calls)) as stage:
        found = drain_and_loops(stage, bench)
    ratios = divide_by_loops(found, operator.add)
    ratio, cpu = median(ratios), compare_cpu(found, calls)
    return [
        Figure(
            "drain",
            f"drain {calls:,} conversations, no latency",
            "bare fetch loop + bare send loop",
            f"<= {NEAR_TARGET} x, CPU <= {CPU_TARGET} x",
            f"{ratio:.2f} x ({describe(found, calls)})",
            ratio <= NEAR_TARGET and cpu.is_reached,
            {"ratio": ratio, "ratios": listed(ratios), **cpu.numbers, **numbers_of(found)},
            cpu.text,
        )
    ]


def measure_far(bench: Bench) -> list[Figure]:
    """Measure as from on-premises to AWS, beside the slower loop, and beside the per-call way."""
    calls, part = bench.sizes.backlog_calls, bench.sizes.per_call_calls
    with open_stage(bench.directory, bench.backlogs.copy(calls), FAR) as stage:
        found = drain_and_loops(stage, bench)
        start = stage.coverage_start()
        stage.reset(start)
        per_call = stage.run("per-call", str(part))
    ratios = divide_by_loops(found, max)
    ratio, cpu = median(ratios), compare_cpu(found, calls)
    faster = (per_call.seconds / part) / (median_seconds(found["service"]) / calls)
    latency = f"{FAR.oracle_ms:g} ms / {FAR.sqs_ms:g} ms"
    return [
        Figure(
            "drain-far",
            f"the same with {latency}",
            "the slower of the two bare loops",
            f"<= {FAR_TARGET} x, CPU <= {CPU_TARGET} x",
            f"{ratio:.2f} x ({describe(found, calls)})",
            ratio <= FAR_TARGET and cpu.is_reached,
            {"ratio": ratio, "ratios": listed(ratios), **cpu.numbers, **numbers_of(found)},
            cpu.text,
        ),
        Figure(
            "per-call",
            f"the same with {latency}",
            f"one call at a time, {part} calls",
            f">= {FASTER_TARGET} x faster",
            f"{faster:.0f} x faster ({part / per_call.seconds:.0f} calls/s)",
            faster >= FASTER_TARGET,
            {"faster": faster, "per_call_seconds": per_call.seconds, "per_call_calls": part},
            computed.compare(
                "call",
                [median(computed.seconds_each(found["service"]))],
                computed.seconds_each([per_call]),
            ).text,
        ),
    ]


def divide_by_loops(found: Costs, combine: Callable[[float, float], float]) -> list[float]:
    """Return the service's seconds by those of the two loops, run after run.

    Parameters:
        combine: makes one number of the seconds of both loops.
    """
    ratios = []
    for service, fetch, send in zip(found["service"], found["fetch"], found["send"], strict=True):
        ratios.append(service.seconds / combine(fetch.seconds, send.seconds))
    return ratios


def compare_cpu(found: Costs, calls: int) -> Computed:
    """Compare what the service and the two loops computed for a call."""
    return computed.compare(
        "call",
        computed.seconds_each(found["service"], calls),
        computed.seconds_each(found["fetch"], calls),
        computed.seconds_each(found["send"], calls),
    )


def drain_and_loops(stage: Stage, bench: Bench) -> dict[str, list[Cost]]:
    """Return what the service's drain and each loop cost, run after run."""
    start, sent = stage.coverage_start(), bench.directory / "sent.jsonl"
    drain_once(stage, start, bench.sizes.backlog_calls)
    stage.queues.ask("dump", path=str(sent))
    ways: dict[str, Callable[[], Cost]] = {
        "fetch": partial(cost_of, stage, "bare-fetch"),
        "send": partial(send_bare, stage, str(sent)),
        "service": partial(drain_once, stage, start, bench.sizes.backlog_calls),
    }
    return alternate(bench.sizes.runs, ways)


def send_bare(stage: Stage, path: str) -> Cost:
    """Send the messages of a file by the bare loop."""
    stage.queues.ask("reset")
    return cost_of(stage, "bare-send", path)


def drain_once(stage: Stage, start: datetime, calls: int) -> Cost:
    """Drain once. Raises AssertionError when not every call was sent once."""
    stage.reset(start)
    cost = cost_of(stage, "service-drain", CDC_MAX_BATCH_SIZE=BATCH)
    messages = stage.queues.ask("counts")["messages"]
    assert cost.count == messages == calls, (
        f"{calls} calls, {cost.count} counted as sent, {messages} messages"
    )
    return cost


def cost_of(stage: Stage, way: str, *arguments: str, **variables: object) -> Cost:
    """Do one job, and return what it and the two servers computed."""
    worker = stage.worker(way, *arguments, **variables)
    oracle_before = stage.oralite.cpu_seconds()
    sqs_before = stage.queues.cpu_seconds()
    (run,) = stage.run_together([worker])
    return Cost(
        **vars(run),
        oracle_cpu_seconds=stage.oralite.cpu_seconds() - oracle_before,
        sqs_cpu_seconds=stage.queues.cpu_seconds() - sqs_before,
    )


def describe(found: Costs, calls: int) -> str:
    """Return the medians in words."""
    service = median_seconds(found["service"])
    fetch = median_seconds(found["fetch"])
    send = median_seconds(found["send"])
    return f"{calls / service:,.0f} calls/s: {service:.1f} s beside {fetch:.1f} + {send:.1f} s"


def median_seconds(costs: Sequence[Cost]) -> float:
    return median([cost.seconds for cost in costs])


def numbers_of(found: Costs) -> dict[str, object]:
    """Return each run's figures as JSON shows them, by way and by what they are."""
    numbers: dict[str, object] = {}
    for name, costs in found.items():
        figures = {}
        for reported in REPORTED:
            figures[reported] = listed([getattr(cost, reported) for cost in costs])
        numbers[name] = figures
    return numbers
