"""One outbound cycle of normal mode: turn after turn, and then the watermark.

The order of commits is what nothing is lost by: the claim stands before the reading, the seal
before the send, the outcome after the answer, and the watermark passes a call only once the ledger
has it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from oracle_cdc.conversations.outbound.lanes import Lanes
from oracle_cdc.conversations.outbound.turn import Search
from oracle_cdc.conversations.outbound.turns import Scope, Turns
from oracle_cdc.conversations.rules.claims import Clocks
from oracle_cdc.conversations.rules.windows import Stretch, Window, begin_stretch, next_watermark
from oracle_cdc.conversations.tables.heartbeat import HEARTBEAT_SECONDS, Heartbeat
from oracle_cdc.conversations.tables.modes import begin_mode, read_mode
from oracle_cdc.conversations.tables.search import Work
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.oracle.database import Database

logger = logging.getLogger(__name__)

#: Searches in a row that win nothing leave the rest to the other copies until the next cycle.
LOST_SEARCHES = 3
#: While it catches up, live calls are looked for after every turn that they filled, else after
#: this.
LIVE_SECONDS = 2.0


@dataclass(frozen=True)
class Position:
    """The watermark as it was last read, the start of coverage, and the database's clocks then."""

    watermark: datetime
    coverage_start: datetime
    clocks: Clocks

    def is_ahead(self, overlap: timedelta) -> bool:
        """Return whether the coverage begins later than the clock allows, which was put back.

        It begins anew then.
        """
        return self.coverage_start > self.clocks.now - overlap


class Capture:
    """The outbound leg.

    `run_cycle` works until nothing more can be claimed, then records watermark and heartbeat.
    """

    def __init__(
        self,
        database: Database,
        turns: Turns,
        heartbeat: Heartbeat,
        *,
        scope: Scope,
        lanes: Lanes,
        stop: threading.Event,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.database = database
        self.turns = turns
        self.heartbeat = heartbeat
        self.scope = scope
        self.stop = stop
        self.lanes = lanes
        self.clock = clock
        self.position: Position | None = None
        #: The watermark as a cycle that failed saw it, and how far that one came.
        self.reached: tuple[datetime, datetime] | None = None
        self.recorded_at = clock()
        #: When live calls shall be looked for again.
        self.live_at = 0.0

    def run_cycle(self) -> None:
        """Run one cycle.

        Raises what kept it from going on. What was claimed is settled or given back then.
        """
        position = self.position or self.begin()
        self.position = None
        with self.lanes:
            position, stretch = self.work(position, self.resume(position))
        if stretch.is_finished:
            self.turns.finder.finished()
        watermark = next_watermark(position.watermark, stretch, position.clocks.now)
        is_written = self.record(position, watermark)
        self.reached = None
        if is_written:
            position = replace(position, watermark=watermark)
        if not position.is_ahead(self.scope.overlap):
            self.position = position

    def record(self, position: Position, watermark: datetime) -> bool:
        """Write watermark and heartbeat, and commit. Returns False when their row is locked."""
        self.recorded_at = self.clock()
        with self.database.session() as session:
            return self.heartbeat.record(session, seen=position.watermark, watermark=watermark)

    def begin(self) -> Position:
        """Read where the last run left off, where the first start begins the coverage."""
        with self.database.session() as session:
            begin_mode(session, self.scope.mode, self.scope.overlap_minutes)
            mode = read_mode(session, self.scope.mode)
        if mode is None or mode.watermark is None or mode.coverage_start is None:
            raise OracleConfigurationError(
                f"CDC_PROCESSING_STATUS: the row {self.scope.mode} can't be made"
            )
        return Position(mode.watermark, mode.coverage_start, mode.clocks)

    def resume(self, position: Position) -> Stretch:
        """Return what this cycle is to search: what a failed one left, as if that had recorded how
        far it came, or on a bad network none would ever come to the end.
        """
        if self.reached is not None:
            seen, reached = self.reached
            # A clock that was ahead when the cycle failed says nothing of now.
            if position.watermark == seen and reached <= position.clocks.now:
                position = replace(position, watermark=max(seen, reached))
        return self.begin_stretch(position)

    def begin_stretch(self, position: Position) -> Stretch:
        """Begin what this cycle is to search."""
        return begin_stretch(
            position.watermark,
            position.coverage_start,
            position.clocks.now,
            overlap=self.scope.overlap,
            slice_length=self.scope.slice_length,
            failed_searches=self.turns.finder.long_failures,
        )

    def work(self, position: Position, stretch: Stretch) -> tuple[Position, Stretch]:
        """Take turn after turn, until the stretch is finished or the service stops.

        It also ends when there is no sense in claiming more.
        """
        lost, was_live = 0, True
        while not stretch.is_finished and not self.stop.is_set() and lost < LOST_SEARCHES:
            window, is_live = self.next_window(stretch, position.clocks.now, was_live=was_live)
            turn = self.turns.take(Search(window, with_due=not is_live), self.lanes)
            if turn is None:
                break
            moved = read_position(turn.found, self.scope.mode)
            if not (turn.found.is_enabled and turn.found.is_whole):
                break
            lost += 1
            if not turn.is_lost:
                lost = 0
            if not is_live:
                stretch = turn.advance(stretch, window)
            log_move(position.watermark, moved.watermark, self.scope.slice_length)
            stretch = self.go_on(stretch, position, moved)
            if is_live and not turn.is_full:
                self.live_at = self.clock() + LIVE_SECONDS
            position, was_live = moved, is_live
            watermark = next_watermark(position.watermark, stretch, position.clocks.now)
            self.reached = position.watermark, watermark
            is_late = self.clock() - self.recorded_at >= HEARTBEAT_SECONDS
            if is_late and self.record(position, watermark):
                position = replace(position, watermark=watermark)
        return position, stretch

    def go_on(self, stretch: Stretch, before: Position, after: Position) -> Stretch:
        """Return what is left to be searched.

        All of it again where the watermark was moved back. Another copy moves it on with each of
        its cycles: then this one goes on where it is, or it would begin anew with each and never
        end.
        """
        anew = self.begin_stretch(after)
        if after.watermark < before.watermark:
            return anew
        if after.watermark > before.watermark:
            stretch = stretch.moved_on(anew.position)
        return stretch.sliced_as(anew)

    def next_window(
        self, stretch: Stretch, now: datetime, *, was_live: bool
    ) -> tuple[Window, bool]:
        """Return the stretch's next window, and whether it is for live calls.

        While it catches up, that is now and then the newest instead: live calls do not wait.
        """
        window = stretch.window(now)
        if window.is_newest or was_live or self.clock() < self.live_at:
            return window, False
        return stretch.newest_window(now), True


def read_position(found: Work, mode: str) -> Position:
    """Return the position as the search saw it: somebody may have moved the watermark.

    Raises OracleConfigurationError when the row was emptied.
    """
    if found.watermark is None or found.coverage_start is None:
        raise OracleConfigurationError(
            f"CDC_PROCESSING_STATUS: the row {mode} has lost its watermark"
        )
    return Position(found.watermark, found.coverage_start, found.clocks)


def log_move(before: datetime, after: datetime, slice_length: timedelta) -> None:
    """Log that the watermark is not where this copy left it.

    Back, or far ahead, only a person moves it. Other copies take it on a little at a time.
    """
    if after < before or after - before > slice_length:
        logger.info(
            "the watermark was moved by `checkpoint reset`, by SQL or by another copy: "
            "%s -> %s, followed",
            before.isoformat(),
            after.isoformat(),
        )
