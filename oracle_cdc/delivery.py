"""From claimed calls to settled ones: read, assemble, decide, seal, send, settle."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.assembly import assemble
from oracle_cdc.claims import Candidate, Claim, Decision, Moment, Plan, Rules, decide, is_killer
from oracle_cdc.closing import (
    Closing,
    Limits,
    close,
    close_own,
    fail_killer,
    fail_sealed,
    is_worn,
    put_off,
)
from oracle_cdc.errors import CdcError, MessageRefused
from oracle_cdc.evidence import Evidence
from oracle_cdc.fitting import fit
from oracle_cdc.model import OutboundMessage, Segment, SendOutcome
from oracle_cdc.oracle import ledger
from oracle_cdc.oracle.ledger import Lease
from oracle_cdc.oracle.modes import Heartbeat
from oracle_cdc.persistence import Persistence
from oracle_cdc.privacy import describe
from oracle_cdc.progress import Progress
from oracle_cdc.reading import Reader
from oracle_cdc.retrying import Breaker
from oracle_cdc.settling import Settlement
from oracle_cdc.sqs.outbound import Outbound

logger = logging.getLogger(__name__)


#: What is done to a call without asking anybody: an unforeseen error in it is a bug.
OUR_WORK = ("assembled", "encoded")


@dataclass
class Hold:
    """A lease on our own clock, started before the claim: it never seems longer than it is."""

    lease: Lease
    started_at: float

    def remaining_seconds(self) -> float:
        return self.started_at + self.lease.lease_seconds - monotonic()


@dataclass(frozen=True)
class Read:
    """A leased call with its rows; none when the source has none any more."""

    candidate: Candidate
    segments: Sequence[Segment]


class Delivery:
    """Delivers the calls of one lease.

    Whatever happens, each of them ends settled, put off, set aside, or with its lease's end: nothing is given up.
    """

    def __init__(
        self,
        persistence: Persistence,
        outbound: Outbound,
        heartbeat: Heartbeat,
        breaker: Breaker,
        progress: Progress,
        rules: Rules,
        limits: Limits,
        stop: threading.Event,
    ) -> None:
        database = persistence.database
        self.persistence = persistence
        self.database = database
        self.settlement = Settlement(persistence, heartbeat, progress)
        self.outbound = outbound
        self.heartbeat = heartbeat
        self.breaker = breaker
        self.progress = progress
        self.rules = rules
        self.limits = limits
        self.stop = stop
        self.reader = Reader(database, limits.max_batch_bytes)
        self.assembling = Evidence[Read](
            lambda read: read.candidate.call_id, lambda: database.answers
        )
        self.sealing = Evidence[Plan](
            lambda plan: plan.conversation.call_id, lambda: database.answers
        )
        self.encoding = Evidence[Plan](
            lambda plan: plan.conversation.call_id, lambda: database.answers
        )

    def deliver(self, hold: Hold, claims: Sequence[Claim], moment: Moment) -> None:
        """Bring every leased call to its end.

        Raises what kept it from reading or writing; the leases are given back then.
        """
        try:
            self.deliver_leased(hold, claims, moment)
        except Exception:
            failures = max(claim.candidate.attempts for claim in claims)
            self.settlement.release(hold.lease, self.limits.wait_seconds(failures))
            raise
        if self.stop.is_set():
            self.settlement.release(hold.lease, 0)

    def deliver_leased(self, hold: Hold, claims: Sequence[Claim], moment: Moment) -> None:
        killers = [claim for claim in claims if is_killer(claim)]
        if killers:
            self.settlement.settle(
                hold.lease, [], {}, [fail_killer(claim) for claim in killers], 0, {}
            )
        waiting = {
            claim.candidate.call_id: claim.candidate for claim in claims if not is_killer(claim)
        }
        while waiting and not self.stop.is_set():
            read = self.reader.read(hold.lease.token, list(waiting), lambda: self.renew(hold))
            calls = {
                call_id: segments for part in read.results for call_id, segments in part.items()
            }
            reads = [Read(waiting.pop(call_id), segments) for call_id, segments in calls.items()]
            unread = [
                self.close_own(error, waiting.pop(call_id), "read") for call_id, error in read.own
            ]
            self.deliver_chunk(hold, reads, unread, moment)
            read.raise_waiting()

    def deliver_chunk(
        self, hold: Hold, reads: Sequence[Read], unread: Sequence[Closing], moment: Moment
    ) -> None:
        """One chunk from its decisions to its settling."""
        started_at = monotonic()
        candidates = {read.candidate.call_id: read.candidate for read in reads}
        plans, closings = self.decide(reads, moment)
        self.renew(hold)
        sealed, unsealed = self.seal(hold, plans, candidates)
        messages, unfit = self.encode(sealed, candidates)
        outcomes = self.send(messages, hold)
        self.tell_breaker(outcomes, candidates)
        planned = {plan.conversation.call_id: plan for plan in sealed}
        unsent = [
            self.close_unsent(outcome, candidates, planned) for outcome in outcomes if outcome.error
        ]
        accepted = [outcome for outcome in outcomes if outcome.message_id]
        endings = [*unread, *closings, *unsealed, *unfit, *unsent]
        elapsed_ms = (monotonic() - started_at) * 1000
        self.settlement.settle(hold.lease, accepted, planned, endings, elapsed_ms, candidates)

    def decide(self, reads: Sequence[Read], moment: Moment) -> tuple[list[Plan], list[Closing]]:
        """What is to be sent, and how the other calls end."""

        def decide_all(group: Sequence[Read]) -> list[tuple[Candidate, Decision]]:
            return [(read.candidate, self.decide_one(read, moment)) for read in group]

        outcome = self.assembling.sort(reads, decide_all)
        outcome.raise_waiting()
        decided = [pair for part in outcome.results for pair in part]
        plans = [decision for _, decision in decided if isinstance(decision, Plan)]
        closings = [close(c, decision) for c, decision in decided if not isinstance(decision, Plan)]
        closings += [
            self.close_own(error, read.candidate, "assembled") for read, error in outcome.own
        ]
        return plans, closings

    def decide_one(self, read: Read, moment: Moment) -> Decision:
        conversation = assemble(read.segments) if read.segments else None
        return decide(read.candidate, conversation, moment, self.rules)

    def close_own(self, error: Exception, candidate: Candidate, what: str) -> Closing:
        """The end of a call that failed by itself; a bug of ours is told with its traceback."""
        is_bug = what in OUR_WORK and not isinstance(error, CdcError)
        logger.warning(
            "call %s can't be %s (%d of %d times): %s",
            candidate.call_id,
            what,
            candidate.attempts + 1,
            self.limits.max_attempts,
            describe(error),
            exc_info=error if is_bug else None,
        )
        return close_own(error, candidate, self.limits, what)

    def renew(self, hold: Hold) -> None:
        """Renew a lease that would not outlive two requests."""
        if hold.remaining_seconds() > 2 * self.limits.request_seconds:
            return
        started_at = monotonic()
        self.persistence.run(
            "renewing a lease", lambda session: ledger.renew_lease(session, hold.lease)
        )
        hold.started_at = started_at

    def seal(
        self, hold: Hold, plans: Sequence[Plan], candidates: Mapping[str, Candidate]
    ) -> tuple[list[Plan], list[Closing]]:
        """The plans whose lease still holds, written into the ledger, and how those end that it does not take."""

        def seal_all(group: Sequence[Plan]) -> list[Plan]:
            retried = group if self.sealing.is_retry(group, plans) else ()
            locks = [plan.conversation.call_id for plan in retried]
            return self.database.attempt(
                lambda session: ledger.seal_plans(session, group, hold.lease, locks)
            )

        outcome = self.sealing.sort(plans, seal_all)
        outcome.raise_waiting()
        sealed = [plan for part in outcome.results for plan in part]
        lost = len(outcome.passed) - len(sealed)
        if lost:
            logger.warning("%d of %d leases were lost before the send; dropped", lost, len(plans))
        own = [(candidates[plan.conversation.call_id], error) for plan, error in outcome.own]
        return sealed, [self.close_own(error, candidate, "sealed") for candidate, error in own]

    def encode(
        self, plans: Sequence[Plan], candidates: Mapping[str, Candidate]
    ) -> tuple[list[OutboundMessage], list[Closing]]:
        """The messages, and how the calls end that no message can carry."""

        def encode_all(group: Sequence[Plan]) -> list[OutboundMessage | Closing]:
            return [self.encode_one(plan, candidates[plan.conversation.call_id]) for plan in group]

        outcome = self.encoding.sort(plans, encode_all)
        outcome.raise_waiting()
        encoded = [each for part in outcome.results for each in part]
        messages = [each for each in encoded if isinstance(each, OutboundMessage)]
        unfit = [each for each in encoded if isinstance(each, Closing)]
        own = [(candidates[plan.conversation.call_id], error) for plan, error in outcome.own]
        return messages, unfit + [
            self.close_own(error, candidate, "encoded") for candidate, error in own
        ]

    def encode_one(self, plan: Plan, candidate: Candidate) -> OutboundMessage | Closing:
        body = self.body_of(plan)
        try:
            return fit(
                body,
                call_id=candidate.call_id,
                revision=plan.revision,
                content_hash=plan.content_hash,
                assembled_at=plan.assembled_at,
                facts=self.outbound.facts,
                overflow=self.outbound.overflow,
            )
        except MessageRefused as error:
            return fail_sealed(error, candidate, body, plan.revision, self.limits)

    def send(self, messages: Sequence[OutboundMessage], hold: Hold) -> list[SendOutcome]:
        """One outcome for each message; the heartbeat goes on meanwhile."""
        outcomes = []
        for outcome in self.outbound.send(messages, may_send=lambda: self.may_send(hold)):
            outcomes.append(outcome)
            self.progress.moved()
            if self.heartbeat.is_late:
                self.show_life()
        return outcomes

    def show_life(self) -> None:
        """A heartbeat between two answers; its failure must not lose them."""
        try:
            with self.database.session() as session:
                self.heartbeat.record(session)
        except CdcError as error:
            logger.warning("heartbeat failed: %s", error)

    def tell_breaker(
        self, outcomes: Sequence[SendOutcome], candidates: Mapping[str, Candidate]
    ) -> None:
        """What a batch says of the queue; calls that have failed by themselves say nothing against it."""
        if any(outcome.message_id for outcome in outcomes):
            self.breaker.succeeded()
        elif any(
            o.speaks_against_queue and not candidates[o.message.call_id].attempts for o in outcomes
        ):
            self.breaker.failed()

    def may_send(self, hold: Hold) -> bool:
        return not self.stop.is_set() and hold.remaining_seconds() > self.limits.request_seconds

    def close_unsent(
        self, outcome: SendOutcome, candidates: Mapping[str, Candidate], plans: Mapping[str, Plan]
    ) -> Closing:
        """Put off what may succeed later; set aside what failed by itself, for good or too often."""
        call_id = outcome.message.call_id
        candidate = candidates[call_id]
        if outcome.is_own and (
            isinstance(outcome.error, MessageRefused) or is_worn(candidate, self.limits)
        ):
            body = self.body_of(plans[call_id])
            return fail_sealed(
                outcome.error, candidate, body, outcome.message.revision, self.limits
            )
        return put_off(
            outcome.error,
            candidate,
            self.limits,
            is_own=outcome.is_own,
            is_stopping=self.stop.is_set(),
        )

    def body_of(self, plan: Plan) -> str:
        return plan.content.body(revision=plan.revision, assembled_at=plan.assembled_at)
