"""Takes turns: search a window, claim what it found, deliver it. The same for every mode."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from oracle_cdc.conversations.outbound.claiming import Claiming
from oracle_cdc.conversations.outbound.delivery import Delivery
from oracle_cdc.conversations.outbound.lanes import Lanes, split_apart
from oracle_cdc.conversations.outbound.searching import Finder, SettingAside, warn_of_future
from oracle_cdc.conversations.outbound.turn import Search, Turn
from oracle_cdc.conversations.rules.claims import Claim, Clocks, Rules, choose_claims
from oracle_cdc.conversations.tables.leases import Lease
from oracle_cdc.conversations.tables.search import Query, Work
from oracle_cdc.running.breaker import Breaker, State
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)

#: While the breaker probes, this many calls are claimed: one request's worth.
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
    def overlap(self) -> timedelta:
        return timedelta(minutes=self.overlap_minutes)

    @property
    def slice_length(self) -> timedelta:
        return timedelta(minutes=self.slice_minutes)


@dataclass(frozen=True)
class Batch:
    """What was claimed under one lease.

    Parameters:
        accounted: the calls that the ledger has after it.
        won: how many claims this copy won.
        leased: of these, what is to be delivered.
    """

    lease: Lease
    accounted: frozenset[str]
    won: int
    leased: Sequence[Claim]

    @property
    def is_alone(self) -> bool:
        return self.leased[0].candidate.is_alone

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
        self.progress = delivery.progress
        self.breaker = breaker
        self.rules = rules
        self.scope = scope
        self.repeats = repeats
        self.claiming = Claiming(self.database, self.progress)
        self.finder = Finder(self.database, SettingAside(self.database, self.progress).account_for)

    def take(self, search: Search, lanes: Lanes | None = None) -> Turn | None:
        """Search, claim and deliver once. Returns None while SQS is known to be down.

        No session is held while a batch is delivered.

        Parameters:
            lanes: where batches are delivered while the caller searches on.
        """
        if lanes:
            lanes.check()
        limit = self.claim_limit(search)
        if limit == 0:
            return None
        hindered = self.claiming.hindered()
        room = limit + len(hindered)
        found = self.find(search, room)
        candidates = self.claiming.choose(found.candidates, limit)
        if lanes and any(candidate.is_alone for candidate in candidates):
            # While there is a backlog some lane is always busy.
            lanes.wait()
        is_busy = lanes is not None and lanes.is_busy
        claims = choose_claims(candidates, found.clocks, self.rules, is_busy=is_busy)
        batches: list[Batch] = []
        if claims:
            warn_of_future(found)
            batches = self.claim_and_deliver(claims, found.clocks, search.job_id, lanes)
        accounted: frozenset[str] = frozenset().union(*[batch.accounted for batch in batches])
        won = sum(batch.won for batch in batches)
        leased = sum(len(batch.leased) for batch in batches)
        has_learned = not hindered.issuperset(self.claiming.hindered())
        locked = frozenset(self.claiming.locked)
        return Turn(found, claims, accounted, won, leased, room, has_learned, locked)

    def claim_limit(self, search: Search) -> int:
        """Return how many calls may be claimed now.

        None while SQS is known to be down, and one request's worth to probe it.
        """
        most_calls = search.most_calls or self.scope.max_batch_size
        is_probe = self.breaker.state is not State.CLOSED
        if not self.breaker.allows():
            return 0
        if is_probe:
            return min(PROBE_CALLS, most_calls)
        return most_calls

    def find(self, search: Search, limit: int) -> Work:
        """Search once, and note the DBA's switch. Raises what keeps it from every call."""
        query = Query(
            self.scope.mode,
            search.window,
            call_limit=limit,
            due_limit=limit,
            is_thorough=search.is_thorough,
        )
        if not search.with_due:
            query = replace(query, due_limit=0)
        if search.is_resend:
            query = replace(query, resend_job=search.job_id)
        found = self.finder.find(query)
        self.claiming.give_back_doubtful()
        # What is due as well, because its lease has ended, is taken over now.
        due = {candidate.call_id for candidate in found.candidates}
        self.claiming.note_locked(found.leased - due)
        self.note_switch(found.is_enabled)
        return found

    def note_switch(self, is_enabled: bool) -> None:
        """Note the DBA's switch, and log it once when it is found off."""
        mode = self.scope.mode
        if is_enabled:
            self.repeats.recovered(f"pause of {mode}")
            self.progress.paused.discard(mode)
        else:
            self.progress.paused.add(mode)
            self.repeats.failure(f"pause of {mode}", logger, "%s is paused: IS_ENABLED is 0", mode)

    def claim_and_deliver(
        self, claims: Sequence[Claim], clocks: Clocks, job_id: str | None, lanes: Lanes | None
    ) -> list[Batch]:
        """Claim batch after batch and deliver each, here or in a lane."""
        is_probe = self.breaker.state is not State.CLOSED
        # Nothing goes beside the probe of a queue that was down.
        beside = None
        if not is_probe:
            beside = lanes
        batches: list[Batch] = []
        with self.progress.holding(self.progress.loop()):
            for part in split_apart(claims, beside, is_probe=beside is not lanes):
                batch = self.claim(part, self.new_lease(job_id))
                batches.append(batch)
                # Before the next is claimed: a failure there leaves none of these leased.
                self.deliver(batch, clocks, beside)
        return batches

    def new_lease(self, job_id: str | None) -> Lease:
        return Lease(
            secrets.token_hex(16), self.scope.instance_id, self.scope.lease_seconds, job_id
        )

    def claim(self, claims: Sequence[Claim], lease: Lease) -> Batch:
        """Write claims under a lease of their own."""
        claimed = self.claiming.claim(claims, lease)
        accounted = set(claimed.set_aside)
        leased: list[Claim] = []
        for claim in claimed.won:
            accounted.add(claim.candidate.call_id)
            if claim.is_leased:
                leased.append(claim)
        return Batch(lease, frozenset(accounted), len(claimed.won), leased)

    def deliver(self, batch: Batch, clocks: Clocks, lanes: Lanes | None) -> None:
        """Bring what was claimed to its end, here or in a lane."""

        def deliver_batch() -> None:
            self.delivery.deliver(batch.lease, batch.leased, clocks)

        if not batch.leased:
            return
        if lanes is None:
            deliver_batch()
        elif batch.is_alone:
            lanes.start_alone(deliver_batch)
        elif batch.is_apart:
            lanes.start_apart(deliver_batch)
        else:
            lanes.start(deliver_batch)
