"""What a service with nothing to do costs Oracle, SQS and its own machine."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.figure import Bench, Figure
from bench.processes import cpu_seconds
from bench.running import running
from bench.stage import Stage, open_stage

TRIPS_TARGET, RECEIVES_TARGET, CPU_TARGET_PERCENT = 2, 4, 1
WARM_UP_SECONDS = 12.0


@dataclass(frozen=True)
class Use:
    """What was used up to a moment. cycles: each writes its heartbeat, and nothing else writes."""

    at: float
    trips: int
    cycles: int
    receives: int
    cpu_seconds: float


def measure(bench: Bench) -> list[Figure]:
    """Measure normal mode alone, everything else at its defaults."""
    with (
        open_stage(bench.directory, bench.backlogs.copy(0)) as stage,
        running(stage, CDC_RECONCILE_HOURS=0) as pid,
    ):
        time.sleep(WARM_UP_SECONDS)
        before = use(stage, pid)
        asking = use(stage, pid).trips - before.trips
        time.sleep(bench.sizes.idle_seconds)
        after = use(stage, pid)
    seconds = after.at - before.at
    trips = (after.trips - before.trips - 2 * asking) / (after.cycles - before.cycles)
    receives = (after.receives - before.receives) * 60 / seconds
    percent = (after.cpu_seconds - before.cpu_seconds) * 100 / seconds
    return [
        Figure(
            "idle",
            f"an idle cycle, over {seconds:.0f} s",
            "",
            f"<= {TRIPS_TARGET} round trips; <= {RECEIVES_TARGET} receives a minute; "
            f"CPU < {CPU_TARGET_PERCENT} %",
            f"{trips:.1f}; {receives:.1f}; {percent:.2f} %",
            trips <= TRIPS_TARGET and receives <= RECEIVES_TARGET and percent < CPU_TARGET_PERCENT,
            {"trips": trips, "receives_a_minute": receives, "cpu_percent": percent},
        )
    ]


def use(stage: Stage, pid: int) -> Use:
    """Return what was used until now."""
    trips = stage.trips()
    counts = dict(stage.execute("SELECT NAME, VALUE FROM V$ORALITE_STATS"))
    receives = stage.queues.ask("counts")["requests"]["ReceiveMessage"]
    return Use(time.time(), trips, int(counts["executes_dml"]), receives, cpu_seconds(pid))
