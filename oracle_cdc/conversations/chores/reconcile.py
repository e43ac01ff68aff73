"""The reconciliation: sweeps slowly over hours that no window reaches any more, for what came late."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from oracle_cdc.conversations.chores.sweep import (
    RECENT,
    Slice,
    Sweep,
    SweepRules,
    in_words,
    level_of,
)
from oracle_cdc.conversations.counters import RECONCILED
from oracle_cdc.conversations.outbound.turns import Search, Turns
from oracle_cdc.conversations.rules.windows import Stretch, Window, sweep_start
from oracle_cdc.conversations.tables.modes import RowLock
from oracle_cdc.conversations.tables.sweeps import (
    SweepState,
    Tally,
    begin_sweep,
    finish_sweep,
    measure_window,
    read_sweep_state,
    save_sweep,
    take_sweep,
)
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.chore import Chore, Result

logger = logging.getLogger(__name__)

#: Between two looks at when the last sweep ended, whoever made it.
AGE_SECONDS = 60.0


class Reconciliation(Chore):
    """Sweeps step by step; a step searches one slice, or as much of it as one turn can claim.

    What it finds goes the way of all calls. The cursor of a full sweep is durable, and one copy sweeps at a time.
    """

    name = "reconciliation"
    needs_queue = True

    def __init__(
        self,
        database: Database,
        turns: Turns,
        row_lock: RowLock,
        rules: SweepRules,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.database = database
        self.turns = turns
        self.row_lock = row_lock
        self.rules = rules
        self.owner = turns.scope.instance_id
        self.lease_seconds = turns.scope.lease_seconds
        self.sweep: Sweep | None = None
        self.clock = clock
        self.age_read_at = float("-inf")

    def run_once(self) -> Result:
        """Do one step: begin a sweep, search in its slice, or finish it."""
        with self.database.session() as session:
            self.read_age(session)
            sweep = self.sweep or self.begin(session)
            self.sweep = sweep
            if sweep is None:
                return Result(self.rules.look_again_seconds, waits_for="its time, or another copy")
            if sweep.stretch.is_finished:
                return self.finish(session, sweep)
            part = sweep.slice or self.open_slice(session, sweep)
        return self.search(sweep, part)

    def read_age(self, session: Session) -> None:
        """Find out when the last sweep ended, whichever copy made it."""
        if self.clock() - self.age_read_at < AGE_SECONDS:
            return
        self.age_read_at = self.clock()
        state = read_sweep_state(session, full_minutes=self.rules.full_minutes)
        reconciled = self.turns.delivery.progress.age(RECONCILED)
        if state is not None and state.is_enabled:
            reconciled.see(state.age_seconds)
        else:
            reconciled.forget()

    def begin(self, session: Session) -> Sweep | None:
        """Return the next sweep, or the one that was left unfinished; None when it is not time, or another copy's."""
        is_ours = self.row_lock.attempt(session, lambda: self.take(session))
        if not is_ours:
            return None
        state = read_sweep_state(session, full_minutes=self.rules.full_minutes)
        if state is None:
            return None
        if state.cursor and state.range_start and state.clock:
            logger.info("the sweep that was left at %s goes on", state.cursor)
            return self.resume(state, state.cursor, state.range_start, state.clock)
        sweep = self.plan(state)
        begin_sweep(
            session,
            self.owner,
            range_start=sweep.range_start,
            clock=sweep.clock,
            cursor=sweep.range_start if sweep.is_full else None,
        )
        return sweep

    def take(self, session: Session) -> bool:
        return take_sweep(
            session,
            self.owner,
            lease_seconds=self.lease_seconds,
            interval_minutes=self.rules.interval_minutes,
        )

    def resume(
        self, state: SweepState, cursor: datetime, range_start: datetime, clock: datetime
    ) -> Sweep:
        return Sweep(
            range_start,
            clock,
            self.settled_until(state),
            self.stretch(cursor),
            is_full=True,
            is_measured=False,
        )

    def plan(self, state: SweepState) -> Sweep:
        oldest = sweep_start(
            state.watermark,
            state.coverage_start,
            state.now,
            last_end=state.last_end,
            length=timedelta(hours=self.rules.hours),
        )
        recent = max(oldest, min(state.watermark, state.now) - RECENT)
        is_full = state.is_full_due or oldest >= recent
        start = oldest if is_full else recent
        return Sweep(
            start,
            state.now,
            self.settled_until(state),
            self.stretch(start),
            is_full=is_full,
            is_measured=True,
        )

    def settled_until(self, state: SweepState) -> datetime:
        """Return the time before which no window of normal mode looks any more."""
        overlap = timedelta(minutes=self.turns.scope.overlap_minutes)
        return min(state.watermark, state.now) - overlap

    def stretch(self, start: datetime) -> Stretch:
        length = self.turns.scope.slice_length
        return Stretch(start, length, length)

    def search(self, sweep: Sweep, part: Slice) -> Result:
        """Take one turn in the slice under way, and close the slice when it is searched to its end."""
        window = part.rest.window(sweep.clock)
        turn = self.turns.take(Search(window, with_due=False, is_thorough=True))
        if turn is None or not (turn.found.is_enabled and turn.found.is_whole):
            return Result(
                self.rules.look_again_seconds, waits_for="SQS, the DBA, or a whole search"
            )
        part = replace(part, rest=turn.advance(part.rest, window))
        if not part.rest.is_finished:
            self.sweep = replace(sweep, slice=part)
            return Result(self.rules.pause_seconds if turn.is_lost else 0.0)
        with self.database.session() as session:
            after = part.before
            if part.before.missing:
                after = self.measure(session, sweep, part.window)
            sweep = sweep.closed(part, after, turn.found.clocks.now)
            self.sweep = sweep if self.save(session, sweep) else None
        return Result(0.0 if sweep.stretch.is_finished else self.rules.pause_seconds)

    def open_slice(self, session: Session, sweep: Sweep) -> Slice:
        window = sweep.stretch.window(sweep.clock)
        length = self.turns.scope.slice_length
        rest = Stretch(window.start, length, length, end=window.end)
        return Slice(window, self.measure(session, sweep, window), rest)

    def measure(self, session: Session, sweep: Sweep, window: Window) -> Tally:
        return measure_window(
            session, window, range_start=sweep.range_start, settled_until=sweep.settled_until
        )

    def save(self, session: Session, sweep: Sweep) -> bool:
        """Write how far the sweep has come, and return whether it is this copy's still.

        A locked row leaves the cursor where it was.
        """
        cursor = sweep.stretch.position if sweep.is_full else None
        is_ours = self.row_lock.attempt(
            session,
            lambda: save_sweep(
                session, self.owner, cursor=cursor, lease_seconds=self.lease_seconds
            ),
        )
        if is_ours is False:
            logger.info("another copy took the sweep over")
            return False
        return True

    def finish(self, session: Session, sweep: Sweep) -> Result:
        clock = sweep.clock if sweep.is_full else None
        tally = sweep.tally if sweep.is_full and sweep.is_measured else None
        written = self.row_lock.attempt(
            session, lambda: finish_sweep(session, self.owner, clock=clock, tally=tally)
        )
        if written is None:
            return Result(self.rules.look_again_seconds, waits_for="its row, which is locked")
        self.sweep = None
        self.age_read_at = float("-inf")
        self.read_age(session)
        return Result(self.rules.interval_minutes * 60, in_words(sweep), level_of(sweep))
