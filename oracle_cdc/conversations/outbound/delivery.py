"""From claimed calls to settled ones: read, prepared, sent, settled."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from time import monotonic

from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.conversations.outbound.preparing import Preparing, Read
from oracle_cdc.conversations.outbound.reading import Reader
from oracle_cdc.conversations.outbound.sending import Sender
from oracle_cdc.conversations.outbound.settling import (
    Limits,
    Settling,
    end_answered,
    fail_ended_alone,
)
from oracle_cdc.conversations.rules.claims import Candidate, Claim, Clocks, Rules, ended_alone
from oracle_cdc.conversations.tables.endings import Ending
from oracle_cdc.conversations.tables.leases import Lease, release_lease, renew_lease
from oracle_cdc.conversations.tables.modes import Heartbeat
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.retrying import Breaker

logger = logging.getLogger(__name__)


class Delivery:
    """Delivers the calls of one lease.

    Whatever happens, each of them ends settled, put off, set aside, or with its lease's end:
    nothing is given up.
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
        self.preparing = Preparing(database, outbound, rules, limits)
        self.settling = Settling(persistence, heartbeat, progress)
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

    def deliver(self, lease: Lease, claims: Sequence[Claim], clocks: Clocks) -> None:
        """Bring every leased call to its end.

        Raises what kept it from reading or writing. The leases are given back then.
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
                unread.append(self.preparing.end_failed(error, waiting.pop(call_id), "read"))
            self.deliver_part(lease, reads, unread, clocks)
            read.raise_waiting()

    def deliver_part(
        self, lease: Lease, reads: Sequence[Read], unread: Sequence[Ending], clocks: Clocks
    ) -> None:
        """Bring calls that were read from their decisions to their settling.

        Parameters:
            unread: the endings of those that can't be read.
        """
        started_at = monotonic()
        plans, not_sent = self.preparing.decide(reads, clocks)
        self.renew(lease)
        sealed, unsealed = self.preparing.seal(lease, plans)
        messages, unfit = self.preparing.encode(sealed)
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

    def renew(self, lease: Lease) -> None:
        """Renew a lease that would not outlive two requests."""
        if lease.remaining_seconds <= 2 * self.limits.request_seconds:
            self.persistence.run("renewing a lease", lambda session: renew_lease(session, lease))

    def give_back(self, lease: Lease, due_seconds: float) -> None:
        """Give back what is still leased. Where that fails, the lease's end does it."""
        try:
            self.persistence.run(
                "giving claims back",
                lambda session: release_lease(session, lease, due_seconds),
            )
        except CdcError as error:
            logger.warning("claims stay leased for up to %d s: %s", lease.lease_seconds, error)
