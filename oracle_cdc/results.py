"""One inbound cycle: receive, decode, write, commit, and only then delete."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.answers import RESULT_TYPE, decode, is_result
from oracle_cdc.errors import CdcError, OracleRefused, ResultRefused
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
    """batch_size: results of one transaction. pause_seconds: after a receive from a shared queue that brought no
    result."""

    batch_size: int
    wait_seconds: int
    visibility_seconds: int
    pause_seconds: float
    is_shared: bool
    keep_failed_messages: bool
    max_attempts: int = 10


class Results:
    """The inbound leg. A message leaves its queue only after its row, or the row that says why not, is committed."""

    def __init__(
        self,
        database: Database,
        persistence: Persistence,
        inbound: Inbound,
        progress: Progress,
        limits: ResultLimits,
        stop: threading.Event,
    ) -> None:
        self.database = database
        self.persistence = persistence
        self.inbound = inbound
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
        ours, foreign = self.split(messages)
        if foreign:
            self.inbound.release(foreign)
        if ours:
            with self.progress.holding():
                self.write(ours, received_at)
        elif foreign:
            self.progress.resting(self.limits.pause_seconds)
            self.stop.wait(self.limits.pause_seconds)
        return len(ours)

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

    def split(self, messages: Sequence[ReceivedMessage]) -> tuple[list[ReceivedMessage], list[ReceivedMessage]]:
        """Ours, and on a shared queue what is not proven to be a result: that is put back, never deleted or set
        aside."""
        if not self.limits.is_shared:
            return list(messages), []
        ours = [message for message in messages if is_result(message)]
        return ours, [message for message in messages if not is_result(message)]

    def write(self, messages: Sequence[ReceivedMessage], received_at: float) -> None:
        """Write a batch in one transaction, then delete its messages."""
        self.progress.add(received=len(messages))
        results, refusals = decode_all(messages)
        by_id = {message.message_id: message for message in messages}
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
            self.put_back(messages, error)
            return
        self.delete(messages)
        self.count(written, refused, received_at)

    def delete(self, messages: Sequence[ReceivedMessage]) -> None:
        left = self.inbound.delete(list(messages))
        if left:
            logger.warning(
                "%d of %d messages were not deleted; they come again and change nothing", len(left), len(messages)
            )

    def put_back(self, messages: Sequence[ReceivedMessage], error: CdcError) -> None:
        """After an error that nobody foresaw: the batch reappears, others may get through meanwhile; what has come back
        so often is set aside."""
        logger.error("%d results could not be written, they come again: %s", len(messages), error)
        worn = [message for message in messages if message.receive_count >= self.limits.max_attempts]
        if worn:
            self.persistence.run("setting results aside", lambda session: self.set_aside(session, worn, error))
            self.delete(worn)

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


def decode_all(messages: Sequence[ReceivedMessage]) -> tuple[list[MlResult], dict[str, CdcError]]:
    """The results, and by message id why the others are none."""
    results: list[MlResult] = []
    refusals: dict[str, CdcError] = {}
    for message in messages:
        try:
            result = decode_one(message)
        except ResultRefused as error:
            refusals[message.message_id] = error
            continue
        results.append(result)
        for warning in result.warnings:
            logger.warning("result of call %s: %s", result.call_id, warning)
    return results, refusals


def decode_one(message: ReceivedMessage) -> MlResult:
    """Raises ResultRefused, also for what nobody foresaw: one bad result never stops the rest."""
    try:
        if not is_result(message):
            raise ResultRefused("not a result: neither its messageType nor its type is ML_PROCESSING_RESULT")
        return decode(message)
    except ResultRefused:
        raise
    except Exception as error:
        logger.exception("message %s can't be decoded; set aside", message.message_id)
        raise ResultRefused(f"can't be decoded: {type(error).__name__}") from error
