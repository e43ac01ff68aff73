"""A sweep: what is searched behind the windows of normal mode, and how far it has come."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oracle_cdc.conversations.outbound.turn import Turn
from oracle_cdc.conversations.rules.windows import Stretch, Window, sweep_start
from oracle_cdc.conversations.tables.sweeps import SweepState, Tally
from oracle_cdc.running.amounts import counted

#: How far back every sweep looks. Every fourth one looks at older hours, and at least once a day.
RECENT = timedelta(hours=1)
FULL_EVERY = 4
DAY_MINUTES = 1440
#: Between two questions whether a sweep may begin: another copy sweeps, or the mode is paused.
LOOK_AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class SweepRules:
    """What is swept, and when.

    Parameters:
        hours: how late a row may come.
        interval_minutes: between two beginnings.
        pause_seconds: between slices.
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
        """Return how late a full sweep may finish: a day, and until the next is due."""
        return (DAY_MINUTES + self.full_minutes) * 60


NOTHING = Tally()


@dataclass(frozen=True)
class Slice:
    """One window of a sweep: how it stood before, and what of it is still to be searched.

    Parameters:
        has_passed: calls that other sessions have locked were met in it.
    """

    window: Window
    before: Tally
    rest: Stretch
    has_passed: bool = False

    def searched(self, turn: Turn, window: Window) -> Slice:
        """Go on behind a turn, also past calls that other sessions have locked."""
        locked = turn.locked_twice
        rest = turn.advance(self.rest, window, passing=locked)
        return replace(self, rest=rest, has_passed=self.has_passed or bool(locked))


@dataclass(frozen=True)
class Sweep:
    """One sweep under way.

    Parameters:
        clock: the database's, when it began.
        settled_until: before it no window of normal mode looks any more.
        is_full: it reaches back as many hours as the rules say.
        is_measured: this copy sees the whole of it.
        passed_from: where the first slice began in which it passed calls that others have locked.
            Nothing durable goes past it, so that the next sweep finds them.
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
    passed_from: datetime | None = None

    @property
    def durable_cursor(self) -> datetime | None:
        """Return how far a full sweep has come, which a kill must not lose."""
        if not self.is_full:
            return None
        return self.passed_from or self.stretch.position

    @property
    def durable_end(self) -> datetime | None:
        """Return up to when a full sweep has found all, unless it passed calls."""
        if not self.is_full or self.passed_from:
            return None
        return self.clock

    @property
    def whole_tally(self) -> Tally | None:
        """Return the tally of a full sweep of which this copy saw the whole."""
        if self.is_full and self.is_measured:
            return self.tally
        return None

    def closed(self, done: Slice, after: Tally, now: datetime) -> Sweep:
        """Go on behind a slice that was searched to its end."""
        passed_from = self.passed_from
        if done.has_passed and passed_from is None:
            passed_from = done.window.start
        return replace(
            self,
            stretch=self.stretch.advanced(done.window, now),
            tally=self.tally.plus(after),
            found_missing=self.found_missing + done.before.missing,
            slice=None,
            passed_from=passed_from,
        )


def plan_sweep(
    state: SweepState, rules: SweepRules, *, overlap: timedelta, slice_length: timedelta
) -> Sweep:
    """Plan the next sweep, a full one when it is time for one."""
    oldest = sweep_start(
        state.watermark,
        state.coverage_start,
        state.now,
        last_end=state.last_end,
        length=timedelta(hours=rules.hours),
    )
    recent = max(oldest, min(state.watermark, state.now) - RECENT)
    is_full = state.is_full_due or oldest >= recent
    start = recent
    if is_full:
        start = oldest
    return Sweep(
        range_start=start,
        clock=state.now,
        settled_until=settled_until(state, overlap),
        stretch=Stretch(start, slice_length, slice_length),
        is_full=is_full,
        is_measured=True,
    )


def resume_sweep(state: SweepState, *, overlap: timedelta, slice_length: timedelta) -> Sweep | None:
    """Return the sweep that was left unfinished, if there is one."""
    if not (state.cursor and state.range_start and state.clock):
        return None
    return Sweep(
        range_start=state.range_start,
        clock=state.clock,
        settled_until=settled_until(state, overlap),
        stretch=Stretch(state.cursor, slice_length, slice_length),
        is_full=True,
        is_measured=False,
    )


def settled_until(state: SweepState, overlap: timedelta) -> datetime:
    """Return the time before which no window of normal mode looks any more."""
    return min(state.watermark, state.now) - overlap


def level_of(sweep: Sweep) -> int:
    """Return at which level a sweep is logged.

    One that found nothing is worth a line only when it was full.
    """
    if sweep.tally.missing or sweep.passed_from:
        return logging.WARNING
    if sweep.is_full or sweep.found_missing:
        return logging.INFO
    return logging.DEBUG


def in_words(sweep: Sweep) -> str:
    """Say what a sweep found."""
    tally = sweep.tally
    text = (
        f"reconciled from {sweep.range_start} on: {counted(tally.source, 'call')} in source, "
        f"{tally.sent} sent, {tally.summarized} summarized, "
        f"{counted(sweep.found_missing, 'was missing', 'were missing')}, "
        f"{counted(tally.missing, 'still is', 'still are')}, "
        f"oldest: {tally.oldest_missing or 'none'}"
    )
    if sweep.passed_from:
        text += (
            f"; calls that other sessions hold were passed from {sweep.passed_from} on, "
            "the next full sweep looks for them again"
        )
    if sweep.is_full and tally.shrunk:
        text += (
            f"; {counted(tally.shrunk, 'call has', 'calls have')} fewer rows than were read, "
            f"the first is call {tally.shrunk_call}; nothing is sent for that"
        )
    return text
