"""Where the drawing of a plan has come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.plans.conversations import Turns

#: Rows that come later than the window looks back: the database's clock jumps while their
#: transactions are open.
LATE_OVERLAP_MINUTES = 5
LATE_JUMP_AT = 1.0
LATE_JUMP_SECONDS = 3000.0


@dataclass
class Draft:
    """Where the drawing of a plan has come."""

    rng: random.Random
    kind: str
    transcripts: Sequence[Turns] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share
