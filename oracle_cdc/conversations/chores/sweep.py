"""A sweep: what is searched behind the windows of normal mode, how far it has come, and what it found."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oracle_cdc.conversations.rules.windows import Stretch, Window
from oracle_cdc.conversations.tables.sweeps import Tally

#: How far back every sweep looks; older hours are looked at by every fourth one, and at least once a day.
RECENT = timedelta(hours=1)
FULL_EVERY = 4
DAY_MINUTES = 1440
#: Between two questions whether a sweep may begin: another copy sweeps, or the mode is paused.
LOOK_AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class SweepRules:
    """What is swept, and when.

    hours: how late a row may come. interval_minutes: between two beginnings. pause_seconds: between slices.
    """

    hours: int
    interval_minutes: float
    pause_seconds: float

    @property
    def full_minutes(self) -> float:
        return min(FULL_EVERY * self.interval_minutes, DAY_MINUTES)

    @property
    def look_again_seconds(self) -> float:
        return min(self.interval_minutes * 60, LOOK_AGAIN_SECONDS)

    @property
    def late_seconds(self) -> float:
        """Within this a full sweep should have finished: a day, and until the next is due."""
        return (DAY_MINUTES + self.full_minutes) * 60


NOTHING = Tally()


@dataclass(frozen=True)
class Slice:
    """One window of a sweep: how it stood before, and what of it is still to be searched."""

    window: Window
    before: Tally
    rest: Stretch


@dataclass(frozen=True)
class Sweep:
    """One sweep under way.

    is_full: it reaches back as many hours as the rules say. is_measured: this copy sees the whole of it.
    """

    range_start: datetime
    clock: datetime
    settled_until: datetime
    stretch: Stretch
    is_full: bool
    is_measured: bool
    tally: Tally = NOTHING
    found_missing: int = 0
    slice: Slice | None = None

    def closed(self, done: Slice, after: Tally, now: datetime) -> Sweep:
        """Go on behind a slice that was searched to its end."""
        return replace(
            self,
            stretch=self.stretch.advanced(done.window, now),
            tally=self.tally.plus(after),
            found_missing=self.found_missing + done.before.missing,
            slice=None,
        )


def level_of(sweep: Sweep) -> int:
    """Return at which level a sweep is logged: one that found nothing is worth a line only when it was full."""
    if sweep.tally.missing:
        return logging.WARNING
    if sweep.is_full or sweep.found_missing:
        return logging.INFO
    return logging.DEBUG


def in_words(sweep: Sweep) -> str:
    """Say what a sweep found."""
    tally = sweep.tally
    text = (
        f"reconciled from {sweep.range_start} on: {tally.source} calls in source, {tally.sent} sent, "
        f"{tally.summarized} summarized, {sweep.found_missing} were missing, {tally.missing} still are, "
        f"oldest: {tally.oldest_missing or 'none'}"
    )
    if sweep.is_full and tally.shrunk:
        text += (
            f"; {tally.shrunk} calls have fewer rows than were read, the first is call {tally.shrunk_call}; "
            "nothing is sent for that"
        )
    return text
