"""One turn: search a window, claim what it found, deliver it. The same for every mode."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from oracle_cdc.claiming import Claiming
from oracle_cdc.claims import Claim, Moment, Rules, choose_claims, put_off
from oracle_cdc.delivery import Delivery, Hold
from oracle_cdc.errors import CdcError
from oracle_cdc.lanes import Lanes
from oracle_cdc.oracle.ledger import Lease, Query, Work, release_claims
from oracle_cdc.repeats import RepeatLimiter
from oracle_cdc.retrying import Breaker, State
from oracle_cdc.searching import Search, SettingAside
from oracle_cdc.windows import Stretch, Window

logger = logging.getLogger(__name__)

#: While the breaker probes, one request's worth is claimed.
PROBE_CALLS = 10


@dataclass(frozen=True)
class Scope:
    """Which calls one copy claims in a mode, and how many at a time."""

    mode: str
    overlap_minutes: int
    slice_minutes: int
    max_batch_size: int
    lease_seconds: int
    instance_id: str

    @property
    def slice_length(self) -> timedelta:
        return timedelta(minutes=self.slice_minutes)


@dataclass(frozen=True)
class Turn:
    """What one turn found and claimed, which calls are accounted for now, and how many it won and leased.

    limit: of the calls that it looked for.
    """

    found: Work
    claims: Sequence[Claim]
    accounted: frozenset[str]
    won: int
    leased: int
    limit: int

    @property
    def is_full(self) -> bool:
        """There may be more than it found."""
        return len(self.found.candidates) >= self.limit

    @property
    def is_lost(self) -> bool:
        """Other copies were faster at every call."""
        return bool(self.claims) and not self.won

    def advance(self, stretch: Stretch, window: Window) -> Stretch:
        """How far the stretch has come: below its limit a search covered the whole window, else up to its last call."""
        nominated = [c for c in self.found.candidates if c.oldest_time is not None]
        is_accounted = self.accounted.issuperset(candidate.call_id for candidate in nominated)
        if not (self.found.is_enabled and self.found.is_whole and is_accounted):
            return stretch
        if not self.is_full:
            return stretch.advanced(window, self.found.moment.now)
        return (
            stretch.shortened(max(c.oldest_time for c in nominated if c.oldest_time))
            if nominated
            else stretch
        )


@dataclass(frozen=True)
class Batch:
    """What is accounted for now, how many calls were won under one lease, and of them what is to be delivered."""

    hold: Hold
    accounted: frozenset[str]
    won: int
    leased: Sequence[Claim]

    @property
    def is_apart(self) -> bool:
        return all(claim.is_apart for claim in self.leased)


class Turns:
    """Takes turns for one mode."""

    def __init__(
        self,
        delivery: Delivery,
        breaker: Breaker,
        rules: Rules,
        scope: Scope,
        repeats: RepeatLimiter,
    ) -> None:
        self.delivery = delivery
        self.database = delivery.database
        self.breaker = breaker
        self.rules = rules
        self.scope = scope
        self.repeats = repeats
        #: Leases that may have been written although nobody said so.
        self.doubtful: list[Lease] = []
        self.claiming = Claiming(delivery.database, delivery.progress)
        self.search = Search(
            delivery.database, SettingAside(delivery.database, delivery.progress).account_for
        )

    def take(
        self,
        window: Window,
        *,
        with_due: bool = True,
        is_thorough: bool = False,
        most_calls: int | None = None,
        job_id: str | None = None,
        resend: bool = False,
        lanes: Lanes | None = None,
    ) -> Turn | None:
        """One turn; None while SQS is known to be down. No session is held while a batch is delivered.

        with_due: also what is due in the ledger. is_thorough: also calls whose rows were replaced. job_id is written
        beside what the window nominates; with resend that is also what was sent before, unless it was sent for this
        job. lanes: where batches are delivered while the caller searches on.
        """
        if lanes:
            lanes.check()
        limit = self.claim_limit(most_calls or self.scope.max_batch_size)
        if limit == 0:
            return None
        query = Query(
            self.scope.mode,
            window,
            call_limit=limit,
            due_limit=limit if with_due else 0,
            resend_job=job_id if resend else None,
            is_thorough=is_thorough,
        )
        found = self.search.find(query)
        self.give_back_doubtful()
        self.tell_switch(found.is_enabled)
        claims = choose_claims(found.candidates, found.moment, self.rules)
        if not claims:
            return Turn(found, claims, frozenset(), 0, 0, limit)
        warn_of_future(found)
        with self.delivery.progress.holding():
            # Nothing goes beside the probe of a queue that was down.
            beside = lanes if self.breaker.state is State.CLOSED else None
            batches = []
            for part in split_apart(claims, beside, is_probe=beside is not lanes):
                batches.append(self.claim(part, job_id))
                # Before the next is claimed: a failure there leaves none of these leased.
                self.deliver(batches[-1], found.moment, beside)
        accounted = frozenset(call_id for batch in batches for call_id in batch.accounted)
        won, leased = (
            sum(batch.won for batch in batches),
            sum(len(batch.leased) for batch in batches),
        )
        return Turn(found, claims, accounted, won, leased, limit)

    def claim_limit(self, most_calls: int) -> int:
        """How many calls may be claimed now: none while SQS is known to be down, a request's worth to probe it."""
        is_probe = self.breaker.state is not State.CLOSED
        if not self.breaker.allows():
            return 0
        return min(PROBE_CALLS, most_calls) if is_probe else most_calls

    def tell_switch(self, is_enabled: bool) -> None:
        """The DBA's switch, told once when it is found off."""
        mode = self.scope.mode
        if is_enabled:
            self.repeats.recovered(f"pause of {mode}")
            self.delivery.progress.paused.discard(mode)
        else:
            self.delivery.progress.paused.add(mode)
            self.repeats.failure(f"pause of {mode}", logger, "%s is paused: IS_ENABLED is 0", mode)

    def claim(self, claims: Sequence[Claim], job_id: str | None) -> Batch:
        """Write claims under a lease of their own."""
        hold = Hold(self.new_lease(job_id), monotonic())
        self.doubtful.append(hold.lease)
        claimed = self.claiming.claim(claims, hold.lease)
        self.doubtful.remove(hold.lease)
        won_ids = [claim.candidate.call_id for claim in claimed.won]
        accounted = claimed.set_aside.union(won_ids)
        return Batch(
            hold, accounted, len(won_ids), [claim for claim in claimed.won if claim.is_leased]
        )

    def give_back_doubtful(self) -> None:
        """Give back what was claimed in vain: its commit may have been carried out although the connection was lost.

        Tried once, when Oracle has just answered; where it fails, the lease's end does it.
        """
        doubtful, self.doubtful = self.doubtful, []
        for lease in doubtful:
            try:
                with self.database.session() as session:
                    release_claims(session, lease, 0)
            except CdcError as error:
                logger.warning("claims stay leased for up to %d s: %s", lease.lease_seconds, error)

    def deliver(self, batch: Batch, moment: Moment, lanes: Lanes | None) -> None:
        """Bring what was claimed to its end, here or in a lane."""

        def deliver() -> None:
            self.delivery.deliver(batch.hold, batch.leased, moment)

        if not batch.leased:
            return
        if lanes is None:
            deliver()
        elif batch.is_apart:
            lanes.start_apart(deliver)
        else:
            lanes.start(deliver)

    def new_lease(self, job_id: str | None) -> Lease:
        return Lease(
            secrets.token_hex(16), self.scope.instance_id, self.scope.lease_seconds, job_id
        )


def split_apart(
    claims: Sequence[Claim], lanes: Lanes | None, *, is_probe: bool
) -> list[list[Claim]]:
    """The batches to deliver. Calls that have failed by themselves make one of their own, where there is a lane for it;
    while that is busy, and where a queue is probed with others, they are put off."""
    together = [claim for claim in claims if not claim.is_apart]
    apart = [claim for claim in claims if claim.is_apart]
    if (is_probe and together) or (lanes and not lanes.is_apart_free):
        return [[*together, *map(put_off, apart)]]
    if lanes is None:
        return [[*together, *apart]]
    return [batch for batch in (together, apart) if batch]


def warn_of_future(found: Work) -> None:
    """Segments far ahead of the database's clock are read, but count neither for quiet nor for the longest wait."""
    ahead = [
        c.call_id
        for c in found.candidates
        if c.newest_time is not None and c.newest_time != c.last_time
    ]
    if ahead:
        logger.warning(
            "%d calls have segments stamped more than 90 minutes ahead, first call %s",
            len(ahead),
            ahead[0],
        )
