"""Rounds over all lanes: one look, then a visit to each in which something waits."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from oracle_cdc.changes.outbound.lane import Lane
from oracle_cdc.changes.outbound.lane_states import COMMON, LaneState, LaneStates
from oracle_cdc.changes.outbound.shipped_counts import ShippedCounts
from oracle_cdc.changes.outbound.visit import Visited, Visitor
from oracle_cdc.errors import CdcError, Unavailable
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

#: How much more than a batch is read, where the front of a lane is held back.
MOST_HELD_BACK = 10


@dataclass
class Counts:
    """What became of changes, since the start, by their tables.

    Parameters:
        shipped: records that the stream accepted. A change of keys has two.
        held_back: rows that stay at the front of their change table since its last visit.
        ages: how many seconds ago the first change that waits was done, at the last look.
    """

    shipped: Counter[str] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    ages: Mapping[str, float] = field(default_factory=dict)


class Shipping:
    """Ships changes, a batch of each lane in turn.

    Parameters:
        look_seconds: how often lanes are looked at while there is something to ship.
    """

    def __init__(
        self,
        database: Database,
        lanes: LaneStates,
        visitor: Visitor,
        progress: Progress,
        *,
        look_seconds: float,
        is_stopping: Callable[[], bool],
    ) -> None:
        self.database = database
        self.lanes = lanes
        self.visitor = visitor
        self.progress = progress
        self.look_seconds = look_seconds
        self.is_stopping = is_stopping
        self.counts = Counts()
        self.shipped_counts = ShippedCounts(database)
        self.looked_at = float("-inf")
        #: Lanes in which more waits, as far as is known.
        self.busy: list[LaneState] = []

    def run_round(self) -> bool:
        """Visit each lane in which something waits, and return whether more does.

        Raises what Oracle or the stream fail with. A failure of one lane stops no other.
        """
        now = self.progress.clock()
        if not self.busy or now - self.looked_at >= self.look_seconds:
            self.look(now)
        failure: CdcError | None = None
        busy: list[LaneState] = []
        for state in self.busy:
            if self.is_stopping():
                break
            visited = self.visit(state)
            if visited.failure is not None:
                failure = failure or visited.failure
                if isinstance(visited.failure, Unavailable):
                    # All lanes go to one stream.
                    break
            elif visited.has_more:
                busy.append(state)
        self.busy = busy
        if failure is not None:
            raise failure
        return bool(busy)

    def look(self, now: float) -> None:
        """Look at which lanes have something, the oldest first."""
        with self.database.session() as session:
            look = self.lanes.look(session)
        self.looked_at = now
        self.counts.ages = look.ages
        self.busy = []
        for table in sorted(look.ages, key=lambda table: look.ages[table], reverse=True):
            state = self.lanes.states.get(table)
            if state is not None and state.next_at <= now:
                self.busy.append(state)

    def visit(self, state: LaneState) -> Visited:
        """Send the front of a lane. Raises what fails all lanes alike."""
        lane = state.lane
        if lane is None:
            return Visited()
        try:
            with self.database.session() as session:
                visited = self.visitor.visit(session, lane, state.held_back)
        except COMMON:
            raise
        except CdcError as error:
            self.lanes.fail(state, error)
            return Visited()
        except Exception as error:  # a bug that one table's rows meet must not stop the others
            logger.critical("a bug at changes of %s", lane.table, exc_info=error)
            self.lanes.fail(state, CdcError(f"a bug: {type(error).__name__}"))
            return Visited()
        self.note(state, lane, visited)
        return visited

    def note(self, state: LaneState, lane: Lane, visited: Visited) -> None:
        """Note what a visit came to."""
        table, counts = lane.table, self.counts
        counts.shipped[table] += visited.shipped
        counts.dead[table] += len(visited.dead)
        counts.skipped[table] += visited.skipped
        counts.held_back[table] = visited.held_back
        if visited.deleted:
            self.shipped_counts.add(table, visited.shipped, visited.last_id)
        state.held_back = min(visited.held_back, MOST_HELD_BACK * self.visitor.batch_size)
        for code, reason in visited.dead:
            self.lanes.repeats.failure(
                ("dead letter", table, code),
                logger,
                "changes of %s: %s: %s; it is a dead letter",
                table,
                code,
                reason,
                level=logging.ERROR,
            )
        if visited.error is None:
            self.lanes.well(state)
        elif visited.shipped:
            self.lanes.complain(state, visited.error)
        else:
            self.lanes.put_off(state, visited.error)
