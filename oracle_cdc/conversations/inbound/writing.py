"""Answers, and what is set aside of them, into rows: one group, one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

from oracle_cdc.conversations.rules.answers import Answer
from oracle_cdc.conversations.rules.envelopes import RESULT_TYPE
from oracle_cdc.conversations.rules.messages import CONVERSATION_TYPE
from oracle_cdc.conversations.tables import journal
from oracle_cdc.conversations.tables.journal import Event
from oracle_cdc.conversations.tables.summaries import Written, try_control, write_results
from oracle_cdc.errors import CdcError, ResultRefused, ResultUnredacted
from oracle_cdc.model import MlResult, ReceivedMessage
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.privacy import describe

logger = logging.getLogger(__name__)


class AnswerWriter:
    """Writes groups of answers, and harmless ones that show whether Oracle takes any.

    Parameters:
        keeps_bodies: whether what is set aside keeps its body.
    """

    def __init__(self, database: Database, *, keeps_bodies: bool) -> None:
        self.database = database
        self.keeps_bodies = keeps_bodies

    def write_group(
        self,
        session: Session,
        answers: Sequence[Answer],
        began_at: float,
        locks: Sequence[Answer],
    ) -> Written:
        """Write everything about some answers, and commit.

        Parameters:
            locks: those whose rows are locked first, without a wait.
        """
        results: list[MlResult] = []
        refusals: list[Event] = []
        for answer in answers:
            if answer.error:
                refusals.append(self.refusal_event(answer, answer.error))
            elif answer.result:
                results.append(answer.result)
        locked_ids = sorted(named_calls(locks))
        session.lock("lock_summaries", locked_ids)
        session.lock("lock_claims", locked_ids)
        written = write_results(session, results)
        elapsed_ms = (monotonic() - began_at) * 1000
        events = result_events(written, elapsed_ms) + refusals
        journal.write_events(session, answers[0].message.message_id, events)
        session.commit()
        return written

    def refusal_event(self, answer: Answer, error: CdcError) -> Event:
        """Return what the tables say of an answer that is set aside."""
        return journal.refused(
            answer.call_id,
            error,
            answer.message,
            message_type=known_type(answer.message),
            keeps_body=self.keeps_bodies and not isinstance(error, ResultUnredacted),
        )

    def control_passes(self, answer: Answer) -> bool:
        """Return whether Oracle takes a harmless answer of the same size, which is rolled back."""
        try:
            self.database.attempt(lambda session: self.write_control(session, answer))
        except Exception as error:  # whatever it is, it is not this answer's
            logger.debug("a harmless answer is not taken either: %s", describe(error))
            return False
        return True

    def write_control(self, session: Session, answer: Answer) -> None:
        """Write a harmless answer, or a harmless row of what is set aside, and roll it back."""
        try:
            if answer.result and not answer.error:
                try_control(session, answer.result)
            else:
                journal.write_set_aside(session, [self.control_event(answer)])
        finally:
            session.rollback()

    def control_event(self, answer: Answer) -> Event:
        """Return what is set aside of a harmless message of the same size."""
        body = "x" * len(answer.message.body.encode(errors="replace"))
        message_id = f"control {answer.message.message_id}"[:100]
        control = replace(answer.message, message_id=message_id, body=body)
        return self.refusal_event(Answer(control), ResultRefused("control"))


def named_calls(answers: Sequence[Answer]) -> set[str]:
    """Return the calls that answers name."""
    call_ids: set[str] = set()
    for answer in answers:
        if answer.call_id:
            call_ids.add(answer.call_id)
    return call_ids


def result_events(written: Written, elapsed_ms: float | None = None) -> list[Event]:
    """Return what the journal says of results that were written, or were outdated."""
    events: list[Event] = []
    for result in written.stored:
        events.append(journal.answered(result.call_id, elapsed_ms))
    for result in written.outdated:
        events.append(journal.outdated(result.call_id, elapsed_ms))
    return events


def known_type(message: ReceivedMessage) -> str | None:
    """Return what the messageType attribute says, if it is one that a replay understands."""
    message_type = message.attributes.get("messageType")
    if message_type in (RESULT_TYPE, CONVERSATION_TYPE):
        return message_type
    return None
