"""Jobs of the historical mode, and calls that lie back in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from oracle_cdc.conversations.chores.backfill import Backfill
from oracle_cdc.conversations.chores.job_requests import JobRequest, begin_or_resume
from oracle_cdc.conversations.tables.jobs import Job
from oracle_cdc.conversations.wiring import Application, make_backfill
from tests.integration.samples import HELLO
from tests.world import World

JANUARY, FEBRUARY = datetime(2025, 1, 1), datetime(2025, 2, 1)


def record_at(world: World, call_id: str, time: datetime) -> None:
    times = [time + timedelta(seconds=n) for n in range(len(HELLO))]
    world.insert(
        [
            (call_id, "B", None, owner, text, at, time)
            for (owner, text), at in zip(HELLO, times, strict=True)
        ]
    )


def record_january(world: World) -> None:
    """Record ten calls on each of two days, and weeks of nothing."""
    for day in (3, 28):
        for call in range(10):
            record_at(world, str(day * 100 + call), datetime(2025, 1, day, 9, call))


def order(
    service: Application,
    start: datetime = JANUARY,
    end: datetime | None = FEBRUARY,
    **wanted: object,
) -> Job:
    service.startup.ensure_database()
    with service.database.session() as session:
        return begin_or_resume(session, JobRequest(start, end, **wanted))  # type: ignore[arg-type]


def finish(mode: Backfill, most_steps: int = 100) -> int:
    """Work to the end of the job, and return the number of steps."""
    for count in range(1, most_steps):
        mode.run_once()
        if mode.is_done:
            return count
    raise AssertionError(f"not done after {most_steps} steps")


def alone(service: Application) -> Backfill:
    return make_backfill(service, is_foreground=True)


def sent(world: World) -> list[str]:
    return sorted(body["callId"] for body in world.received())
