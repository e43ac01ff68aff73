"""How leased calls end: their outcomes in one transaction, or back to whoever claims them next."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from oracle_cdc.claims import Candidate, Plan
from oracle_cdc.closing import Closing
from oracle_cdc.errors import CdcError
from oracle_cdc.model import SendOutcome
from oracle_cdc.oracle import journal, ledger
from oracle_cdc.oracle.failures import clear_failures
from oracle_cdc.oracle.journal import Entry
from oracle_cdc.oracle.ledger import Lease
from oracle_cdc.oracle.modes import Heartbeat
from oracle_cdc.oracle.session import Session
from oracle_cdc.persistence import Persistence
from oracle_cdc.progress import Progress

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")


class Settlement:
    """Writes what became of the calls of a lease, again and again until it is written."""

    def __init__(self, persistence: Persistence, heartbeat: Heartbeat, progress: Progress) -> None:
        self.persistence = persistence
        self.heartbeat = heartbeat
        self.progress = progress

    def settle(
        self,
        lease: Lease,
        accepted: Sequence[SendOutcome],
        plans: Mapping[str, Plan],
        closings: Sequence[Closing],
        elapsed_ms: float,
        candidates: Mapping[str, Candidate],
    ) -> None:
        """Write how the chunk ended, in one transaction; tried until it is written: the answers are only here."""
        if accepted and any(closing.set_aside for closing in closings):
            # A failure row that Oracle refuses must not have the accepted calls sent again.
            self.settle(lease, accepted, plans, [], elapsed_ms, candidates)
            accepted = []

        def write(session: Session) -> None:
            settled = ledger.settle_sent(session, accepted, plans, lease)
            held = {e.call_id for e in ledger.settle_unsent(session, [c.ending for c in closings], lease)}
            ours = [closing for closing in closings if closing.ending.call_id in held]
            journal.set_aside(session, [closing.set_aside for closing in ours if closing.set_aside])
            sent_ids = [outcome.message.call_id for outcome in settled]
            clear_failures(session, [call_id for call_id in sent_ids if candidates[call_id].may_have_failed])
            entries = [Entry(call_id, operation(plans[call_id]), "SUCCESS", elapsed_ms) for call_id in sent_ids]
            entries += [closing.entry for closing in ours if closing.entry]
            journal.write_entries(session, lease.token, entries)
            journal.write_faults(session, [closing.fault for closing in ours if closing.fault])
            self.heartbeat.record(session, accepted=len(settled))

        self.persistence.run("settling", write)
        tell_calls(accepted, closings)
        self.count(accepted, closings, elapsed_ms)

    def count(self, accepted: Sequence[SendOutcome], closings: Sequence[Closing], elapsed_ms: float) -> None:
        rejected = sum(c.entry is not None and c.entry.operation == "REJECT" for c in closings)
        failed = sum(c.ending.state == "FAILED" for c in closings)
        refused = sum(c.entry is not None and c.entry.status == "FAILED" for c in closings)
        self.progress.batch_done("outbound", elapsed_ms / 1000)
        self.progress.add(sent=len(accepted), rejected=rejected, failed=failed, refused=refused)
        performance.info(
            "batch sent=%d rejected=%d failed=%d put_off=%d elapsed_ms=%.0f",
            len(accepted),
            rejected,
            failed,
            sum(c.ending.state == "OPEN" for c in closings),
            elapsed_ms,
        )

    def release(self, lease: Lease, due_seconds: float, *, suspicion: int = 0, refusals: int = 0) -> None:
        """Give back what is still leased; where that fails, the lease's end does it."""

        def give_back(session: Session) -> int:
            return ledger.release_claims(session, lease, due_seconds, suspicion=suspicion, refusals=refusals)

        try:
            self.persistence.run("giving claims back", give_back)
        except CdcError as error:
            logger.warning("claims stay leased for up to %d s: %s", lease.lease_seconds, error)


def operation(plan: Plan) -> str:
    return "RESEND" if plan.is_resend else "SEND"


def tell_calls(accepted: Sequence[SendOutcome], closings: Sequence[Closing]) -> None:
    """What became of each call: a failed one is an error, the rest are steps."""
    for outcome in accepted:
        message = outcome.message
        logger.debug("call %s revision %d sent as %s", message.call_id, message.revision, outcome.message_id)
    for closing in closings:
        level = logging.ERROR if closing.fault else logging.DEBUG
        reason = closing.fault.error if closing.fault else "no send"
        logger.log(level, "call %s is %s: %s", closing.ending.call_id, closing.ending.state or "unchanged", reason)
