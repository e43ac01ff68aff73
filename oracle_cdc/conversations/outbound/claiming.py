"""Claims written into the ledger.

A call that the ledger does not take is found apart, so that the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from time import monotonic

from oracle_cdc.conversations.rules.claims import Candidate, Claim
from oracle_cdc.conversations.tables import journal
from oracle_cdc.conversations.tables.leases import Lease, read_leased, release_lease
from oracle_cdc.conversations.tables.ledger import Written, write_claims
from oracle_cdc.errors import CdcError, OracleUnavailable, RowLocked, Unreachable
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.halving import Sorted
from oracle_cdc.running.privacy import describe
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.retrying import Doubling

logger = logging.getLogger(__name__)

#: A call that the ledger refuses by itself is set aside with this failure.
FAILURES_ALONE = 3
#: The seconds for which such a call is left alone after its failures.
REST = Doubling(initial_seconds=5.0, max_seconds=300.0)
#: For these seconds a call that others have locked takes no other's place in a search.
LOCKED_SECONDS = 30.0
#: Of a batch that failed, each part waits no longer for rows that others have locked.
RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class Claimed:
    """The claims that this copy won, and the calls that a failure row accounts for instead."""

    won: Sequence[Claim]
    set_aside: frozenset[str]


class Writing:
    """The writing of claims under one lease, all together and then in parts.

    Parameters:
        is_sure: whether each commit was answered, else more may be written than is known.
    """

    def __init__(
        self,
        database: Database,
        evidence: Evidence[Claim],
        lease: Lease,
        claims: Sequence[Claim],
    ) -> None:
        self.database = database
        self.evidence = evidence
        self.lease = lease
        self.claims = claims
        self.is_sure = True

    def write(self, group: Sequence[Claim]) -> Written:
        """Write some of them."""
        within = None
        if self.evidence.is_retry(group, self.claims):
            within = RETRY_SECONDS
        try:
            return self.database.attempt(
                lambda session: write_claims(session, group, self.lease, within)
            )
        except Exception:
            self.is_sure = False
            raise


class Claiming:
    """Writes claims, and remembers the calls that the ledger refuses by themselves."""

    def __init__(
        self, database: Database, progress: Progress, clock: Callable[[], float] = monotonic
    ) -> None:
        self.database = database
        self.progress = progress
        self.clock = clock
        self.evidence = Evidence[Claim](
            lambda claim: claim.candidate.call_id, lambda: database.answers
        )
        #: Leases that may have been written although nobody said so.
        self.doubtful: list[Lease] = []
        #: When a refused call is tried again, and which of them have their failure row.
        self.resting: dict[str, float] = {}
        self.accounted: set[str] = set()
        #: Until when calls that others have locked make room for the rest.
        self.locked: dict[str, float] = {}

    def claim(self, claims: Sequence[Claim], lease: Lease) -> Claimed:
        """Write claims under a lease.

        Raises what keeps it from all of them, and then the lease is doubtful.
        """
        self.doubtful.append(lease)
        ready = [claim for claim in claims if not self.is_resting(claim)]
        writing = Writing(self.database, self.evidence, lease, ready)
        outcome = self.evidence.sort(ready, writing.write)
        self.note_outcome(outcome)
        won = list(chain.from_iterable(written.won for written in outcome.results))
        if not writing.is_sure:
            won = self.read_back(ready, won, lease)
        if not won:
            outcome.raise_waiting()
        self.doubtful.remove(lease)
        named = {claim.candidate.call_id for claim in claims}
        return Claimed(won, frozenset(named & self.accounted))

    def note_outcome(self, outcome: Sorted[Claim, Written]) -> None:
        """Note which calls others have locked, which the ledger took, and which it refused."""
        for written in outcome.results:
            self.note_locked(claim.candidate.call_id for claim in written.locked)
        for claim in outcome.passed:
            self.resting.pop(claim.candidate.call_id, None)
            self.accounted.discard(claim.candidate.call_id)
        for claim, error in outcome.own:
            self.rest(claim, error)

    def give_back_doubtful(self) -> None:
        """Give back what was claimed in vain, once, when Oracle has just answered.

        Its commit may have been carried out although the connection was lost. Where giving back
        fails, the lease's end does it.
        """
        doubtful, self.doubtful = self.doubtful, []
        for lease in doubtful:
            try:
                with self.database.session() as session:
                    release_lease(session, lease, 0)
            except CdcError as error:
                logger.warning("claims stay leased for up to %d s: %s", lease.lease_seconds, error)

    def is_resting(self, claim: Claim) -> bool:
        return self.resting.get(claim.candidate.call_id, 0.0) > self.clock()

    def note_locked(self, call_ids: Iterable[str]) -> None:
        """Note which calls others have locked or lease, for which the next searches leave room."""
        for call_id in call_ids:
            self.locked[call_id] = self.clock() + LOCKED_SECONDS

    def hindered(self) -> set[str]:
        """Return the calls that can't be claimed now, as far as is known."""
        now = self.clock()
        self.locked = {call_id: until for call_id, until in self.locked.items() if until > now}
        return {call_id for call_id, until in self.resting.items() if until > now}.union(
            self.locked
        )

    def choose(self, candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
        """Choose which candidates are to be claimed: what can't be is tried where there is room.

        One that is tried alone leaves no room for others, so it waits until it can be.
        """
        hindered = self.hindered()
        ready: list[Candidate] = []
        later: list[Candidate] = []
        for candidate in candidates:
            if candidate.call_id not in hindered:
                ready.append(candidate)
            elif not candidate.is_alone:
                later.append(candidate)
        return (ready + later)[:limit]

    def read_back(self, claims: Sequence[Claim], won: Sequence[Claim], lease: Lease) -> list[Claim]:
        """Return what this copy won, with what a commit wrote whose answer was lost."""
        with self.database.session() as session:
            leased = set(read_leased(session, lease))
        return [claim for claim in claims if claim in won or claim.candidate.call_id in leased]

    def rest(self, claim: Claim, error: Exception) -> None:
        """Leave a refused call alone for a while.

        With its third refusal a failure row accounts for it.
        """
        call_id, failures = claim.candidate.call_id, self.evidence.own_failures(claim)
        seconds = REST.after(failures - 1)
        self.resting[call_id] = self.clock() + seconds
        reason = CdcError(f"call {call_id} can't be claimed: {describe(error)}")
        logger.warning("%s (%s), tried again in %.0f s", reason, counted(failures, "time"), seconds)
        # A row that somebody has locked, or inserted, is free again some day. Until then the
        # watermark does not pass it.
        may_pass = isinstance(error, (RowLocked, OracleUnavailable))
        if may_pass:
            self.locked[call_id] = self.resting[call_id]
        if failures >= FAILURES_ALONE and not may_pass and call_id not in self.accounted:
            self.set_aside(call_id, reason)

    def set_aside(self, call_id: str, reason: CdcError) -> None:
        """Write the row that accounts for a call, if Oracle takes it."""
        try:
            self.database.attempt(lambda session: write_unclaimed(session, call_id, reason))
        except (CdcError, Unreachable) as refusal:
            logger.error("%s; it can't be set aside: %s", reason, refusal)
            return
        self.accounted.add(call_id)
        self.progress.add(failed=1, refused=1)
        logger.error("%s; set aside, see `python cdc_service.py failures list`", reason)


def write_unclaimed(session: Session, call_id: str, reason: CdcError) -> None:
    """Write the rows that say why a call is not in the ledger, and commit."""
    event = journal.failed(call_id, reason, FAILURES_ALONE)
    journal.write_events(session, f"claim {call_id}", [event])
    session.commit()
