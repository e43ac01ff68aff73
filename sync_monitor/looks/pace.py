"""How often a look is taken, why, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sync_monitor.metering import Meters
from sync_monitor.rules.conclusion import Taken
from sync_monitor.verdicts import Trigger

HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Asked:
    """Why a look is taken, and by whom."""

    trigger: Trigger = Trigger.TIMER
    by: str = ""

    @property
    def is_of_all(self) -> bool:
        """Return whether a person wants to know, so that what is not due is measured again too."""
        return self.trigger in (Trigger.PERSON, Trigger.ONCE)


@dataclass(frozen=True)
class Pace:
    """How often each sync is looked at, and what that may cost.

    Parameters:
        confirm: how long behind the first look at a fault the one is that confirms it.
        rows_per_hour: of one sync that may be counted and compared.
        settings_hash: of the settings that looks are taken with.
    """

    interval: timedelta
    confirm: timedelta
    rows_per_hour: int
    settings_hash: str = ""

    def row_budget(self, asked: Asked) -> int:
        """Return how many rows one look may count and compare: an hour's, where a person asks."""
        if asked.is_of_all:
            return self.rows_per_hour
        share = self.interval.total_seconds() / HOUR_SECONDS
        return max(1, int(self.rows_per_hour * min(1.0, share)))

    def taken(self, began: datetime, start: float, asked: Asked, meters: Meters) -> Taken:
        """Return how a look was taken that ends now. `start` is of the clock that measures it."""
        took = timedelta(seconds=monotonic() - start)
        return Taken(
            began=began,
            took=took,
            interval=self.interval,
            trigger=asked.trigger,
            by=asked.by,
            settings_hash=self.settings_hash,
            cost=meters.cost,
        )
