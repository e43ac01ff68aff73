"""From claimed calls to settled ones: fetch, assemble, decide, seal, send, settle."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.assembly import assemble
from oracle_cdc.claims import (
    TAKEOVERS_TOGETHER,
    Candidate,
    Claim,
    Moment,
    Plan,
    Rules,
    decide,
    is_killer,
)
from oracle_cdc.closing import Closing, Limits, close, fail_killer, fail_sealed, fail_unread, is_final, put_off
from oracle_cdc.errors import (
    CdcError,
    MessageRefused,
    OracleUnavailable,
    SqsConfigurationError,
    SqsCredentialsError,
    SqsUnavailable,
)
from oracle_cdc.model import OutboundMessage, Segment, SendOutcome
from oracle_cdc.oracle import ledger
from oracle_cdc.oracle.ledger import Lease
from oracle_cdc.oracle.modes import Heartbeat
from oracle_cdc.oracle.segments import fetch_calls
from oracle_cdc.oracle.session import Session
from oracle_cdc.packing import fit
from oracle_cdc.persistence import Persistence
from oracle_cdc.privacy import describe
from oracle_cdc.progress import Progress
from oracle_cdc.retrying import Breaker
from oracle_cdc.settling import Settlement
from oracle_cdc.sqs.outbound import Outbound

logger = logging.getLogger(__name__)

#: What says that SQS is down or refuses us, whatever the message.
QUEUE_ERRORS = (SqsUnavailable, SqsConfigurationError, SqsCredentialsError)

#: What a segment costs in memory beside its text.
SEGMENT_OVERHEAD_BYTES = 400


@dataclass(frozen=True)
class Hold:
    """A lease on our own clock, started before the claim: it never seems longer than it is."""

    lease: Lease
    started_at: float

    def remaining_seconds(self) -> float:
        return self.started_at + self.lease.lease_seconds - monotonic()


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
        self.persistence = persistence
        self.settlement = Settlement(persistence, heartbeat, progress)
        self.outbound = outbound
        self.heartbeat = heartbeat
        self.breaker = breaker
        self.progress = progress
        self.rules = rules
        self.limits = limits
        self.stop = stop

    def deliver(self, session: Session, hold: Hold, claims: Sequence[Claim], moment: Moment) -> None:
        """Bring every leased call to its end.

        Raises what kept it from reading or writing; the leases are given back then.
        """
        try:
            self.deliver_leased(session, hold, claims, moment)
        except Exception as error:
            self.give_back(hold, claims, error, is_sound=session.connection.is_healthy())
            if not is_alone(claims):
                raise
            logger.error("call %s, claimed alone, failed: %s", claims[0].candidate.call_id, describe(error))
        if self.stop.is_set():
            self.settlement.release(hold.lease, 0)

    def give_back(self, hold: Hold, claims: Sequence[Claim], error: Exception, *, is_sound: bool) -> None:
        """After a failure of the batch. While the connection is sound, any of its calls may be what it is about: each
        is suspected and at last claimed alone. One that fails alone max_attempts times is set aside, but never for an
        error that passes."""
        candidate = claims[0].candidate
        refusals = int(is_alone(claims) and not isinstance(error, OracleUnavailable))
        if candidate.attempts + refusals >= self.limits.max_attempts:
            reason = CdcError(f"call {candidate.call_id} can't be read: {describe(error)}")
            self.settlement.settle(hold.lease, [], {}, [fail_unread(reason, candidate)], 0, {})
            return
        failures = max(claim.takeovers for claim in claims) + candidate.attempts
        wait = min(self.limits.retry_initial_seconds * 2 ** min(failures, 16), self.limits.retry_max_seconds)
        self.settlement.release(hold.lease, wait, suspicion=int(is_sound), refusals=refusals)

    def deliver_leased(self, session: Session, hold: Hold, claims: Sequence[Claim], moment: Moment) -> None:
        killers = [claim for claim in claims if is_killer(claim)]
        if killers:
            self.settlement.settle(hold.lease, [], {}, [fail_killer(claim) for claim in killers], 0, {})
        waiting = {claim.candidate.call_id: claim.candidate for claim in claims if not is_killer(claim)}
        with contextlib.closing(fetch_calls(session, hold.lease.token)) as fetched:
            for calls in chunks(fetched, self.limits.max_batch_bytes):
                pairs = [(waiting.pop(call[0].call_id), call) for call in calls if call[0].call_id in waiting]
                hold = self.deliver_chunk(hold, pairs, moment)
                if self.stop.is_set():
                    return
        if waiting:
            self.deliver_chunk(hold, [(candidate, []) for candidate in waiting.values()], moment)

    def deliver_chunk(self, hold: Hold, pairs: Sequence[tuple[Candidate, Sequence[Segment]]], moment: Moment) -> Hold:
        """One chunk from its decisions to its settling; the hold, renewed where it grew short."""
        started_at = monotonic()
        candidates = {candidate.call_id: candidate for candidate, _ in pairs}
        plans, closings = self.decide(pairs, moment)
        hold = self.renew(hold)
        sealed = {plan.conversation.call_id: plan for plan in self.seal(hold, plans)}
        messages, unfit = self.encode(sealed.values(), candidates)
        outcomes = self.send(messages, hold)
        closings += unfit + [self.close_unsent(o, candidates, sealed) for o in outcomes if o.error]
        accepted = [outcome for outcome in outcomes if outcome.message_id]
        self.settlement.settle(hold.lease, accepted, sealed, closings, (monotonic() - started_at) * 1000, candidates)
        return hold

    def decide(
        self, pairs: Sequence[tuple[Candidate, Sequence[Segment]]], moment: Moment
    ) -> tuple[list[Plan], list[Closing]]:
        plans: list[Plan] = []
        closings: list[Closing] = []
        for candidate, segments in pairs:
            try:
                decision = decide(candidate, assemble(segments) if segments else None, moment, self.rules)
            except Exception as error:
                logger.exception("call %s can't be assembled; set aside", candidate.call_id)
                failure = CdcError(f"call {candidate.call_id} can't be assembled: {type(error).__name__}")
                closings.append(fail_unread(failure, candidate))
                continue
            if isinstance(decision, Plan):
                plans.append(decision)
            else:
                closings.append(close(candidate.call_id, decision))
        return plans, closings

    def renew(self, hold: Hold) -> Hold:
        """Renew a lease that would not outlive two requests."""
        if hold.remaining_seconds() > 2 * self.limits.request_seconds:
            return hold
        started_at = monotonic()
        self.persistence.run("renewing a lease", lambda session: ledger.renew_lease(session, hold.lease))
        return Hold(hold.lease, started_at)

    def seal(self, hold: Hold, plans: Sequence[Plan]) -> list[Plan]:
        if not plans:
            return []
        sealed = self.persistence.run("sealing", lambda session: ledger.seal_plans(session, plans, hold.lease))
        if len(sealed) < len(plans):
            logger.warning("%d of %d leases were lost before the send; dropped", len(plans) - len(sealed), len(plans))
        return sealed

    def encode(
        self, plans: Iterable[Plan], candidates: Mapping[str, Candidate]
    ) -> tuple[list[OutboundMessage], list[Closing]]:
        messages: list[OutboundMessage] = []
        unfit: list[Closing] = []
        for plan in plans:
            call_id, body = plan.conversation.call_id, self.body_of(plan)
            try:
                messages.append(
                    fit(
                        body,
                        call_id=call_id,
                        revision=plan.revision,
                        content_hash=plan.content_hash,
                        assembled_at=plan.assembled_at,
                        facts=self.outbound.facts,
                        overflow=self.outbound.overflow,
                    )
                )
            except MessageRefused as error:
                unfit.append(fail_sealed(error, candidates[call_id], body, plan.revision, self.limits))
        return messages, unfit

    def send(self, messages: Sequence[OutboundMessage], hold: Hold) -> list[SendOutcome]:
        """One outcome for each message; the heartbeat goes on meanwhile, and the breaker learns how SQS is."""
        outcomes = []
        for outcome in self.outbound.send(messages, may_send=lambda: self.may_send(hold)):
            outcomes.append(outcome)
            self.progress.moved()
            if self.heartbeat.is_late:
                self.show_life()
        self.tell_breaker(outcomes)
        return outcomes

    def show_life(self) -> None:
        """A heartbeat between two answers; its failure must not lose them."""
        try:
            with self.persistence.database.session() as session:
                self.heartbeat.record(session)
        except CdcError as error:
            logger.warning("heartbeat failed: %s", error)

    def tell_breaker(self, outcomes: Sequence[SendOutcome]) -> None:
        if any(outcome.message_id for outcome in outcomes):
            self.breaker.succeeded()
        elif any(isinstance(o.error, QUEUE_ERRORS) and not o.refused and o.tells_of_queue for o in outcomes):
            self.breaker.failed()

    def may_send(self, hold: Hold) -> bool:
        return not self.stop.is_set() and hold.remaining_seconds() > self.limits.request_seconds

    def close_unsent(
        self, outcome: SendOutcome, candidates: Mapping[str, Candidate], plans: Mapping[str, Plan]
    ) -> Closing:
        """Put off what may succeed later; set aside what is final or was refused too often."""
        call_id = outcome.message.call_id
        if is_final(outcome, candidates[call_id], self.limits):
            body = self.body_of(plans[call_id])
            return fail_sealed(outcome.error, candidates[call_id], body, outcome.message.revision, self.limits)
        return put_off(outcome, candidates[call_id], self.limits, is_stopping=self.stop.is_set())

    def body_of(self, plan: Plan) -> str:
        return plan.content.body(revision=plan.revision, assembled_at=plan.assembled_at)


def is_alone(claims: Sequence[Claim]) -> bool:
    """Whether this is one suspected call."""
    return len(claims) == 1 and claims[0].takeovers >= TAKEOVERS_TOGETHER


def chunks(calls: Iterator[list[Segment]], max_bytes: int) -> Iterator[list[list[Segment]]]:
    """Calls as they stream in; a chunk holds about max_bytes of text, and at least one call."""
    chunk: list[list[Segment]] = []
    size = 0
    for segments in calls:
        chunk.append(segments)
        size += sum(len(s.text or "") * 2 + SEGMENT_OVERHEAD_BYTES for s in segments)
        if size >= max_bytes:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
