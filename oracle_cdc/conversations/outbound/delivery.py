"""From claimed calls to settled ones: read, assemble, decide, seal, send, settle."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from time import monotonic
from typing import TypeVar

from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.conversations.outbound.deciding import decide
from oracle_cdc.conversations.outbound.fitting import fit
from oracle_cdc.conversations.outbound.reading import Reader
from oracle_cdc.conversations.outbound.sending import Sender
from oracle_cdc.conversations.outbound.settling import (
    Limits,
    Settling,
    end_answered,
    end_unsent,
    fail_before_send,
    fail_ended_alone,
    fail_sealed,
)
from oracle_cdc.conversations.rules.assembly import assemble
from oracle_cdc.conversations.rules.claims import (
    Candidate,
    Claim,
    Clocks,
    Decision,
    Plan,
    Rules,
    ended_alone,
)
from oracle_cdc.conversations.tables.endings import Ending
from oracle_cdc.conversations.tables.leases import Lease, release_lease, renew_lease
from oracle_cdc.conversations.tables.ledger import seal_plans
from oracle_cdc.conversations.tables.modes import Heartbeat
from oracle_cdc.errors import CdcError, MessageRefused
from oracle_cdc.model import OutboundMessage, Segment
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.running.evidence import Evidence, Sorted
from oracle_cdc.running.privacy import describe
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.retrying import Breaker

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

#: What is done to a call without asking anybody: an unforeseen error in it is a bug.
OUR_WORK = ("assembled", "encoded")


@dataclass(frozen=True)
class Read:
    """A leased call with its rows; none when the source has none any more."""

    candidate: Candidate
    segments: Sequence[Segment]

    @property
    def call_id(self) -> str:
        return self.candidate.call_id


class Delivery:
    """Delivers the calls of one lease.

    Whatever happens, each of them ends settled, put off, set aside, or with its lease's end: nothing is given up.
    """

    def __init__(
        self,
        persistence: Persistence,
        outbound: Outbound,
        heartbeat: Heartbeat,
        *,
        breaker: Breaker,
        progress: Progress,
        rules: Rules,
        limits: Limits,
        stop: threading.Event,
    ) -> None:
        database = persistence.database
        self.persistence = persistence
        self.database = database
        self.settling = Settling(persistence, heartbeat, progress)
        self.outbound = outbound
        self.sender = Sender(
            outbound,
            heartbeat,
            database,
            breaker=breaker,
            progress=progress,
            request_seconds=limits.request_seconds,
            stop=stop,
        )
        self.progress = progress
        self.rules = rules
        self.limits = limits
        self.stop = stop
        self.reader = Reader(database, limits.max_batch_bytes)
        self.assembling = Evidence[Read](lambda read: read.call_id, lambda: database.answers)
        self.sealing = Evidence[Plan](lambda plan: plan.call_id, lambda: database.answers)
        self.encoding = Evidence[Plan](lambda plan: plan.call_id, lambda: database.answers)

    def deliver(self, lease: Lease, claims: Sequence[Claim], clocks: Clocks) -> None:
        """Bring every leased call to its end.

        Raises what kept it from reading or writing; the leases are given back then.
        """
        due_seconds: float | None = None
        try:
            self.deliver_leased(lease, claims, clocks)
            if self.stop.is_set():
                due_seconds = 0.0
        except Exception:
            worst = max(claims, key=lambda claim: claim.candidate.attempts)
            due_seconds = self.limits.waits.after(worst.candidate.attempts)
            raise
        finally:
            if due_seconds is not None:
                self.give_back(lease, due_seconds)

    def deliver_leased(self, lease: Lease, claims: Sequence[Claim], clocks: Clocks) -> None:
        """Bring leased calls to their end, as many at a time as there is room for."""
        waiting: dict[str, Candidate] = {}
        abandoned: list[Ending] = []
        for claim in claims:
            if ended_alone(claim):
                abandoned.append(fail_ended_alone(claim))
            else:
                waiting[claim.candidate.call_id] = claim.candidate
        if abandoned:
            self.settling.settle(lease, abandoned)
        while waiting and not self.stop.is_set():
            read = self.reader.read(lease.token, list(waiting), lambda: self.renew(lease))
            reads: list[Read] = []
            for part in read.results:
                for call_id, rows in part.items():
                    reads.append(Read(waiting.pop(call_id), rows))
            unread: list[Ending] = []
            for call_id, error in read.own:
                unread.append(self.end_failed(error, waiting.pop(call_id), "read"))
            self.deliver_part(lease, reads, unread, clocks)
            read.raise_waiting()

    def deliver_part(
        self, lease: Lease, reads: Sequence[Read], unread: Sequence[Ending], clocks: Clocks
    ) -> None:
        """Bring calls that were read from their decisions to their settling, beside those that can't be read."""
        started_at = monotonic()
        plans, not_sent = self.decide(reads, clocks)
        self.renew(lease)
        sealed, unsealed = self.seal(lease, plans)
        messages, unfit = self.encode(sealed)
        outcomes = self.sender.send(messages, lease)
        planned = {plan.call_id: plan for plan in sealed}
        self.sender.inform_breaker(outcomes, planned)
        elapsed_ms = (monotonic() - started_at) * 1000
        answered = end_answered(
            outcomes,
            planned,
            self.limits,
            elapsed_ms=elapsed_ms,
            is_stopping=self.stop.is_set(),
        )
        endings = [*answered, *unread, *not_sent, *unsealed, *unfit]
        self.settling.settle(lease, endings, elapsed_ms)

    def decide(self, reads: Sequence[Read], clocks: Clocks) -> tuple[list[Plan], list[Ending]]:
        """Decide what is to be sent, and how the other calls end."""

        def decide_group(group: Sequence[Read]) -> list[tuple[Candidate, Decision]]:
            return [(read.candidate, self.decide_one(read, clocks)) for read in group]

        outcome = self.assembling.sort(reads, decide_group)
        outcome.raise_waiting()
        plans: list[Plan] = []
        endings: list[Ending] = []
        for candidate, decision in flatten(outcome):
            if isinstance(decision, Plan):
                plans.append(decision)
            else:
                endings.append(end_unsent(candidate, decision))
        for read, error in outcome.own:
            endings.append(self.end_failed(error, read.candidate, "assembled"))
        return plans, endings

    def decide_one(self, read: Read, clocks: Clocks) -> Decision:
        if not read.segments:
            return decide(read.candidate, None, clocks, self.rules)
        return decide(read.candidate, assemble(read.segments), clocks, self.rules)

    def renew(self, lease: Lease) -> None:
        """Renew a lease that would not outlive two requests."""
        if lease.remaining_seconds <= 2 * self.limits.request_seconds:
            self.persistence.run("renewing a lease", lambda session: renew_lease(session, lease))

    def give_back(self, lease: Lease, due_seconds: float) -> None:
        """Give back what is still leased; where that fails, the lease's end does it."""
        try:
            self.persistence.run(
                "giving claims back",
                lambda session: release_lease(session, lease, due_seconds),
            )
        except CdcError as error:
            logger.warning("claims stay leased for up to %d s: %s", lease.lease_seconds, error)

    def seal(self, lease: Lease, plans: Sequence[Plan]) -> tuple[list[Plan], list[Ending]]:
        """Write plans into the ledger.

        Returns those whose lease still holds, and how the calls end that it does not take.
        """

        def seal_group(group: Sequence[Plan]) -> list[Plan]:
            is_retry = self.sealing.is_retry(group, plans)
            return self.database.attempt(
                lambda session: seal_plans(session, group, lease, locks_first=is_retry)
            )

        outcome = self.sealing.sort(plans, seal_group)
        outcome.raise_waiting()
        sealed = flatten(outcome)
        lost = len(outcome.passed) - len(sealed)
        if lost:
            logger.warning("%d of %d leases were lost before the send; dropped", lost, len(plans))
        return sealed, self.end_all_failed(outcome, "sealed")

    def encode(self, plans: Sequence[Plan]) -> tuple[list[OutboundMessage], list[Ending]]:
        """Make the messages.

        Returns them, and how the calls end that no message can carry.
        """

        def encode_group(group: Sequence[Plan]) -> list[OutboundMessage | Ending]:
            return [self.encode_one(plan) for plan in group]

        outcome = self.encoding.sort(plans, encode_group)
        outcome.raise_waiting()
        messages: list[OutboundMessage] = []
        unfit: list[Ending] = []
        for encoded in flatten(outcome):
            if isinstance(encoded, Ending):
                unfit.append(encoded)
            else:
                messages.append(encoded)
        return messages, unfit + self.end_all_failed(outcome, "encoded")

    def encode_one(self, plan: Plan) -> OutboundMessage | Ending:
        try:
            return fit(
                plan.body,
                call_id=plan.call_id,
                revision=plan.revision,
                content_hash=plan.content_hash,
                assembled_at=plan.assembled_at,
                facts=self.outbound.facts,
                overflow=self.outbound.overflow,
            )
        except MessageRefused as error:
            return fail_sealed(error, plan, self.limits)

    def end_failed(self, error: Exception, candidate: Candidate, what: str) -> Ending:
        """End a call that failed by itself, and log it; a bug of ours has its traceback in the log."""
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
        return fail_before_send(error, candidate, self.limits, what)

    def end_all_failed(self, outcome: Sorted[Plan, Result], what: str) -> list[Ending]:
        """End the calls that failed by themselves beside others."""
        return [self.end_failed(error, plan.candidate, what) for plan, error in outcome.own]


def flatten(outcome: Sorted[Item, list[Result]]) -> list[Result]:
    """Return what came of all groups."""
    return list(chain.from_iterable(outcome.results))
