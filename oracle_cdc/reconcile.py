"""The reconciliation: a slow sweep over hours that no window reaches any more, for what came late."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.modes import Heartbeat
from oracle_cdc.oracle.session import Session
from oracle_cdc.oracle.sweeps import (
    Ground,
    Tally,
    begin_sweep,
    finish_sweep,
    measure_window,
    read_ground,
    save_sweep,
    take_sweep,
)
from oracle_cdc.turns import Turns
from oracle_cdc.windows import Stretch, Window, sweep_start

logger = logging.getLogger(__name__)

#: So far back every sweep looks; older hours are looked at by every fourth one, and at least once a day.
RECENT = timedelta(hours=1)
FULL_EVERY = 4
DAY_MINUTES = 1440
#: So often it is asked when the last sweep ended, whoever made it.
LOOK_SECONDS = 60.0
#: Another copy sweeps, or the mode is paused: asked again after so many seconds.
LOOK_AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class SweepRules:
    """hours: how late a row may come. interval_minutes: between two beginnings. pause_seconds: between slices."""

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
        """A sweep that reaches far enough back should have finished within this: a day, and until the next is due."""
        return (DAY_MINUTES + self.full_minutes) * 60


NOTHING = Tally()


@dataclass(frozen=True)
class Part:
    """One slice: how it stood before, and what of it is still to be searched."""

    window: Window
    before: Tally
    rest: Stretch


@dataclass(frozen=True)
class Sweep:
    """One sweep under way. is_full: it reaches back reconcile_hours; is_measured: this copy sees the whole of it."""

    range_start: datetime
    clock: datetime
    settled_until: datetime
    stretch: Stretch
    is_full: bool
    is_measured: bool
    tally: Tally = NOTHING
    found_missing: int = 0
    part: Part | None = None

    def closed(self, part: Part, after: Tally, now: datetime) -> Sweep:
        return replace(
            self,
            stretch=self.stretch.advanced(part.window, now),
            tally=self.tally.plus(after),
            found_missing=self.found_missing + part.before.missing,
            part=None,
        )


class Reconciliation:
    """Sweeps step by step; a step searches one slice, or as much of it as one turn can claim.

    What it finds goes the way of all calls. The cursor of a full sweep is durable, and one copy sweeps at a time.
    """

    def __init__(
        self,
        database: Database,
        turns: Turns,
        heartbeat: Heartbeat,
        rules: SweepRules,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.database = database
        self.turns = turns
        self.heartbeat = heartbeat
        self.rules = rules
        self.owner = turns.scope.instance_id
        self.lease_seconds = turns.scope.lease_seconds
        self.sweep: Sweep | None = None
        self.clock = clock
        self.looked_at = float("-inf")

    def step(self) -> float:
        """One step; the seconds until the next. Raises what kept it from going on."""
        with self.database.session() as session:
            self.look(session)
            self.sweep = self.sweep or self.begin(session)
            if self.sweep is None:
                return self.rules.look_again_seconds
            if self.sweep.stretch.is_finished:
                return self.finish(session, self.sweep)
            part = self.sweep.part or self.open_part(session, self.sweep)
        return self.search(self.sweep, part)

    def look(self, session: Session) -> None:
        """When the last sweep ended, whichever copy made it."""
        if self.clock() - self.looked_at < LOOK_SECONDS:
            return
        self.looked_at = self.clock()
        ground = read_ground(session, full_minutes=self.rules.full_minutes)
        reconciled = self.turns.delivery.progress.reconciled
        if ground is not None and ground.is_enabled:
            reconciled.see(ground.age_seconds)
        else:
            reconciled.forget()

    def begin(self, session: Session) -> Sweep | None:
        """The next sweep, or the one that was left unfinished; None when it is not time, or not this copy's."""
        taken = False

        def take() -> None:
            nonlocal taken
            taken = take_sweep(
                session,
                self.owner,
                lease_seconds=self.lease_seconds,
                interval_minutes=self.rules.interval_minutes,
            )

        if not self.heartbeat.try_write(session, take) or not taken:
            return None
        ground = read_ground(session, full_minutes=self.rules.full_minutes)
        if ground is None:
            return None
        sweep = self.resume(ground) or self.plan(ground)
        if sweep.is_measured:
            cursor = sweep.range_start if sweep.is_full else None
            begin_sweep(
                session, self.owner, range_start=sweep.range_start, clock=sweep.clock, cursor=cursor
            )
        return sweep

    def resume(self, ground: Ground) -> Sweep | None:
        if ground.cursor is None or ground.range_start is None or ground.clock is None:
            return None
        logger.info("the sweep that was left at %s goes on", ground.cursor)
        stretch = self.stretch(ground.cursor)
        return Sweep(
            ground.range_start, ground.clock, self.settled_until(ground), stretch, True, False
        )

    def plan(self, ground: Ground) -> Sweep:
        oldest = sweep_start(
            ground.watermark,
            ground.coverage_start,
            ground.now,
            last_end=ground.last_end,
            length=timedelta(hours=self.rules.hours),
        )
        recent = max(oldest, min(ground.watermark, ground.now) - RECENT)
        is_full = ground.is_full_due or oldest >= recent
        start = oldest if is_full else recent
        return Sweep(
            start, ground.now, self.settled_until(ground), self.stretch(start), is_full, True
        )

    def settled_until(self, ground: Ground) -> datetime:
        """Before this no window of normal mode looks any more."""
        return min(ground.watermark, ground.now) - timedelta(
            minutes=self.turns.scope.overlap_minutes
        )

    def stretch(self, start: datetime) -> Stretch:
        length = self.turns.scope.slice_length
        return Stretch(start, length, length)

    def search(self, sweep: Sweep, part: Part) -> float:
        """One turn in the slice under way; the seconds until the next step."""
        window = part.rest.window(sweep.clock)
        turn = self.turns.take(window, with_due=False, is_thorough=True)
        if turn is None or not (turn.found.is_enabled and turn.found.is_whole):
            return self.rules.look_again_seconds
        part = replace(part, rest=turn.advance(part.rest, window))
        if not part.rest.is_finished:
            self.sweep = replace(sweep, part=part)
            return self.rules.pause_seconds if turn.is_lost else 0.0
        with self.database.session() as session:
            after = (
                self.measure(session, sweep, part.window) if part.before.missing else part.before
            )
            sweep = sweep.closed(part, after, turn.found.moment.now)
            self.sweep = sweep if self.save(session, sweep) else None
        return 0.0 if sweep.stretch.is_finished else self.rules.pause_seconds

    def open_part(self, session: Session, sweep: Sweep) -> Part:
        window = sweep.stretch.window(sweep.clock)
        length = self.turns.scope.slice_length
        return Part(
            window,
            self.measure(session, sweep, window),
            Stretch(window.start, length, length, end=window.end),
        )

    def measure(self, session: Session, sweep: Sweep, window: Window) -> Tally:
        return measure_window(
            session, window, range_start=sweep.range_start, settled_until=sweep.settled_until
        )

    def save(self, session: Session, sweep: Sweep) -> bool:
        """Write how far the sweep has come. A locked row leaves the cursor where it was.

        Returns:
            False when another copy took the sweep over, which is left to it then.
        """
        is_ours = True

        def write() -> None:
            nonlocal is_ours
            cursor = sweep.stretch.position if sweep.is_full else None
            is_ours = save_sweep(
                session, self.owner, cursor=cursor, lease_seconds=self.lease_seconds
            )

        self.heartbeat.try_write(session, write)
        if not is_ours:
            logger.info("another copy took the sweep over")
        return is_ours

    def finish(self, session: Session, sweep: Sweep) -> float:
        clock = sweep.clock if sweep.is_full else None
        tally = sweep.tally if sweep.is_full and sweep.is_measured else None

        def write() -> None:
            finish_sweep(session, self.owner, clock=clock, tally=tally)

        if not self.heartbeat.try_write(session, write):
            return self.rules.look_again_seconds
        self.sweep = None
        self.looked_at = float("-inf")
        self.look(session)
        tell(sweep)
        return self.rules.interval_minutes * 60


def tell(sweep: Sweep) -> None:
    """One line for a full sweep, and for any that found something."""
    tally = sweep.tally
    level = (
        logging.WARNING
        if tally.missing
        else logging.INFO
        if sweep.is_full or sweep.found_missing
        else logging.DEBUG
    )
    logger.log(
        level,
        "reconciled from %s on: %d calls in source, %d sent, %d summarized, %d were missing, %d still are, oldest: %s",
        sweep.range_start,
        tally.source,
        tally.sent,
        tally.summarized,
        sweep.found_missing,
        tally.missing,
        tally.oldest_missing or "none",
    )
    if sweep.is_full and tally.shrunk:
        logger.info(
            "%d calls have fewer rows than were read, the first is call %s; nothing is sent for that",
            tally.shrunk,
            tally.shrunk_call,
        )
