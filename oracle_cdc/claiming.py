"""Claims written into the ledger; a call that the ledger does not take is found apart, so that the others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.claims import Claim
from oracle_cdc.errors import CdcError, OracleUnavailable, RowLocked, Unreachable
from oracle_cdc.evidence import Evidence
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.journal import Entry, Fault, SetAside, set_aside, write_entries, write_faults
from oracle_cdc.oracle.ledger import Lease, read_claimed, write_claims
from oracle_cdc.oracle.session import Session
from oracle_cdc.privacy import describe
from oracle_cdc.progress import Progress

logger = logging.getLogger(__name__)

#: A call that the ledger refuses by itself is set aside after so many tries.
FAILURES_ALONE = 3
#: How long such a call is left alone, after its first failure and at most.
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 5.0, 300.0
#: Of a batch that failed, each part waits no longer for rows that others hold.
RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class Claimed:
    """The claims that this copy won, and the calls that a failure row accounts for instead."""

    won: Sequence[Claim]
    set_aside: frozenset[str]


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
        #: When a refused call is tried again, and which of them have their failure row.
        self.resting: dict[str, float] = {}
        self.accounted: set[str] = set()

    def claim(self, claims: Sequence[Claim], lease: Lease) -> Claimed:
        """Write claims under a lease. Raises what keeps it from all of them."""
        ready = [
            claim
            for claim in claims
            if self.resting.get(claim.candidate.call_id, 0.0) <= self.clock()
        ]
        is_sure = True

        def attempt(group: Sequence[Claim]) -> list[Claim]:
            nonlocal is_sure
            within = RETRY_SECONDS if self.evidence.is_retry(group, ready) else None
            try:
                return self.database.attempt(
                    lambda session: write_claims(session, group, lease, within)
                )
            except Exception:
                is_sure = False
                raise

        outcome = self.evidence.sort(ready, attempt)
        for claim in outcome.passed:
            self.resting.pop(claim.candidate.call_id, None)
            self.accounted.discard(claim.candidate.call_id)
        for claim, error in outcome.own:
            self.refused(claim, error)
        won = [claim for part in outcome.results for claim in part]
        if not is_sure:
            won = self.read_back(ready, won, lease)
        if not won:
            outcome.raise_waiting()
        found = frozenset(claim.candidate.call_id for claim in claims)
        return Claimed(won, found & self.accounted)

    def read_back(self, claims: Sequence[Claim], won: Sequence[Claim], lease: Lease) -> list[Claim]:
        """What this copy won, with what a commit wrote whose answer was lost."""
        ours = set(self.database.attempt(lambda session: read_claimed(session, lease)))
        ours |= {claim.candidate.call_id for claim in won}
        return [claim for claim in claims if claim.candidate.call_id in ours]

    def refused(self, claim: Claim, error: Exception) -> None:
        """Leave a call alone for a while; with its third refusal a failure row accounts for it."""
        call_id, failures = claim.candidate.call_id, self.evidence.own_failures(claim)
        rest = min(FIRST_REST_SECONDS * 2.0 ** min(failures - 1, 16), LONGEST_REST_SECONDS)
        self.resting[call_id] = self.clock() + rest
        reason = CdcError(f"call {call_id} can't be claimed: {describe(error)}")
        logger.warning("%s (%d times), tried again in %.0f s", reason, failures, rest)
        # A row that somebody holds is free again some day; until then the watermark does not pass it.
        is_held = isinstance(error, (RowLocked, OracleUnavailable))
        if failures < FAILURES_ALONE or is_held or call_id in self.accounted:
            return
        try:
            self.database.attempt(lambda session: write_unclaimed(session, call_id, reason))
        except (CdcError, Unreachable) as refusal:
            logger.error("%s; it can't be set aside: %s", reason, refusal)
            return
        self.accounted.add(call_id)
        self.progress.add(failed=1, refused=1)
        logger.error("%s; set aside, see `python cdc_service.py failures list`", reason)


def write_unclaimed(session: Session, call_id: str, reason: CdcError) -> None:
    """The rows that say why a call is not in the ledger, and commit."""
    set_aside(session, [SetAside("OUTBOUND", call_id, str(reason), FAILURES_ALONE, None)])
    write_entries(
        session,
        f"claim {call_id}"[:50],
        [Entry(call_id, "FAIL", "FAILED", error_message=str(reason))],
    )
    write_faults(session, [Fault(reason, call_id, FAILURES_ALONE)])
    session.commit()
