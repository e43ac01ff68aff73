"""A round of row changes, drawn from its seed."""

from __future__ import annotations

import random
from pathlib import Path

from tests.chaos.changes.hardships import HARDSHIPS
from tests.chaos.changes.plan import ChangesPlan
from tests.chaos.changes.steps import draw_transactions
from tests.chaos.plans.acts import TROUBLE_SECONDS

#: Kind of round -> weight. Those with a hardship of their own stand in `hardships.py`.
KINDS = {
    "sound": 2,
    "mixed": 6,
    "kills": 5,
    "stream": 4,
    "bus": 4,
    "leases": 4,
    "source": 4,
    "reshard": 4,
    "letters": 3,
    "copies": 4,
    "reset": 2,
    "paused": 2,
    "widened": 2,
    "snapshots": 3,
    "digits": 2,
    "late": 3,
    "raw": 4,
    "busless": 3,
}
#: What is drawn more often in rounds of a kind.
LATE_SHARES = {"late": 0.8, "paused": 0.1}
ODD_SHARES = {"letters": 0.3, "raw": 0.2, "sound": 0.05}
OVERSIZES = {"letters": 2, "raw": 1, "mixed": 1}
COUNTS = {"digits": 160, "late": 60}
#: One copy for both pipelines, one for each, or more of the second.
COPIES = (
    {"A": "changes,processor"},
    {"A": "changes", "B": "processor"},
    {"A": "changes,processor", "B": "processor"},
)


def draw(seed: int, transcripts: Path | None = None, kind: str | None = None) -> ChangesPlan:
    """Draw the plan of a seed, the same each time."""
    rng = random.Random(f"chaos of changes {seed}")
    chosen = kind or rng.choices(list(KINDS), list(KINDS.values()))[0]
    copies = rng.choice(COPIES)
    if chosen == "sound":
        copies = COPIES[0]
    plan = ChangesPlan(
        seed=seed,
        kind=chosen,
        settings=draw_settings(rng),
        time_zone=rng.choice(("UTC", "America/New_York", "Asia/Jerusalem")),
        transactions=draw_transactions(
            rng,
            TROUBLE_SECONDS,
            late=LATE_SHARES.get(chosen, 0.25),
            odd=ODD_SHARES.get(chosen, 0.02),
            oversize=OVERSIZES.get(chosen, 0),
            count=COUNTS.get(chosen, 40),
        ),
        copies=copies,
        shards=rng.choice((1, 2, 3, 4)),
        freeze_seconds=rng.uniform(0.5, 4.0),
        restart_seconds=rng.uniform(0, 0.4),
    )
    if chosen in HARDSHIPS:
        return HARDSHIPS[chosen](rng, plan)
    return plan


def draw_settings(rng: random.Random) -> dict[str, str]:
    """Draw what is set otherwise from round to round."""
    return {
        "CHANGES_BATCH_SIZE": rng.choice(("2", "3", "7", "100", "1000")),
        "KINESIS_BATCH_SIZE": rng.choice(("1", "5", "100", "1000")),
        "PROCESSOR_REQUESTS_IN_FLIGHT": rng.choice(("1", "4", "10")),
        "MAX_RETRY_ATTEMPTS": rng.choice(("1", "3")),
        "DLQ_KEEP_EVENT": rng.choice(("true", "true", "false")),
    }
