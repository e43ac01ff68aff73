"""Logs why messages were not sent: as the queue's failure or as theirs, at most once a minute."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence

from oracle_cdc.errors import CdcError
from oracle_cdc.model import SendOutcome
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger("oracle_cdc.aws.sqs.outbound")

#: How many different reasons of failure one batch may log.
REASONS_LOGGED = 3
QUEUE, MESSAGES = "sending to the outbound queue", "some messages"


class Complaints:
    """Logs why messages were not sent, in the words of the first failure.

    Parameters:
        report: called with a failure of the queue when it is logged.
    """

    def __init__(
        self, repeats: RepeatLimiter, report: Callable[[CdcError], None] = lambda error: None
    ) -> None:
        self.repeats = repeats
        self.report = report

    def log(self, outcomes: Sequence[SendOutcome]) -> None:
        """Log the failures among the outcomes of one batch.

        Where nothing was sent it is the queue's failure, otherwise the messages'.
        """
        errors: list[CdcError] = []
        queue_error: CdcError | None = None
        for outcome in outcomes:
            if outcome.error is None:
                continue
            errors.append(outcome.error)
            if queue_error is None and outcome.is_queue_failure:
                queue_error = outcome.error
        if len(errors) < len(outcomes):
            self.repeats.recovered(QUEUE)
        elif queue_error is not None:
            self.log_queue_failure(queue_error)
            return
        self.log_message_failures(errors)

    def log_queue_failure(self, error: CdcError) -> None:
        """Log that the queue takes nothing."""
        if self.repeats.failure(QUEUE, logger, "%s: %s", QUEUE, error, level=logging.ERROR):
            self.report(error)

    def log_message_failures(self, errors: Sequence[CdcError]) -> None:
        """Log why some messages were not sent, or that all are sent again."""
        reasons = Counter(str(error) for error in errors)
        for reason, _ in reasons.most_common(REASONS_LOGGED):
            self.repeats.failure(MESSAGES, logger, "%s were not sent: %s", MESSAGES, reason)
        if not errors:
            self.repeats.recovered(MESSAGES)
