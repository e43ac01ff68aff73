"""One inbound cycle: receive, decode, write, commit, and only then delete."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

from oracle_cdc.aws.sqs.inbound import Inbound
from oracle_cdc.conversations.inbound.answer_reports import AnswerReports
from oracle_cdc.conversations.inbound.recording import Recorded, Recorder, call_ids
from oracle_cdc.conversations.inbound.sorting import Incoming, Intake, log_warnings
from oracle_cdc.conversations.rules.answers import Answer, Reading
from oracle_cdc.errors import CdcError
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.halving import waited_for
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.redaction_counts import count_marks

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")

#: How long one look waits at most. Without a wait SQS asks some of its hosts only, and an empty
#: answer is no empty queue:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
ONCE_WAIT_SECONDS = 1


@dataclass(frozen=True)
class ResultLimits:
    """How answers are received.

    Parameters:
        pause_seconds: after a receive that brought nothing to write.
    """

    wait_seconds: int
    visibility_seconds: int
    pause_seconds: float


class Hidden:
    """Keeps received messages hidden from others while they are read and written.

    Parameters:
        since: when they were received, on the monotonic clock.
    """

    def __init__(self, inbound: Inbound, seconds: int, since: float) -> None:
        self.inbound = inbound
        self.seconds = seconds
        self.since = since

    def keep(self, messages: Sequence[ReceivedMessage]) -> None:
        """Extend the visibility time-out of those in hand when a third of it has passed."""
        if monotonic() - self.since > self.seconds / 3:
            self.inbound.extend(messages, self.seconds)
            self.since = monotonic()


class Results:
    """The inbound leg.

    A message leaves its queue only after its row, or the row that says why not, is committed.
    """

    def __init__(
        self,
        database: Database,
        recorder: Recorder,
        inbound: Inbound,
        intake: Intake,
        *,
        progress: Progress,
        reports: AnswerReports,
        limits: ResultLimits,
        stop: threading.Event,
    ) -> None:
        self.database = database
        self.recorder = recorder
        self.inbound = inbound
        self.intake = intake
        self.reports = reports
        self.progress = progress
        self.limits = limits
        self.stop = stop
        #: While True nothing is lost when the process ends: what a long poll holds reappears.
        self.is_polling = False

    def run_cycle(self) -> None:
        """Wait for results and write what came.

        Nothing is received while Oracle can't take it.
        """
        self.drain(self.limits.wait_seconds)

    def drain_all(self) -> None:
        """Write what is there until two receives in a row are empty."""
        wait_seconds = min(self.limits.wait_seconds, ONCE_WAIT_SECONDS)
        empty = 0
        while empty < 2 and not self.stop.is_set():
            empty += 1
            if self.drain(wait_seconds):
                empty = 0

    def drain(self, wait_seconds: int) -> int:
        """Write what a few receives bring, and return how many messages came that are ours.

        What is too much for one transaction waits here for the next: a message that is put back
        was received once more, and a queue makes a dead letter of what was received too often.
        """
        self.database.ensure_usable()
        hidden = Hidden(self.inbound, self.limits.visibility_seconds, since=monotonic())
        left = self.collect(wait_seconds)
        has_messages = bool(left)
        count = 0
        try:
            while left:
                hidden.keep(left)
                found = self.intake.read_messages(left)
                left = found.later
                count += len(found.ours)
                self.give_back(found)
                if found.ours:
                    in_hand = [*(reading.message for reading in found.ours), *left]
                    with self.progress.holding(self.progress.loop()):
                        self.write(found.ours, partial(hidden.keep, in_hand))
                if self.stop.is_set():
                    break
        finally:
            self.inbound.release(left)
        if has_messages and not count:
            self.progress.rest(self.limits.pause_seconds, self.stop)
        return count

    def collect(self, wait_seconds: int) -> list[ReceivedMessage]:
        """Collect a batch from several receives, of which only the first waits."""
        self.is_polling = True
        try:
            batch = messages = self.inbound.receive(wait_seconds)
        finally:
            self.is_polling = False
        while messages and self.intake.has_room(batch) and not self.stop.is_set():
            messages = self.receive_more()
            batch = batch + messages
        return batch

    def receive_more(self) -> list[ReceivedMessage]:
        """Receive what else is there.

        A failure here must not lose what the batch has already.
        """
        try:
            return self.inbound.receive(0)
        except CdcError as error:
            logger.warning("receiving ended early: %s", error)
            return []

    def give_back(self, found: Incoming) -> None:
        """Put back what is not to be written, and report what should not be here.

        What waits for S3 stays hidden.
        """
        self.inbound.release([*found.conversations, *found.foreign])
        hidden_seconds = self.inbound.put_off(found.waiting)
        if found.conversations and not self.intake.is_shared():
            self.reports.misrouted(found.conversations)
        if found.hindrance:
            self.reports.unread(found.waiting, found.hindrance, hidden_seconds)

    def write(self, readings: Sequence[Reading], while_waiting: Callable[[], None]) -> None:
        """Write answers, then delete the messages that are done with.

        Raises why Oracle does not take the others now.

        Parameters:
            while_waiting: called before each try, to keep what is in hand hidden.
        """
        began_at = monotonic()
        self.progress.add(received=len(readings))
        log_warnings(readings)
        answers: list[Answer] = []
        for reading in readings:
            answers += reading.answers
        recorded = self.recorder.write_answers(answers, began_at, while_waiting)
        delete(self.inbound, finished(readings, recorded))
        self.inbound.put_off(messages_of(recorded.put_off))
        self.count(recorded, began_at)
        count_marks(sum_marks(answers), self.progress, "summaries")
        self.reports.set_aside(recorded.set_aside, call_ids(answers))
        self.reports.batch_done([*recorded.stored, *recorded.outdated], recorded.set_aside)
        if recorded.hindrance:
            raise waited_for(recorded.hindrance)

    def count(self, recorded: Recorded, began_at: float) -> None:
        """Count and log what became of a batch."""
        self.progress.add(
            written=len(recorded.stored),
            outdated=len(recorded.outdated),
            unmatched=recorded.unknown_count,
            set_aside=len(recorded.set_aside),
        )
        log_recorded(recorded)
        elapsed_seconds = monotonic() - began_at
        if recorded.done:
            self.progress.batch_done("results", elapsed_seconds)
        performance.info(
            "results written=%d elapsed_ms=%.0f", len(recorded.stored), elapsed_seconds * 1000
        )


def delete(inbound: Inbound, messages: Sequence[ReceivedMessage]) -> None:
    """Delete messages, and log how many are left and come again."""
    left = inbound.delete(messages)
    if left:
        logger.warning(
            "%d of %d messages were not deleted; they come again and change nothing",
            len(left),
            len(messages),
        )


def log_recorded(recorded: Recorded) -> None:
    """Log how many answers were written, and how many were not."""
    level = logging.INFO
    if recorded.set_aside:
        level = logging.WARNING
    logger.log(
        level,
        "results: %d written, %d older than what is stored, %d set aside, %d of unknown calls",
        len(recorded.stored),
        len(recorded.outdated),
        len(recorded.set_aside),
        recorded.unknown_count,
    )


def sum_marks(answers: Sequence[Answer]) -> Counter[str]:
    """Return what was marked in the summaries of answers, by kind."""
    marks: Counter[str] = Counter()
    for answer in answers:
        marks.update(answer.marks)
    return marks


def messages_of(answers: Sequence[Answer]) -> list[ReceivedMessage]:
    """Return the messages that answers came in, each once."""
    return list({answer.message.message_id: answer.message for answer in answers}.values())


def finished(readings: Sequence[Reading], recorded: Recorded) -> list[ReceivedMessage]:
    """Return the messages of which every answer is done."""
    done = {answer.message.message_id for answer in recorded.done}
    messages: list[ReceivedMessage] = []
    for reading in readings:
        if all(answer.message.message_id in done for answer in reading.answers):
            messages.append(reading.message)
    return messages
