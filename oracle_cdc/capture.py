"""One outbound cycle: search, claim, deliver, batch after batch, and then the watermark.

The order of commits is what nothing is lost by: the claim stands before the reading, the seal before the send, the
outcome after the answer, and the watermark passes a call only once the ledger has it.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from oracle_cdc.claims import Claim, Moment, Rules, choose_claims
from oracle_cdc.delivery import Delivery, Hold
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.oracle.database import Database, Session
from oracle_cdc.oracle.ledger import Lease, Work, find_work, write_claims
from oracle_cdc.oracle.modes import Heartbeat, begin_mode, read_mode
from oracle_cdc.repeats import RepeatLimiter
from oracle_cdc.retrying import Breaker, State
from oracle_cdc.windows import Sweep, Window, begin_sweep, next_watermark

logger = logging.getLogger(__name__)

#: Searches in a row that win nothing leave the rest to the other copies until the next cycle.
LOST_SEARCHES = 3
#: While the breaker probes, one request's worth is claimed.
PROBE_CALLS = 10


@dataclass(frozen=True)
class Scope:
    """Which calls one copy claims, and how many at a time."""

    mode: str
    overlap_minutes: int
    slice_minutes: int
    max_batch_size: int
    lease_seconds: int
    instance_id: str


@dataclass(frozen=True)
class Position:
    """The watermark as it was last read, the start of coverage, and the database's clocks then."""

    watermark: datetime
    coverage_start: datetime
    moment: Moment


class Capture:
    """The outbound leg. `run_cycle` works until nothing more can be claimed, then records watermark and heartbeat."""

    def __init__(
        self,
        database: Database,
        delivery: Delivery,
        heartbeat: Heartbeat,
        breaker: Breaker,
        rules: Rules,
        scope: Scope,
        stop: threading.Event,
        repeats: RepeatLimiter,
    ) -> None:
        self.database = database
        self.delivery = delivery
        self.heartbeat = heartbeat
        self.breaker = breaker
        self.rules = rules
        self.scope = scope
        self.stop = stop
        self.repeats = repeats
        self.position: Position | None = None

    def run_cycle(self) -> None:
        """One cycle. Raises what kept it from going on; what was claimed is settled or given back then."""
        with self.database.session() as session:
            position = self.position or self.begin(session)
            self.position = None
            sweep = self.begin_sweep(position)
            position, sweep = self.work(session, position, sweep)
            watermark = next_watermark(position.watermark, sweep, position.moment.now)
            is_written = self.heartbeat.record(session, seen=position.watermark, watermark=watermark)
            self.position = Position(
                watermark if is_written else position.watermark, position.coverage_start, position.moment
            )

    def begin(self, session: Session) -> Position:
        """Where the last run left off; the first start begins the coverage."""
        begin_mode(session, self.scope.mode, self.scope.overlap_minutes)
        mode = read_mode(session, self.scope.mode)
        if mode is None or mode.watermark is None or mode.coverage_start is None:
            raise OracleConfigurationError(f"CDC_PROCESSING_STATUS: the row {self.scope.mode} can't be made")
        return Position(mode.watermark, mode.coverage_start, mode.moment)

    def begin_sweep(self, position: Position) -> Sweep:
        return begin_sweep(
            position.watermark,
            position.coverage_start,
            position.moment.now,
            overlap=timedelta(minutes=self.scope.overlap_minutes),
            slice_length=timedelta(minutes=self.scope.slice_minutes),
        )

    def work(self, session: Session, position: Position, sweep: Sweep) -> tuple[Position, Sweep]:
        """Batch after batch, until the sweep is finished, the service stops, or there is no sense in claiming."""
        turn = lost = 0
        while not sweep.is_finished and not self.stop.is_set() and lost < LOST_SEARCHES:
            window, is_live = self.next_window(sweep, position.moment.now, turn)
            limit = self.claim_limit()
            if limit == 0:
                break
            due_limit = 0 if is_live else limit
            found = find_work(session, self.scope.mode, window, call_limit=limit, due_limit=due_limit)
            moved = self.follow(found)
            if not self.is_enabled(found):
                break
            if moved.watermark != position.watermark:
                position, sweep = moved, self.begin_sweep(moved)
                continue
            position = moved
            claims = choose_claims(found.candidates, found.moment, self.rules)
            won = self.claim_and_deliver(session, found, claims)
            lost = 0 if won or not claims else lost + 1
            if not is_live and won == len(found.candidates):
                sweep = advance(sweep, window, found, limit)
            turn += 1
        return position, sweep

    def next_window(self, sweep: Sweep, now: datetime, turn: int) -> tuple[Window, bool]:
        """The sweep's next window; while it catches up every second one is the newest: live calls do not wait."""
        window = sweep.window(now)
        if window.is_newest or turn % 2 == 0:
            return window, False
        return sweep.newest_window(now), True

    def claim_limit(self) -> int:
        """How many calls may be claimed now: none while SQS is known to be down, a request's worth to probe it."""
        is_probe = self.breaker.state is not State.CLOSED
        if not self.breaker.allows():
            return 0
        return min(PROBE_CALLS, self.scope.max_batch_size) if is_probe else self.scope.max_batch_size

    def follow(self, found: Work) -> Position:
        """The position as the search saw it: somebody may have moved the watermark. Raises when the row was emptied."""
        if found.watermark is None or found.coverage_start is None:
            raise OracleConfigurationError(f"CDC_PROCESSING_STATUS: the row {self.scope.mode} has lost its watermark")
        return Position(found.watermark, found.coverage_start, found.moment)

    def is_enabled(self, found: Work) -> bool:
        """The DBA's switch, told once when it is found off."""
        if found.is_enabled:
            self.repeats.recovered(f"pause of {self.scope.mode}")
            self.delivery.progress.paused.discard(self.scope.mode)
        else:
            self.delivery.progress.paused.add(self.scope.mode)
            self.repeats.failure(
                f"pause of {self.scope.mode}", logger, "%s is paused: IS_ENABLED is 0", self.scope.mode
            )
        return found.is_enabled

    def claim_and_deliver(self, session: Session, found: Work, claims: Sequence[Claim]) -> int:
        """Claim what the search found and bring it to its end; how many calls this copy won."""
        if not claims:
            return 0
        warn_of_future(found)
        hold = Hold(self.new_lease(), monotonic())
        won = write_claims(session, claims, hold.lease)
        leased = [claim for claim in won if claim.is_leased]
        logger.info("found %d calls, leased %d, still talking %d", len(claims), len(leased), len(won) - len(leased))
        if leased:
            self.delivery.deliver(session, hold, leased, found.moment)
        return len(won)

    def new_lease(self) -> Lease:
        return Lease(secrets.token_hex(16), self.scope.instance_id, self.scope.lease_seconds)


def advance(sweep: Sweep, window: Window, found: Work, limit: int) -> Sweep:
    """How far the sweep has come: below its limit a search covered the whole window, else up to its last call."""
    if len(found.candidates) < limit:
        return sweep.advanced(window, found.moment.now)
    reached = [candidate.oldest_time for candidate in found.candidates if candidate.oldest_time is not None]
    return sweep.shortened(max(reached)) if reached else sweep


def warn_of_future(found: Work) -> None:
    """Segments far ahead of the database's clock are read, but count neither for quiet nor for the longest wait."""
    ahead = [c.call_id for c in found.candidates if c.newest_time is not None and c.newest_time != c.last_time]
    if ahead:
        logger.warning("%d calls have segments stamped more than 90 minutes ahead, first call %s", len(ahead), ahead[0])
