"""Tells of messages that were not sent: what is true of the queue as an error, once and then at most once a minute."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence

from oracle_cdc.errors import CdcError
from oracle_cdc.model import SendOutcome
from oracle_cdc.repeats import RepeatLimiter

logger = logging.getLogger("oracle_cdc.sqs.outbound")

#: How many different reasons of failure one batch may log.
REASONS_LOGGED = 3
QUEUE, MESSAGES = "sending to the outbound queue", "some messages"


class Complaints:
    """Says why messages were not sent, in the words of the first failure and then at most once a minute.

    Parameters:
        report: told of a failure of the queue when it is logged.
    """

    def __init__(
        self, repeats: RepeatLimiter, report: Callable[[CdcError], None] = lambda error: None
    ) -> None:
        self.repeats = repeats
        self.report = report

    def tell(self, outcomes: Sequence[SendOutcome]) -> None:
        """Take the outcomes of one batch. Nothing sent is the queue's failure; some of it is the messages'."""
        errors = [outcome.error for outcome in outcomes if outcome.error]
        against = [
            outcome.error for outcome in outcomes if outcome.error and outcome.speaks_against_queue
        ]
        if len(errors) < len(outcomes):
            self.repeats.recovered(QUEUE)
        elif against:
            self.tell_of_queue(against[0])
            return
        self.tell_of_messages(errors)

    def tell_of_queue(self, error: CdcError) -> None:
        if self.repeats.failure(QUEUE, logger, "%s: %s", QUEUE, error, level=logging.ERROR):
            self.report(error)

    def tell_of_messages(self, errors: Sequence[CdcError]) -> None:
        reasons = Counter(str(error) for error in errors)
        for reason, _ in reasons.most_common(REASONS_LOGGED):
            self.repeats.failure(MESSAGES, logger, "%s were not sent: %s", MESSAGES, reason)
        if not errors:
            self.repeats.recovered(MESSAGES)
