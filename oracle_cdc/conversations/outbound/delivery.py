"""From claimed calls to settled ones: read, prepared, sent, settled."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from time import monotonic

from oracle_cdc.aws.sqs.outbound import Outbound
from oracle_cdc.conversations.outbound.endings_and_retries import end_answered, fail_ended_alone
from oracle_cdc.conversations.outbound.preparing import Preparing, Read
from oracle_cdc.conversations.outbound.reading import Calls, Reader
from oracle_cdc.conversations.outbound.retry_limits import Limits
from oracle_cdc.conversations.outbound.sending import Sender
from oracle_cdc.conversations.outbound.settling import Settling
from oracle_cdc.conversations.rules.claims import Candidate, Claim, Clocks, Rules, ended_alone
from oracle_cdc.conversations.tables.endings import Ending
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.conversations.tables.leases import HeldLease, Lease
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.running.breaker import Breaker
from oracle_cdc.running.halving import Sorted
from oracle_cdc.running.progress import Progress


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
        attempts = max((claim.candidate.attempts for claim in claims), default=0)
        held = HeldLease(
            lease, self.persistence, request_seconds=self.limits.request_seconds, stop=self.stop
        )
        with held.given_back(self.limits.waits.after(attempts)):
            self.deliver_leased(held, claims, clocks)

    def deliver_leased(self, held: HeldLease, claims: Sequence[Claim], clocks: Clocks) -> None:
        """Bring leased calls to their end, as many at a time as there is room for."""
        waiting, abandoned = split_abandoned(claims)
        if abandoned:
            self.settling.settle(held.token, abandoned)
        while waiting and not self.stop.is_set():
            found = self.reader.read(held.token, list(waiting), held.renew)
            reads, unread = self.take(found, waiting)
            started_at = monotonic()
            plans, not_sent = self.preparing.decide(reads, clocks)
            # What was said stands in the plans now, and may be too large to be kept twice.
            reads.clear()
            held.renew()
            sealed, unsealed = self.preparing.seal(held.token, plans)
            messages, unfit = self.preparing.encode(sealed)
            planned = {plan.call_id: plan for plan in sealed}
            outcomes = self.sender.send(messages, planned, held.may_send)
            elapsed_ms = (monotonic() - started_at) * 1000
            answered = end_answered(
                outcomes,
                planned,
                self.limits,
                elapsed_ms=elapsed_ms,
                is_stopping=self.stop.is_set(),
            )
            endings = [*answered, *unread, *not_sent, *unsealed, *unfit]
            self.settling.settle(held.token, endings, elapsed_ms)
            found.raise_waiting()

    def take(
        self, found: Sorted[str, Calls], waiting: dict[str, Candidate]
    ) -> tuple[list[Read], list[Ending]]:
        """Take from the waiting calls those that were read, and end those that can't be."""
        reads: list[Read] = []
        for calls in found.results:
            for call_id, segments in calls.items():
                reads.append(Read(waiting.pop(call_id), segments))
        found.results.clear()
        unread: list[Ending] = []
        for call_id, error in found.own:
            unread.append(self.preparing.end_failed(error, waiting.pop(call_id), "read"))
        return reads, unread


def split_abandoned(claims: Sequence[Claim]) -> tuple[dict[str, Candidate], list[Ending]]:
    """Return the calls to deliver by their ids, and how those end that ended their processes."""
    waiting: dict[str, Candidate] = {}
    abandoned: list[Ending] = []
    for claim in claims:
        if ended_alone(claim):
            abandoned.append(fail_ended_alone(claim))
        else:
            waiting[claim.candidate.call_id] = claim.candidate
    return waiting, abandoned
