"""What is done in rounds of pipelines at a time of the round, and how that is drawn."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Seconds of a round in which rows are written and things go wrong. Then all faults end.
TROUBLE_SECONDS = 3.0
ORACLE_FAULTS = (
    "drop before execute {n}",
    "drop after execute {n}",
    "drop on fetch {n}",
    "delay 0.3 on execute {n} times 3",
    "error 60 on execute {n}",
    "error 1555 on fetch {n}",
    "error 1555 on execute {n}",
    "error 3113 on fetch {n}",
    "error 4031 on execute {n}",
    "hang on execute {n} times 1",
    "freeze on execute {n} times 1",
    "refuse logins error 12514 times 4",
    "drop on call chance 0.05 seed {n}",
)


@dataclass(frozen=True)
class Act:
    """Something done to the service or its surroundings at a time of the round.

    Parameters:
        what: two words, whom and how: `nats freeze`. See `Disturbance.deeds`.
        seconds: how long, or by how much.
    """

    at: float
    what: str
    seconds: float = 0.0
    text: str = ""
    copy: str = ""


def moments(rng: random.Random, count: int) -> list[float]:
    return sorted(rng.uniform(0.2, TROUBLE_SECONDS) for _ in range(count))


def oracle_acts(
    rng: random.Random, count: int, user: str, *, spans: Sequence[float], most: int
) -> Iterator[Act]:
    """Draw what happens to Oracle.

    Parameters:
        user: whose statements fail.
        spans: for how many seconds.
        most: how many statements pass at most before one fails.
    """
    for at in moments(rng, count):
        how = rng.choice(("fault", "fault", "fault", "crash", "restart", "freeze"))
        text = f"{rng.choice(ORACLE_FAULTS).format(n=rng.randint(1, most))} for {user}"
        yield Act(at, f"oracle {how}", seconds=rng.choice(spans), text=text)


def copy_acts(rng: random.Random, count: int, copies: Sequence[str]) -> Iterator[Act]:
    """Draw what happens to the service from outside."""
    for at in moments(rng, count):
        how = rng.choice(("kill", "kill", "stop", "freeze"))
        yield Act(at, f"service {how}", copy=rng.choice(copies))
