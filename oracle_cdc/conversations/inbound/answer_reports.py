"""What is wrong with the answers that come: logged, counted, and a reason for not being ready."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from oracle_cdc.errors import CdcError
from oracle_cdc.model import MlResult, ReceivedMessage
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.streaks import Change, Streak

logger = logging.getLogger(__name__)

#: This many answers in a row that were set aside, or empty, speak of their sender.
STREAK_ANSWERS = 20
#: What keeps messages in the queue makes the service not ready until this has passed.
STANDING_SECONDS = 300.0

MISROUTED = (
    "the results queue brings conversations; they are put back, never deleted: "
    "does SQS_RESULTS_QUEUE_URL name another queue than SQS_OUTBOUND_QUEUE_URL, "
    "and does anything forward conversations to it?"
)
UNREAD = "answers that lie in S3 can't be read now, they come again: %s"
ALL_SET_ASIDE = (
    "the last %s answers were all set aside: %s; see `failures list`, "
    "and what answers look like in docs/messages.md"
)
ALL_EMPTY = (
    "the last %s answers were all empty: neither summary, sentiment, classification nor confidence "
    "under a name that docs/messages.md knows; see what the ML service sends"
)


class AnswerReports:
    """Says each kind of trouble once, then at most once a minute."""

    def __init__(self, progress: Progress, repeats: RepeatLimiter) -> None:
        self.progress = progress
        self.repeats = repeats
        self.set_aside_streak = Streak(STREAK_ANSWERS)
        self.empty_streak = Streak(STREAK_ANSWERS)

    def misrouted(self, conversations: Sequence[ReceivedMessage]) -> None:
        """Report that conversations came where only answers should."""
        self.progress.add(put_back=len(conversations))
        self.progress.concerns.note("conversations", MISROUTED, STANDING_SECONDS)
        self.repeats.failure("conversations among results", logger, MISROUTED, level=logging.ERROR)

    def unread(
        self, waiting: Sequence[ReceivedMessage], error: CdcError, hidden_seconds: int
    ) -> None:
        """Report answers that can't be read because of what they point to.

        Parameters:
            hidden_seconds: after which the last of them comes again.
        """
        self.progress.add(unread=len(waiting))
        standing_seconds = hidden_seconds + STANDING_SECONDS
        self.progress.concerns.note("results in S3", UNREAD % error, standing_seconds)
        log = logging.getLogger(f"oracle_cdc.{error.area}.results")
        self.repeats.failure("results in S3", log, UNREAD, error, level=logging.ERROR)

    def set_aside(
        self, reasons: Mapping[str, CdcError], call_ids: Mapping[str, str | None]
    ) -> None:
        """Report each answer that was set aside, by its id."""
        for message_id, error in reasons.items():
            call_id = call_ids.get(message_id)
            of_call = ""
            if call_id:
                of_call = f" of call {call_id}"
            self.repeats.failure(
                "results set aside",
                logger,
                "result %s%s set aside: %s; see `python cdc_service.py failures list`",
                message_id,
                of_call,
                error,
                level=logging.ERROR,
            )

    def batch_done(self, accepted: Sequence[MlResult], set_aside: Mapping[str, CdcError]) -> None:
        """Count what became of a batch, and report what has become the rule."""
        empty = 0
        for result in accepted:
            if result.is_empty:
                empty += 1
                self.repeats.failure(
                    "empty results", logger, "the result of call %s is empty", result.call_id
                )
        self.progress.add(empty=empty)
        reason = next(iter(set_aside.values()), "")
        change = self.set_aside_streak.add(bad=len(set_aside), good=len(accepted))
        self.report(
            "answers set aside", change, ALL_SET_ASIDE % (self.set_aside_streak.count, reason)
        )
        change = self.empty_streak.add(bad=empty, good=len(accepted) - empty)
        self.report("empty answers", change, ALL_EMPTY % self.empty_streak.count)

    def report(self, subject: str, change: Change, reason: str) -> None:
        """Report a streak when it begins, and when it ends."""
        if change is Change.BEGINS:
            logger.error("%s", reason)
            self.progress.concerns.note(subject, reason)
        elif change is Change.ENDS:
            logger.info("%s: over, one has passed", subject)
            self.progress.concerns.withdraw(subject)
