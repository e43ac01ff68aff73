"""How leased calls end: their outcomes in one transaction, or back to whoever claims them next."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from oracle_cdc.claims import Candidate, Plan
from oracle_cdc.closing import Closing
from oracle_cdc.errors import CdcError
from oracle_cdc.evidence import Evidence, waited_for
from oracle_cdc.model import SendOutcome
from oracle_cdc.oracle import journal, ledger
from oracle_cdc.oracle.failures import clear_failures
from oracle_cdc.oracle.journal import Entry
from oracle_cdc.oracle.ledger import Lease
from oracle_cdc.oracle.modes import Heartbeat
from oracle_cdc.oracle.session import Session
from oracle_cdc.persistence import Persistence
from oracle_cdc.privacy import describe
from oracle_cdc.progress import Progress

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")


#: How a call of a chunk ended: SQS took its message, or it was closed without.
End: TypeAlias = SendOutcome | Closing

#: So often the end of one call is tried to be written while those of others are.
ROUNDS = 3


class Settlement:
    """Writes what became of the calls of a lease, again and again until it is written."""

    def __init__(self, persistence: Persistence, heartbeat: Heartbeat, progress: Progress) -> None:
        self.persistence = persistence
        self.heartbeat = heartbeat
        self.progress = progress
        database = persistence.database
        self.evidence = Evidence[End](call_id_of, lambda: database.answers)

    def settle(
        self,
        lease: Lease,
        accepted: Sequence[SendOutcome],
        plans: Mapping[str, Plan],
        closings: Sequence[Closing],
        elapsed_ms: float,
        candidates: Mapping[str, Candidate],
    ) -> None:
        """Write how the calls of a chunk ended, in one transaction; tried until it is written: the answers are only
        here. A call whose end Oracle does not take, while it takes others', is left to its lease's end."""
        left: list[End] = [*accepted, *closings]
        settled: list[End] = []
        rounds: Counter[str] = Counter()

        def write_all(group: Sequence[End]) -> None:
            retried = group if self.evidence.is_retry(group, left) else ()
            locks = [call_id_of(end) for end in retried]

            def work(session: Session) -> None:
                session.lock("lock_claims", locks)
                self.write(session, group, plans, candidates, lease, elapsed_ms)

            self.persistence.database.attempt(work)

        def step() -> None:
            nonlocal left
            outcome = self.evidence.sort(left, write_all)
            settled.extend(outcome.passed)
            rounds.update(call_id_of(end) for end, _ in outcome.own)
            again = [pair for pair in outcome.own if not self.is_given_up(*pair, rounds)]
            left = [end for end, _ in [*again, *outcome.waiting]] + outcome.untried
            outcome.raise_waiting()
            raise_again(again)

        if left:
            self.persistence.keep_trying("settling", step)
        accepted = [end for end in settled if isinstance(end, SendOutcome)]
        closings = [end for end in settled if isinstance(end, Closing)]
        tell_calls(accepted, closings)
        self.count(accepted, closings, elapsed_ms)

    def is_given_up(self, end: End, error: Exception, rounds: Mapping[str, int]) -> bool:
        """Whether a call's end was refused often enough; told then."""
        call_id = call_id_of(end)
        if rounds[call_id] < ROUNDS:
            return False
        logger.error("call %s stays leased, its end can't be written: %s", call_id, describe(error))
        return True

    def write(
        self,
        session: Session,
        ends: Sequence[End],
        plans: Mapping[str, Plan],
        candidates: Mapping[str, Candidate],
        lease: Lease,
        elapsed_ms: float,
    ) -> None:
        """Write ends, and commit with the heartbeat."""
        accepted = [end for end in ends if isinstance(end, SendOutcome)]
        closings = [end for end in ends if isinstance(end, Closing)]
        settled = ledger.settle_sent(session, accepted, plans, lease)
        held = {
            e.call_id for e in ledger.settle_unsent(session, [c.ending for c in closings], lease)
        }
        ours = [closing for closing in closings if closing.ending.call_id in held]
        journal.set_aside(session, [closing.set_aside for closing in ours if closing.set_aside])
        sent_ids = [outcome.message.call_id for outcome in settled]
        clear_failures(
            session, [call_id for call_id in sent_ids if candidates[call_id].may_have_failed]
        )
        entries = [
            Entry(call_id, operation(plans[call_id]), "SUCCESS", elapsed_ms) for call_id in sent_ids
        ]
        entries += [closing.entry for closing in ours if closing.entry]
        journal.write_entries(session, lease.token, entries)
        journal.write_faults(session, [closing.fault for closing in ours if closing.fault])
        self.heartbeat.commit(session, accepted=len(settled))

    def count(
        self, accepted: Sequence[SendOutcome], closings: Sequence[Closing], elapsed_ms: float
    ) -> None:
        rejected = sum(c.entry is not None and c.entry.operation == "REJECT" for c in closings)
        failed = sum(c.ending.state == "FAILED" for c in closings)
        refused = sum(c.entry is not None and c.entry.status == "FAILED" for c in closings)
        self.progress.batch_done("outbound", elapsed_ms / 1000)
        withheld = len(withheld_of(closings))
        self.progress.add(
            sent=len(accepted), rejected=rejected, failed=failed, refused=refused, withheld=withheld
        )
        performance.info(
            "batch sent=%d rejected=%d failed=%d put_off=%d elapsed_ms=%.0f",
            len(accepted),
            rejected,
            failed,
            sum(c.ending.state == "OPEN" for c in closings),
            elapsed_ms,
        )

    def release(self, lease: Lease, due_seconds: float) -> None:
        """Give back what is still leased; where that fails, the lease's end does it."""
        try:
            self.persistence.run(
                "giving claims back",
                lambda session: ledger.release_claims(session, lease, due_seconds),
            )
        except CdcError as error:
            logger.warning("claims stay leased for up to %d s: %s", lease.lease_seconds, error)


def call_id_of(end: End) -> str:
    return end.message.call_id if isinstance(end, SendOutcome) else end.ending.call_id


def raise_again(own: Sequence[tuple[End, Exception]]) -> None:
    """Raise the first of the failures that are tried once more."""
    for _, error in own:
        raise waited_for(error)


def withheld_of(closings: Sequence[Closing]) -> list[Closing]:
    """The calls that were to be sent again, and are not."""
    return [c for c in closings if c.entry is not None and c.entry.operation == "RESEND"]


def operation(plan: Plan) -> str:
    return "RESEND" if plan.is_resend else "SEND"


def tell_calls(accepted: Sequence[SendOutcome], closings: Sequence[Closing]) -> None:
    """What became of each call: a failed one is an error, the rest are steps."""
    for outcome in accepted:
        message = outcome.message
        logger.debug(
            "call %s revision %d sent as %s", message.call_id, message.revision, outcome.message_id
        )
    if withheld := withheld_of(closings):
        told = withheld[0].entry and withheld[0].entry.error_message
        logger.warning("%d calls are not sent again, the first: %s", len(withheld), told)
    for closing in closings:
        level = logging.ERROR if closing.fault else logging.DEBUG
        reason = closing.fault.error if closing.fault else "no send"
        logger.log(
            level,
            "call %s is %s: %s",
            closing.ending.call_id,
            closing.ending.state or "unchanged",
            reason,
        )
