"""The reconciliation: sweeps over hours that no window reaches any more, for what came late."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from oracle_cdc.conversations.chores.sweep import (
    Slice,
    Sweep,
    SweepRules,
    in_words,
    level_of,
    plan_sweep,
    resume_sweep,
)
from oracle_cdc.conversations.chores.sweep_age import SweepAge
from oracle_cdc.conversations.counters import RECONCILED
from oracle_cdc.conversations.outbound.turn import Search
from oracle_cdc.conversations.outbound.turns import Turns
from oracle_cdc.conversations.rules.windows import Stretch, Window
from oracle_cdc.conversations.tables.row_lock import RowLock
from oracle_cdc.conversations.tables.sweeps import (
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


class Reconciliation(Chore):
    """Sweeps step by step, where a step searches one slice, or what of it one turn can claim.

    What it finds goes the way of all calls. The cursor of a full sweep is durable, and one copy
    sweeps at a time.
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
        self.age = SweepAge(
            turns.delivery.progress.age(RECONCILED), full_minutes=rules.full_minutes, clock=clock
        )

    def run_once(self) -> Result:
        """Do one step: begin a sweep, search in its slice, or finish it."""
        with self.database.session() as session:
            self.age.refresh(session)
            sweep = self.sweep or self.begin(session)
            self.sweep = sweep
            if sweep is None:
                return Result(self.rules.look_again_seconds, waits_for="its time, or another copy")
            if sweep.stretch.is_finished:
                return self.finish(session, sweep)
            part = sweep.slice or self.open_slice(session, sweep)
        return self.search(sweep, part)

    def begin(self, session: Session) -> Sweep | None:
        """Return the next sweep, or the one that was left unfinished.

        Returns None when it is not time, or when another copy sweeps.
        """
        is_ours = self.row_lock.attempt(session, lambda: self.take(session))
        if not is_ours:
            return None
        state = read_sweep_state(session, full_minutes=self.rules.full_minutes)
        if state is None:
            return None
        scope = self.turns.scope
        left = resume_sweep(state, overlap=scope.overlap, slice_length=scope.slice_length)
        if left is not None:
            logger.info("the sweep that was left at %s goes on", left.stretch.position)
            return left
        sweep = plan_sweep(
            state, self.rules, overlap=scope.overlap, slice_length=scope.slice_length
        )
        begin_sweep(
            session,
            self.owner,
            range_start=sweep.range_start,
            clock=sweep.clock,
            cursor=sweep.durable_cursor,
        )
        return sweep

    def take(self, session: Session) -> bool:
        """Take the sweep for this copy, if it is time and no other has it."""
        return take_sweep(
            session,
            self.owner,
            lease_seconds=self.lease_seconds,
            interval_minutes=self.rules.interval_minutes,
        )

    def search(self, sweep: Sweep, part: Slice) -> Result:
        """Take one turn in the slice under way, and close the slice when it is searched to its
        end.
        """
        window = part.rest.window(sweep.clock)
        turn = self.turns.take(Search(window, with_due=False, is_thorough=True))
        if turn is None or not (turn.found.is_enabled and turn.found.is_whole):
            return Result(
                self.rules.look_again_seconds, waits_for="SQS, the DBA, or a whole search"
            )
        part = part.searched(turn, window)
        if not part.rest.is_finished:
            self.sweep = replace(sweep, slice=part)
            if turn.is_lost:
                return Result(self.rules.pause_seconds)
            return Result(0.0)
        with self.database.session() as session:
            after = part.before
            if part.before.missing:
                after = self.measure(session, sweep, part.window)
            # Before it is saved: a lost connection must not lose what only this copy has seen.
            self.sweep = sweep = sweep.closed(part, after, turn.found.clocks.now)
            if not self.save(session, sweep):
                self.sweep = None
        if sweep.stretch.is_finished:
            return Result(0.0)
        return Result(self.rules.pause_seconds)

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
        is_ours = self.row_lock.attempt(
            session,
            lambda: save_sweep(
                session,
                self.owner,
                cursor=sweep.durable_cursor,
                lease_seconds=self.lease_seconds,
            ),
        )
        if is_ours is False:
            logger.info("another copy took the sweep over")
            return False
        return True

    def finish(self, session: Session, sweep: Sweep) -> Result:
        """Write the end of a sweep, and report what it found."""
        written = self.row_lock.attempt(
            session,
            lambda: finish_sweep(
                session, self.owner, clock=sweep.durable_end, tally=sweep.whole_tally
            ),
        )
        if written is None:
            return Result(self.rules.look_again_seconds, waits_for="its row, which is locked")
        self.sweep = None
        self.age.read(session)
        return Result(self.rules.interval_minutes * 60, in_words(sweep), level_of(sweep))
