"""A round's plan, drawn from its seed."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from tests.chaos.plans.acts import Act
from tests.chaos.plans.calls import draw_deposits
from tests.chaos.plans.conversations import read_transcripts
from tests.chaos.plans.draft import LATE_JUMP_AT, LATE_JUMP_SECONDS, LATE_OVERLAP_MINUTES, Draft
from tests.chaos.plans.hardships import HARDSHIPS
from tests.chaos.plans.plan import (
    LEASE_SECONDS,
    TROUBLE_SECONDS,
    Order,
    Plan,
    QueueFaults,
)
from tests.chaos.plans.points import ORACLE_FAULTS, POINTS, RESULT_POINTS, SORE_POINTS
from tests.chaos.plans.shared import calls_of

SHIFT_SHARE = 0.45
#: From when to when no copy runs, and days pass meanwhile.
DOWN = (0.7, 1.5)
DAYS_OF_DOWNTIME = (
    Act(DOWN[0], "service away", seconds=DOWN[1] - DOWN[0]),
    Act(0.9, "oracle clock", seconds=86_400),
    Act(1.1, "oracle clock", seconds=86_400),
    Act(1.3, "oracle clock", seconds=86_400),
)

#: Kind of round -> weight.
KINDS = {
    "mixed": 8,
    "kills": 4,
    "frozen": 3,
    "late": 3,
    "answers": 3,
    "talking": 2,
    "outage": 2,
    "downtime": 2,
    "crowded": 2,
    "history": 2,
    "poisoned": 4,
    "faulty": 4,
    "unreadable": 3,
    "one way": 2,
    "erring": 2,
    "limited": 2,
    "renamed": 2,
    "wrapped": 2,
    "edited": 2,
    "purged": 2,
    "endless": 2,
    "stalled": 2,
    "held": 2,
}


def draw(seed: int, transcripts: Path | None = None, kind: str | None = None) -> Plan:
    """Draw the plan of a seed, the same each time."""
    rng = random.Random(f"chaos {seed}")
    chosen = rng.choices(list(KINDS), list(KINDS.values()))[0]
    draft = Draft(rng, kind or chosen)
    if transcripts:
        draft.transcripts = read_transcripts(transcripts)
    overlap = draw_overlap(draft)
    copies: tuple[str, ...] = ("A",)
    if draft.kind == "frozen" or draft.chance(0.4):
        copies = ("A", "B")
    down = None
    if draft.kind == "downtime":
        down = DOWN
    is_fifo = draft.chance(0.3)
    plan = Plan(
        seed=seed,
        kind=draft.kind,
        copies=copies,
        fifo=is_fifo,
        is_shared=not is_fifo and draft.chance(0.15),
        overlap_minutes=overlap,
        settings=draw_settings(draft, overlap),
        time_zone=rng.choice(("UTC", "America/New_York", "Asia/Jerusalem")),
        deposits=draw_deposits(draft, overlap, down),
        orders=draw_orders(draft, copies),
        acts=draw_acts(draft, copies, overlap),
        queue_faults=draw_queue_faults(draft),
        freeze_seconds=draw_freeze_seconds(draft),
        restart_seconds=rng.uniform(0, 0.4),
    )
    if draft.kind == "answers":
        plan = replace(plan, reply_late=0.6, invented=0.3)
    plan = replace(plan, refused_calls=draw_refused(draft, plan))
    if draft.kind in HARDSHIPS:
        return HARDSHIPS[draft.kind](rng, plan)
    return plan


def draw_overlap(draft: Draft) -> int:
    if draft.kind == "late":
        return LATE_OVERLAP_MINUTES
    return draft.rng.choice((10, 60, 120))


def draw_freeze_seconds(draft: Draft) -> float:
    """Draw how long a process stands still: mostly a little longer than a lease."""
    if draft.chance(0.7):
        return LEASE_SECONDS + draft.rng.uniform(0.2, 1.2)
    return draft.rng.uniform(0.3, 2)


def draw_settings(draft: Draft, overlap: int) -> dict[str, str]:
    rng = draft.rng
    batch = 4
    if draft.kind != "crowded":
        batch = rng.choice((3, 8, 50))
    settings = {
        "CDC_NORMAL_MODE_MINUTES": str(overlap),
        "CDC_WINDOW_SLICE_MINUTES": str(rng.choice((5, 60))),
        "CDC_MAX_BATCH_SIZE": str(batch),
        "CDC_MAX_BATCH_BYTES": str(rng.choice((20_000, 67_108_864))),
        "CDC_MAX_CONCURRENT_CALLS": str(rng.choice((1, 4))),
        "CDC_SETTLE_SECONDS": draw_settle_seconds(draft),
        "CDC_RESULTS_BATCH_SIZE": str(rng.choice((10, 100))),
        "CDC_RECONCILE_HOURS": draw_reconcile_hours(draft),
        "CDC_RECONCILE_INTERVAL_MINUTES": "0.01",
        "CDC_RECONCILE_PAUSE_SECONDS": "0.05",
    }
    if draft.kind == "history":
        settings |= draw_history_settings(draft)
    return settings


def draw_settle_seconds(draft: Draft) -> str:
    if draft.kind == "talking":
        return "1.0"
    return draft.rng.choice(("0", "0", "0.5"))


def draw_reconcile_hours(draft: Draft) -> str:
    if draft.kind == "late" or (draft.kind == "mixed" and draft.chance(0.5)):
        return "2"
    return "0"


def draw_history_settings(draft: Draft) -> dict[str, str]:
    return {
        "CDC_HISTORICAL_MODE_ENABLED": "true",
        "CDC_HISTORICAL_START_DATE": "2000-01-01",
        "CDC_HISTORICAL_BATCH_SIZE": str(draft.rng.choice((3, 50))),
        "CDC_HISTORICAL_CALLS_PER_SECOND": draft.rng.choice(("0", "20")),
    }


def draw_orders(draft: Draft, copies: tuple[str, ...]) -> dict[str, tuple[Order, ...]]:
    """Draw for each copy what its first starts do to themselves."""
    rng = draft.rng
    if draft.kind in ("talking", "crowded"):
        return {}
    most = {"kills": 3, "answers": 3, "frozen": 1}.get(draft.kind, 2)
    orders: dict[str, tuple[Order, ...]] = {}
    for copy in copies:
        count = rng.randint(0, most)
        orders[copy] = tuple(draw_order(draft) for _ in range(count))
    if draft.kind == "frozen":
        orders["A"] = (Order("after SendMessageBatch", rng.randint(1, 2), "freeze"),)
    return orders


def draw_order(draft: Draft) -> Order:
    rng = draft.rng
    points = POINTS
    if draft.chance(0.5):
        points = SORE_POINTS
    if draft.kind == "answers":
        points = RESULT_POINTS
    point, nth = rng.choice(points), rng.randint(1, 4)
    if draft.chance(0.2):
        return Order(point, nth, "freeze")
    return Order(point, nth, "kill")


def draw_acts(draft: Draft, copies: tuple[str, ...], overlap: int) -> tuple[Act, ...]:
    rng = draft.rng
    moments = sorted(rng.uniform(0.1, TROUBLE_SECONDS) for _ in range(8))
    acts: list[Act] = []
    if draft.kind == "downtime":
        acts += DAYS_OF_DOWNTIME
    if draft.kind == "late":
        acts.append(Act(LATE_JUMP_AT, "oracle clock", seconds=LATE_JUMP_SECONDS))
        acts += [Act(moments[5], "service kill", copy=copy) for copy in copies if draft.chance(0.5)]
    if draft.kind == "outage":
        what = rng.choice(("restart", "crash"))
        acts.append(Act(moments[3], f"oracle {what}", seconds=rng.choice((0.2, 0.8, 3.5))))
    if draft.kind in ("mixed", "outage", "frozen"):
        for at in moments[: rng.randint(0, 4)]:
            acts.append(Act(at, "oracle fault", text=draw_oracle_fault(rng)))
    if draft.kind in ("mixed", "kills"):
        for what in rng.choices(("kill", "stop", "freeze"), (4, 1, 1), k=rng.randint(0, 2)):
            acts.append(Act(rng.choice(moments), f"service {what}", copy=rng.choice(copies)))
    if draft.kind in ("mixed", "kills") and draft.chance(SHIFT_SHARE):
        seconds = rng.choice((-6.0, overlap * 60 * 0.4))
        acts.append(Act(moments[-2], "oracle clock", seconds=seconds))
    return tuple(sorted(acts, key=lambda act: act.at))


def draw_oracle_fault(rng: random.Random) -> str:
    parts: list[str] = []
    for part in rng.sample(ORACLE_FAULTS, rng.randint(1, 2)):
        parts.append(part.format(n=rng.randint(1, 30)) + " for CDC")
    return "; ".join(parts)


def draw_queue_faults(draft: Draft) -> QueueFaults:
    rng = draft.rng
    if draft.kind == "talking" or draft.chance(0.25):
        return QueueFaults()
    chances = (0.0, 0.0, 0.05, 0.25)
    return QueueFaults(
        throttle=rng.choice(chances),
        broken=rng.choice(chances),
        cut_before=rng.choice(chances),
        cut_after=rng.choice(chances),
        failed_entry=rng.choice(chances),
        twice=rng.choice((0.0, 0.3)),
        shuffle=draft.chance(0.6),
        slow=rng.choice((0.0, 0.0, 0.04)),
    )


def draw_refused(draft: Draft, plan: Plan) -> tuple[str, ...]:
    """Draw the calls whose messages SQS refuses for good."""
    if plan.kind == "mixed" and draft.chance(0.2):
        return tuple(draft.rng.sample(sorted(calls_of(plan)), 1))
    return ()
