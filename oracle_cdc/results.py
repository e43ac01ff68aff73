"""One inbound cycle: receive, decode, write, commit, and only then delete."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.answer_reports import AnswerReports
from oracle_cdc.envelopes import RESULT_TYPE
from oracle_cdc.errors import CdcError, OracleRefused
from oracle_cdc.intake import Batch, Intake, Sorted, make_batch
from oracle_cdc.messages import CONVERSATION_TYPE
from oracle_cdc.model import MlResult, ReceivedMessage
from oracle_cdc.oracle import journal
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.journal import Entry, Fault, SetAside
from oracle_cdc.oracle.session import Session
from oracle_cdc.oracle.summaries import Written, write_results
from oracle_cdc.persistence import Persistence
from oracle_cdc.progress import Progress
from oracle_cdc.sqs.inbound import Inbound

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")

#: An error that nobody foresaw may be about one result of the batch; so often the batch is tried as it is.
UNFORESEEN_TRIES = 3


@dataclass(frozen=True)
class ResultLimits:
    """batch_size: results of one transaction. pause_seconds: after a receive that brought nothing to write."""

    batch_size: int
    wait_seconds: int
    visibility_seconds: int
    pause_seconds: float
    keep_failed_messages: bool
    max_attempts: int = 10


class Results:
    """The inbound leg. A message leaves its queue only after its row, or the row that says why not, is committed."""

    def __init__(
        self,
        database: Database,
        persistence: Persistence,
        inbound: Inbound,
        intake: Intake,
        *,
        progress: Progress,
        reports: AnswerReports,
        limits: ResultLimits,
        stop: threading.Event,
    ) -> None:
        self.database = database
        self.persistence = persistence
        self.inbound = inbound
        self.intake = intake
        self.reports = reports
        self.progress = progress
        self.limits = limits
        self.stop = stop
        #: While True nothing is lost when the process ends: what a long poll holds reappears.
        self.is_polling = False

    def run_cycle(self) -> None:
        """Wait for results and write what came. Nothing is received while Oracle can't take it."""
        self.drain(self.limits.wait_seconds)

    def drain_all(self) -> None:
        """Write what is there, without waiting, until two receives in a row are empty."""
        empty = 0
        while empty < 2 and not self.stop.is_set():
            empty = 0 if self.drain(0) else empty + 1

    def drain(self, wait_seconds: int) -> int:
        """One batch; how many messages came that are ours."""
        self.database.ensure_usable()
        received_at = monotonic()
        messages = self.collect(wait_seconds)
        found = self.intake.sort(messages)
        self.give_back(found)
        if found.ours:
            with self.progress.holding():
                self.write(make_batch(found.ours), received_at)
        elif messages:
            self.progress.resting(self.limits.pause_seconds)
            self.stop.wait(self.limits.pause_seconds)
        return len(found.ours)

    def collect(self, wait_seconds: int) -> list[ReceivedMessage]:
        """A batch of several receives; only the first waits."""
        self.is_polling = True
        try:
            batch = messages = self.inbound.receive(wait_seconds)
        finally:
            self.is_polling = False
        while messages and len(batch) < self.limits.batch_size and not self.stop.is_set():
            messages = self.receive_more()
            batch = batch + messages
        return batch

    def receive_more(self) -> list[ReceivedMessage]:
        """What else is there; a failure here must not lose what the batch holds already."""
        try:
            return self.inbound.receive(0)
        except CdcError as error:
            logger.warning("receiving ended early: %s", error)
            return []

    def give_back(self, found: Sorted) -> None:
        """Put back what is not to be written, and tell of what should not be here. What waits for S3 stays hidden."""
        self.inbound.release([*found.conversations, *found.foreign, *found.later])
        if found.conversations and not self.intake.is_shared():
            self.reports.misrouted(found.conversations)
        if found.hindrance:
            self.reports.unread(found.waiting, found.hindrance)

    def write(self, batch: Batch, received_at: float) -> None:
        """Write a batch in one transaction, then delete its messages."""
        messages, results, refusals = batch.messages, batch.results, dict(batch.refusals)
        self.progress.add(received=len(messages))
        by_id = dict(batch.answers)
        extended_at = received_at

        def hold() -> None:
            nonlocal extended_at
            if monotonic() - extended_at > self.limits.visibility_seconds / 3:
                self.inbound.extend(list(messages), self.limits.visibility_seconds)
                extended_at = monotonic()

        def work(session: Session) -> tuple[Written, dict[str, CdcError]]:
            return self.write_batch(session, results, refusals, by_id, received_at)

        try:
            written, refused = self.persistence.run(
                "writing results", work, while_waiting=hold, unforeseen_tries=UNFORESEEN_TRIES
            )
        except OracleRefused as error:
            self.put_back(batch, error)
            return
        self.delete(messages)
        self.count(written, refused, received_at)
        self.reports.set_aside(refused, batch.call_ids)
        self.reports.batch_done([*written.stored, *written.outdated], refused)

    def delete(self, messages: Sequence[ReceivedMessage]) -> None:
        left = self.inbound.delete(list(messages))
        if left:
            logger.warning(
                "%d of %d messages were not deleted; they come again and change nothing", len(left), len(messages)
            )

    def put_back(self, batch: Batch, error: CdcError) -> None:
        """After an error that nobody foresaw: the batch reappears, others may get through meanwhile; what has come back
        so often is set aside."""
        logger.error("%d results could not be written, they come again: %s", len(batch.answers), error)
        worn = [message for message in batch.messages if message.receive_count >= self.limits.max_attempts]
        answers = batch.answers_of(worn)
        if worn:
            self.persistence.run("setting results aside", lambda session: self.set_aside(session, answers, error))
            self.delete(worn)
            self.reports.set_aside({answer.message_id: error for answer in answers}, batch.call_ids)

    def set_aside(self, session: Session, messages: Sequence[ReceivedMessage], error: CdcError) -> None:
        journal.set_aside(session, [self.aside(message, error, None) for message in messages])
        session.commit()

    def write_batch(
        self,
        session: Session,
        results: Sequence[MlResult],
        refusals: dict[str, CdcError],
        by_id: dict[str, ReceivedMessage],
        received_at: float,
    ) -> tuple[Written, dict[str, CdcError]]:
        """Everything about a batch, and the commit. Repeatable: what is there already changes nothing."""
        written = write_results(session, results)
        refused = dict(refusals)
        for result in results:
            if result.call_id in written.refused and result not in written.outdated:
                refused[result.message_id] = written.refused[result.call_id]
        call_ids = {result.message_id: result.call_id for result in results}
        journal.set_aside(session, [self.aside(by_id[key], error, call_ids.get(key)) for key, error in refused.items()])
        elapsed_ms = (monotonic() - received_at) * 1000
        entries = [Entry(r.call_id, "RESULT", "SUCCESS", elapsed_ms) for r in written.stored]
        entries += [Entry(r.call_id, "RESULT", "SKIPPED", elapsed_ms) for r in written.outdated]
        entries += [Entry(call_ids.get(key) or "", "RESULT", "FAILED", None, str(e)) for key, e in refused.items()]
        journal.write_entries(session, next(iter(by_id))[:50], entries)
        journal.write_faults(session, [Fault(error, call_ids.get(key)) for key, error in refused.items()])
        session.commit()
        return written, refused

    def aside(self, message: ReceivedMessage, error: CdcError, call_id: str | None) -> SetAside:
        return SetAside(
            direction="RESULT",
            call_id=call_id,
            reason=str(error),
            attempts=message.receive_count,
            original_message=message.body if self.limits.keep_failed_messages else None,
            message_id=message.message_id,
            message_type=told_type(message),
            sent_ms=message.sent_ms,
        )

    def count(self, written: Written, refused: dict[str, CdcError], received_at: float) -> None:
        self.progress.add(
            written=len(written.stored),
            outdated=len(written.outdated),
            unmatched=written.unknown_count,
            set_aside=len(refused),
        )
        level = logging.WARNING if refused else logging.INFO
        logger.log(
            level,
            "results: %d written, %d older than what is stored, %d set aside, %d of unknown calls",
            len(written.stored),
            len(written.outdated),
            len(refused),
            written.unknown_count,
        )
        elapsed_seconds = monotonic() - received_at
        self.progress.batch_done("results", elapsed_seconds)
        performance.info("results written=%d elapsed_ms=%.0f", len(written.stored), elapsed_seconds * 1000)


def told_type(message: ReceivedMessage) -> str | None:
    """What the messageType attribute said, if it is one that a replay understands."""
    told = message.attributes.get("messageType")
    return told if told in (RESULT_TYPE, CONVERSATION_TYPE) else None
