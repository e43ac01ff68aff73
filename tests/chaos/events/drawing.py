"""A round of events, drawn from its seed."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from tests.chaos.events.hardships import HARDSHIPS
from tests.chaos.events.plan import EventPlan
from tests.chaos.events.rows import draw_deposits
from tests.chaos.plans.acts import TROUBLE_SECONDS

#: Kind of round -> weight. Those with a hardship of their own stand in `hardships.py`.
KINDS = {
    "sound": 3,
    "mixed": 6,
    "kills": 4,
    "behind": 2,
    "stream": 4,
    "store": 4,
    "source": 3,
    "full": 2,
    "moved": 3,
    "paused": 2,
    "stolen": 2,
    "standby": 3,
    "shares": 2,
    "clock": 2,
    "late": 2,
    "ties": 3,
    "large": 2,
    "cluster": 2,
}
#: Two seconds of commits may come after their time.
LATE_SHARES = {"late": 0.6, "ties": 0.05, "behind": 0.7}


def draw(seed: int, transcripts: Path | None = None, kind: str | None = None) -> EventPlan:
    """Draw the plan of a seed, the same each time."""
    rng = random.Random(f"chaos of events {seed}")
    chosen = kind or rng.choices(list(KINDS), list(KINDS.values()))[0]
    deposits = draw_deposits(
        rng,
        seconds=TROUBLE_SECONDS,
        late=LATE_SHARES.get(chosen, 0.15),
        large=0.2 if chosen == "large" else 0.02,
        ties=chosen == "ties",
    )
    plan = EventPlan(
        seed=seed,
        kind=chosen,
        settings=draw_settings(rng),
        time_zone=rng.choice(("UTC", "America/New_York", "Asia/Jerusalem")),
        deposits=deposits,
        freeze_seconds=rng.uniform(0.5, 2.5),
        restart_seconds=rng.uniform(0, 0.4),
    )
    if chosen in HARDSHIPS:
        return HARDSHIPS[chosen](rng, plan)
    return plan


def draw_settings(rng: random.Random) -> dict[str, str]:
    """Draw what is set otherwise from round to round."""
    return {
        "PUBLISHER_SETTLE_SECONDS": rng.choice(("0.3", "0.6", "1")),
        "PUBLISHER_SLICE_SECONDS": rng.choice(("1", "2", "10")),
        "PUBLISHER_OVERLAP_MINUTES": rng.choice(("1", "2")),
        "PUBLISHER_RECONCILE_HOURS": "1",
        "PUBLISHER_BATCH_SIZE": rng.choice(("5", "25", "100", "1000")),
        "PUBLISHER_MAX_RECORDS_PER_RUN": rng.choice(("10", "60", "10000")),
        "PUBLISHER_MAX_RETRIES": rng.choice(("0", "1")),
    }


def with_settings(plan: EventPlan, **settings: str) -> EventPlan:
    return replace(plan, settings={**plan.settings, **settings})
