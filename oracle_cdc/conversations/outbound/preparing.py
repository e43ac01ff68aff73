"""From the rows of leased calls to messages: assembled, decided, sealed, encoded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.aws.sqs.packing import MAX_MESSAGE_BYTES
from oracle_cdc.conversations.outbound.deciding import decide
from oracle_cdc.conversations.outbound.endings_and_retries import (
    end_unsent,
    fail_before_send,
    fail_sealed,
    fail_unread,
    put_off,
)
from oracle_cdc.conversations.outbound.fitting import fit
from oracle_cdc.conversations.outbound.retry_limits import Limits
from oracle_cdc.conversations.rules.assembly import assemble
from oracle_cdc.conversations.rules.claims import Candidate, Clocks, Rules
from oracle_cdc.conversations.rules.decisions import Decision, Plan
from oracle_cdc.conversations.tables.endings import Ending
from oracle_cdc.conversations.tables.ledger import seal_plans
from oracle_cdc.errors import CdcError, MessageRefused, MessageUnredacted
from oracle_cdc.model import OutboundMessage, Segment
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.halving import Sorted
from oracle_cdc.running.privacy import describe

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

#: What is done to a call without asking anybody: an unforeseen error in it is a bug.
OUR_WORK = ("assembled", "encoded")


@dataclass(frozen=True)
class Read:
    """A leased call with its rows, which are none when the source has none any more."""

    candidate: Candidate
    segments: Sequence[Segment]

    @property
    def call_id(self) -> str:
        return self.candidate.call_id


class Preparing:
    """Prepares calls for their sending, and finds those apart that fail by themselves.

    Each step returns what goes on to the next, and the endings of the calls that do not.
    """

    def __init__(
        self, database: Database, outbound: Outbound, rules: Rules, limits: Limits
    ) -> None:
        self.database = database
        self.outbound = outbound
        self.rules = rules
        self.limits = limits
        self.assembling = Evidence[Read](lambda read: read.call_id, lambda: database.answers)
        self.sealing = Evidence[Plan](lambda plan: plan.call_id, lambda: database.answers)
        self.encoding = Evidence[Plan](lambda plan: plan.call_id, lambda: database.answers)

    def decide(self, reads: Sequence[Read], clocks: Clocks) -> tuple[list[Plan], list[Ending]]:
        """Decide what is to be sent, and how the other calls end."""

        def decide_group(group: Sequence[Read]) -> list[tuple[Candidate, Decision | Ending]]:
            return [(read.candidate, self.decide_one(read, clocks)) for read in group]

        outcome = self.assembling.sort(reads, decide_group)
        outcome.raise_waiting()
        plans: list[Plan] = []
        endings: list[Ending] = []
        for candidate, decision in flatten(outcome):
            if isinstance(decision, Plan):
                plans.append(decision)
            elif isinstance(decision, Ending):
                endings.append(decision)
            else:
                endings.append(end_unsent(candidate, decision))
        for read, error in outcome.own:
            endings.append(self.end_failed(error, read.candidate, "assembled"))
        return plans, endings

    def decide_one(self, read: Read, clocks: Clocks) -> Decision | Ending:
        """Decide what becomes of a call, and set it aside at once if it can't be redacted.

        Whatever passes beside it, nothing of it may leave, and another try would find the same.
        """
        conversation = None
        if read.segments:
            conversation = assemble(read.segments)
        try:
            return decide(read.candidate, conversation, clocks, self.rules)
        except MessageUnredacted as error:
            logger.warning("%s; it is not sent", error, exc_info=error)
            return fail_unread(error, read.candidate)

    def seal(self, token: str, plans: Sequence[Plan]) -> tuple[list[Plan], list[Ending]]:
        """Write plans into the ledger, and return those whose lease still holds.

        Returns also how the calls end that it does not take.
        """

        def seal_group(group: Sequence[Plan]) -> list[Plan]:
            is_retry = self.sealing.is_retry(group, plans)
            return self.database.attempt(
                lambda session: seal_plans(session, group, token, locks_first=is_retry)
            )

        outcome = self.sealing.sort(plans, seal_group)
        outcome.raise_waiting()
        sealed = flatten(outcome)
        lost = len(outcome.passed) - len(sealed)
        if lost:
            logger.warning("%d of %d leases were lost before the send; dropped", lost, len(plans))
        return sealed, self.end_all_failed(outcome, "sealed")

    def encode(self, plans: Sequence[Plan]) -> tuple[list[OutboundMessage], list[Ending]]:
        """Make the messages, and return also how the calls end that no message can carry."""

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
        """Make the message of a plan, or end its call where no message can carry it.

        Whether one can is judged by a limit that was read now: somebody may have raised it.
        """
        try:
            return self.fit(plan)
        except MessageRefused as error:
            if self.outbound.facts.max_message_bytes >= MAX_MESSAGE_BYTES:
                return fail_sealed(error, plan, self.limits)
        try:
            self.outbound.refresh_facts()
            return self.fit(plan)
        except MessageRefused as error:
            return fail_sealed(error, plan, self.limits)
        except CdcError as unknown:
            seconds = self.limits.wait_seconds(plan.candidate)
            return put_off(unknown, plan.candidate, seconds, is_own=False)

    def fit(self, plan: Plan) -> OutboundMessage:
        """Make the message of a plan. Raises MessageRefused where it is too large."""
        return fit(
            plan.body,
            call_id=plan.call_id,
            revision=plan.revision,
            content_hash=plan.content_hash,
            assembled_at=plan.assembled_at,
            facts=self.outbound.facts,
            overflow=self.outbound.overflow,
        )

    def end_failed(self, error: Exception, candidate: Candidate, what: str) -> Ending:
        """End a call that failed by itself, and log it, a bug of ours with its traceback."""
        traceback = None
        if what in OUR_WORK and not isinstance(error, CdcError):
            traceback = error
        logger.warning(
            "call %s can't be %s (%d of %d times): %s",
            candidate.call_id,
            what,
            candidate.attempts + 1,
            self.limits.max_attempts,
            describe(error),
            exc_info=traceback,
        )
        return fail_before_send(error, candidate, self.limits, what)

    def end_all_failed(self, outcome: Sorted[Plan, Result], what: str) -> list[Ending]:
        """End the calls that failed by themselves beside others."""
        return [self.end_failed(error, plan.candidate, what) for plan, error in outcome.own]


def flatten(outcome: Sorted[Item, list[Result]]) -> list[Result]:
    """Return what came of all groups."""
    return list(chain.from_iterable(outcome.results))
