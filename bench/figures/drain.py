"""How long a backlog takes to drain, beside bare loops and beside one call at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from bench.figure import Bench, Figure, alternate, listed, median
from bench.stage import BATCH, Latency, Stage, open_stage

FAR = Latency(oracle_ms=2, sqs_ms=20)
NEAR_TARGET, FAR_TARGET, FASTER_TARGET = 1.3, 1.2, 30


def measure_near(bench: Bench) -> list[Figure]:
    """Without latency: what one loop after the other takes."""
    with open_stage(bench.directory, bench.backlogs.copy(bench.sizes.backlog_calls)) as stage:
        found = drain_and_loops(stage, bench)
    ratios = [
        service / (fetch + send)
        for service, fetch, send in zip(found["service"], found["fetch"], found["send"], strict=True)
    ]
    ratio = median(ratios)
    calls = bench.sizes.backlog_calls
    return [
        Figure(
            "drain",
            f"drain {calls:,} conversations, no latency",
            "bare fetch loop + bare send loop",
            f"<= {NEAR_TARGET} x",
            f"{ratio:.2f} x ({describe(found, calls)})",
            ratio <= NEAR_TARGET,
            {"ratio": ratio, "ratios": listed(ratios), **{name: listed(seconds) for name, seconds in found.items()}},
        )
    ]


def measure_far(bench: Bench) -> list[Figure]:
    """As from on-premises to AWS: what the slower loop takes, and what the per-call way takes."""
    calls, part = bench.sizes.backlog_calls, bench.sizes.per_call_calls
    with open_stage(bench.directory, bench.backlogs.copy(calls), FAR) as stage:
        found = drain_and_loops(stage, bench)
        start = stage.coverage_start()
        stage.reset(start)
        per_call = stage.run("per-call", str(part))
    pairs = zip(found["service"], found["fetch"], found["send"], strict=True)
    ratios = [service / max(fetch, send) for service, fetch, send in pairs]
    ratio = median(ratios)
    faster = (per_call.seconds / part) / (median(found["service"]) / calls)
    numbers = {"ratio": ratio, "ratios": listed(ratios), **{name: listed(seconds) for name, seconds in found.items()}}
    latency = f"{FAR.oracle_ms:g} ms / {FAR.sqs_ms:g} ms"
    return [
        Figure(
            "drain-far",
            f"the same with {latency}",
            "the slower of the two bare loops",
            f"<= {FAR_TARGET} x",
            f"{ratio:.2f} x ({describe(found, calls)})",
            ratio <= FAR_TARGET,
            numbers,
        ),
        Figure(
            "per-call",
            f"the same with {latency}",
            f"one call at a time, {part} calls",
            f">= {FASTER_TARGET} x faster",
            f"{faster:.0f} x faster ({part / per_call.seconds:.0f} calls/s)",
            faster >= FASTER_TARGET,
            {"faster": faster, "per_call_seconds": per_call.seconds, "per_call_calls": part},
        ),
    ]


def drain_and_loops(stage: Stage, bench: Bench) -> dict[str, list[float]]:
    """Seconds of the service's drain and of each loop, run after run."""
    start, sent = stage.coverage_start(), bench.directory / "sent.jsonl"
    drain_once(stage, start, bench.sizes.backlog_calls)
    stage.queues.ask("dump", path=str(sent))
    ways: dict[str, Callable[[], float]] = {
        "fetch": lambda: stage.run("bare-fetch").seconds,
        "send": partial(send_bare, stage, str(sent)),
        "service": lambda: drain_once(stage, start, bench.sizes.backlog_calls),
    }
    return alternate(bench.sizes.runs, ways)


def send_bare(stage: Stage, path: str) -> float:
    stage.queues.ask("reset")
    return stage.run("bare-send", path).seconds


def drain_once(stage: Stage, start: datetime, calls: int) -> float:
    """The seconds of one drain. Raises AssertionError when it did not send every call once."""
    stage.reset(start)
    run = stage.run("service-drain", CDC_MAX_BATCH_SIZE=BATCH)
    messages = stage.queues.ask("counts")["messages"]
    assert run.count == messages == calls, f"{calls} calls, {run.count} counted as sent, {messages} messages"
    return run.seconds


def describe(found: dict[str, list[float]], calls: int) -> str:
    service, fetch, send = (median(found[name]) for name in ("service", "fetch", "send"))
    return f"{calls / service:,.0f} calls/s: {service:.1f} s beside {fetch:.1f} + {send:.1f} s"
