"""The messages of one lease on their way to SQS, and what their answers say of the queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.conversations.rules.decisions import Plan
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.errors import CdcError
from oracle_cdc.model import OutboundMessage, SendOutcome
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.breaker import Breaker
from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)


class Sender:
    """Sends while the lease allows it, and keeps the heartbeat going meanwhile."""

    def __init__(
        self,
        outbound: Outbound,
        heartbeat: Heartbeat,
        database: Database,
        *,
        breaker: Breaker,
        progress: Progress,
    ) -> None:
        self.outbound = outbound
        self.heartbeat = heartbeat
        self.database = database
        self.breaker = breaker
        self.progress = progress

    def send(
        self,
        messages: Sequence[OutboundMessage],
        plans: Mapping[str, Plan],
        may_send: Callable[[], bool],
    ) -> list[SendOutcome]:
        """Send the messages of plans, and return one outcome for each."""
        outcomes: list[SendOutcome] = []
        for outcome in self.outbound.send(messages, may_send=may_send):
            outcomes.append(outcome)
            self.progress.moved()
            if self.heartbeat.is_late:
                self.show_life()
        self.inform_breaker(outcomes, plans)
        return outcomes

    def show_life(self) -> None:
        """Write a heartbeat between two answers, which its failure must not lose."""
        try:
            with self.database.session() as session:
                self.heartbeat.record(session)
        except CdcError as error:
            logger.warning("heartbeat failed: %s", error)

    def inform_breaker(self, outcomes: Sequence[SendOutcome], plans: Mapping[str, Plan]) -> None:
        """Note what a batch says of the queue.

        Calls that have failed by themselves say nothing against it.
        """
        speaks_against = False
        for outcome in outcomes:
            if outcome.message_id:
                self.breaker.succeeded()
                return
            attempts = plans[outcome.message.call_id].candidate.attempts
            if outcome.is_queue_failure and not attempts:
                speaks_against = True
        if speaks_against:
            self.breaker.failed()
