"""Answers into rows, in as few transactions as pass; which of them can't be written, and which wait for Oracle."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TypeAlias

from oracle_cdc.conversations.rules.answers import Answer
from oracle_cdc.conversations.rules.envelopes import RESULT_TYPE
from oracle_cdc.conversations.rules.messages import CONVERSATION_TYPE
from oracle_cdc.conversations.tables import journal
from oracle_cdc.conversations.tables.journal import Event
from oracle_cdc.conversations.tables.summaries import Written, try_control, write_results
from oracle_cdc.errors import CdcError, ResultRefused, RowLocked, Unreachable, ValueRefused
from oracle_cdc.model import MlResult, ReceivedMessage
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.evidence import Evidence, Sorted
from oracle_cdc.running.privacy import describe

logger = logging.getLogger(__name__)

#: Answers that Oracle does not take, whatever is in them, are tried for this long; then they go back to their queue,
#: because only others that come can show whether it is their own fault.
LONGEST_TRY_SECONDS = 900.0


Answers: TypeAlias = Sorted[Answer, Written]
Attempt: TypeAlias = Callable[[Sequence[Answer]], Written]


@dataclass
class Recorded:
    """What became of answers.

    Parameters:
        done: written, or set aside with a row that says why: it may be deleted.
        refused: of these, by the ids of their messages, why they were set aside.
        hindrance: why Oracle did not take the others, if that is not their own fault; they come again.
    """

    done: list[Answer] = field(default_factory=list)
    stored: list[MlResult] = field(default_factory=list)
    outdated: list[MlResult] = field(default_factory=list)
    unknown_count: int = 0
    refused: dict[str, CdcError] = field(default_factory=dict)
    hindrance: Exception | None = None

    def add(self, written: Written) -> None:
        self.stored += written.stored
        self.outdated += written.outdated
        self.unknown_count += written.unknown_count


class Recorder:
    """Writes answers.

    Parameters:
        max_attempts: failures of an answer's own until it is set aside.
        keeps_bodies: whether what is set aside keeps its body.
    """

    def __init__(self, persistence: Persistence, *, max_attempts: int, keeps_bodies: bool) -> None:
        database = persistence.database
        self.persistence = persistence
        self.database = database
        self.max_attempts = max_attempts
        self.keeps_bodies = keeps_bodies
        self.evidence = Evidence[Answer](
            lambda answer: answer.message.message_id, lambda: database.answers
        )

    def write_answers(
        self, answers: Sequence[Answer], received_at: float, while_waiting: Callable[[], None]
    ) -> Recorded:
        """Write answers, or the rows that say why not, and commit. Repeatable: what is there already changes nothing.

        Raises what keeps it from Oracle when the service stops before it is done.

        Parameters:
            received_at: when they came, on the monotonic clock.
            while_waiting: called before each try: what is being written must stay hidden from others.
        """
        recorded = Recorded()
        left = list(answers)

        def attempt(group: Sequence[Answer]) -> Written:
            while_waiting()
            # A row that somebody holds locked must not hold up one part of a failed batch after another.
            locks = group if self.evidence.is_retry(group, answers) else ()
            return self.database.attempt(
                lambda session: self.write_group(session, group, received_at, locks)
            )

        def write_left() -> None:
            nonlocal left
            while left:
                outcome = self.evidence.sort(left, attempt)
                left = self.note_outcome(outcome, recorded, attempt)
                if not outcome.waiting:
                    continue
                takes_harmless = self.control_passes(outcome.waiting[0][0])
                if not takes_harmless and monotonic() - received_at < LONGEST_TRY_SECONDS:
                    for answer, _ in outcome.waiting:
                        left.append(answer)
                    outcome.raise_waiting()
                left = self.let_go(outcome, recorded, attempt, takes_harmless=takes_harmless)

        self.persistence.keep_trying("writing results", write_left, while_waiting=while_waiting)
        return recorded

    def note_outcome(self, outcome: Answers, recorded: Recorded, attempt: Attempt) -> list[Answer]:
        """Note what a try brought, and return what is to be tried next."""
        for written in outcome.results:
            recorded.add(written)
        recorded.done += outcome.passed
        for answer in outcome.passed:
            if answer.error:
                recorded.refused[answer.message.message_id] = answer.error
        refusals: list[Answer] = []
        for answer, error in outcome.own:
            refusal = self.refuse(answer, error, recorded, attempt)
            if refusal:
                refusals.append(refusal)
        return refusals + outcome.untried

    def let_go(
        self, outcome: Answers, recorded: Recorded, attempt: Attempt, *, takes_harmless: bool
    ) -> list[Answer]:
        """Return what is to be tried next after a try in which nothing passed.

        A lone answer that fails again while a harmless one is taken is itself at fault; all others come again.
        """
        answer, error = outcome.waiting[0]
        recorded.hindrance = error
        if not takes_harmless or len(outcome.waiting) > 1 or outcome.untried:
            return []
        again = self.evidence.sort([answer], attempt)
        if again.waiting and not self.evidence.is_own(answer, control_passed=True):
            return []
        recorded.hindrance = None
        if again.waiting:
            again.own, again.waiting = again.waiting, []
        return self.note_outcome(again, recorded, attempt)

    def refuse(
        self, answer: Answer, error: Exception, recorded: Recorded, attempt: Attempt
    ) -> Answer | None:
        """Return what is to be set aside of an answer that failed by itself; None while it is to come again."""
        message_id = answer.message.message_id
        failures = self.evidence.own_failures(answer)
        if isinstance(error, RowLocked):
            logger.warning(
                "result %s comes again, another session holds its row: %s", message_id, error
            )
            return None
        if answer.error is not None:
            logger.error(
                "result %s stays in its queue, its failure row can't be written: %s",
                message_id,
                describe(error),
            )
            return None
        is_final = failures >= self.max_attempts
        if isinstance(error, ValueRefused) and not is_final:
            is_final = self.is_refused_each_time(answer, recorded, attempt)
            if answer in recorded.done:
                return None
        if not is_final:
            logger.warning(
                "result %s can't be written (%d of %d times), it comes again: %s",
                message_id,
                failures,
                self.max_attempts,
                describe(error),
            )
            return None
        return replace(answer, error=ResultRefused(f"Oracle does not take it: {describe(error)}"))

    def is_refused_each_time(self, answer: Answer, recorded: Recorded, attempt: Attempt) -> bool:
        """Return whether an answer is refused max_attempts times at once, while a harmless one is taken each time.

        So it is with one that is refused for its values. One that is taken after all is noted as done.
        """
        for _ in range(self.max_attempts):
            if not self.control_passes(answer):
                return False
            try:
                written = attempt([answer])
            except ValueRefused:
                continue
            except (CdcError, Unreachable):
                return False
            recorded.add(written)
            recorded.done.append(answer)
            self.evidence.passed([answer])
            return False
        return True

    def control_passes(self, answer: Answer) -> bool:
        """Return whether Oracle takes a harmless answer of the same size, which is rolled back."""
        try:
            self.database.attempt(lambda session: self.write_control(session, answer))
        except Exception as error:  # whatever it is, it is not this answer's
            logger.debug("a harmless answer is not taken either: %s", describe(error))
            return False
        return True

    def write_control(self, session: Session, answer: Answer) -> None:
        try:
            if answer.result and not answer.error:
                try_control(session, answer.result)
            else:
                journal.write_set_aside(session, [self.control_event(answer)])
        finally:
            session.rollback()

    def control_event(self, answer: Answer) -> Event:
        body = "x" * len(answer.message.body.encode(errors="replace"))
        message_id = f"control {answer.message.message_id}"[:100]
        control = replace(answer.message, message_id=message_id, body=body)
        return self.refusal_event(Answer(control), ResultRefused("control"))

    def write_group(
        self,
        session: Session,
        answers: Sequence[Answer],
        received_at: float,
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
        locked_ids = sorted({answer.call_id for answer in locks if answer.call_id})
        session.lock("lock_summaries", locked_ids)
        session.lock("lock_claims", locked_ids)
        written = write_results(session, results)
        elapsed_ms = (monotonic() - received_at) * 1000
        events = result_events(written, elapsed_ms) + refusals
        journal.write_events(session, answers[0].message.message_id, events)
        session.commit()
        return written

    def refusal_event(self, answer: Answer, error: CdcError) -> Event:
        return journal.refused(
            answer.call_id,
            error,
            answer.message,
            message_type=known_type(answer.message),
            keeps_body=self.keeps_bodies,
        )


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


def call_ids(answers: Sequence[Answer]) -> Mapping[str, str | None]:
    """Return the calls that answers name, by the ids of their messages."""
    return {answer.message.message_id: answer.call_id for answer in answers}
