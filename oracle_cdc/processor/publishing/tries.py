"""How often what is refused is tried, and how long is waited in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from oracle_cdc.changes.rules.errors import BusRefused, TransformationFailed
from oracle_cdc.errors import CdcError
from oracle_cdc.running.retrying import Doubling

#: What may go well the next time. All else is as wrong then.
TRIED_AGAIN = (TransformationFailed, BusRefused)


@dataclass(frozen=True)
class Tries:
    """The tries of one record.

    Parameters:
        most: for what may go well the next time, with the first.
        uniform: makes waits that differ, so that what failed together does not come back together.
    """

    most: int
    waits: Doubling
    uniform: Callable[[float, float], float] = random.uniform

    def are_over(self, error: CdcError, attempts: int) -> bool:
        """Return whether a record that was refused this number of times is tried no more."""
        return not isinstance(error, TRIED_AGAIN) or attempts >= self.most

    def wait_seconds(self, attempts: int) -> float:
        """Return how long to wait after an attempt, of which this is the number."""
        bound = self.waits.after(attempts - 1)
        return self.uniform(bound / 2, bound)
