"""Which answers can be written, which can't, and which wait for Oracle."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TypeAlias

from oracle_cdc.conversations.inbound.writing import AnswerWriter
from oracle_cdc.conversations.rules.answers import Answer
from oracle_cdc.conversations.tables.summaries import Written
from oracle_cdc.errors import CdcError, ResultRefused, RowLocked, Unreachable, ValueRefused
from oracle_cdc.model import MlResult
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.halving import Sorted
from oracle_cdc.running.privacy import describe

logger = logging.getLogger(__name__)

#: Answers that Oracle does not take, whatever is in them, are tried until then. After it they go
#: back to their queue, because only others that come can show whether it is their own fault.
LONGEST_TRY_SECONDS = 900.0

Answers: TypeAlias = Sorted[Answer, Written]


@dataclass
class Recorded:
    """What became of answers.

    Parameters:
        done: written, or set aside with a row that says why: it may be deleted.
        set_aside: why some of these were set aside, by the ids of their messages.
        hindrance: why Oracle did not take the others, if that is not their own fault. They come
            again.
        put_off: those of them that wait for Oracle, or for a row that another session has locked.
    """

    done: list[Answer] = field(default_factory=list)
    stored: list[MlResult] = field(default_factory=list)
    outdated: list[MlResult] = field(default_factory=list)
    unknown_count: int = 0
    set_aside: dict[str, CdcError] = field(default_factory=dict)
    hindrance: Exception | None = None
    put_off: list[Answer] = field(default_factory=list)

    def add(self, results: Sequence[Written], passed: Sequence[Answer]) -> None:
        """Note answers that were written, or whose rows say why not."""
        for written in results:
            self.stored += written.stored
            self.outdated += written.outdated
            self.unknown_count += written.unknown_count
        self.done += passed
        for answer in passed:
            if answer.error:
                self.set_aside[answer.message.message_id] = answer.error


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
        self.writer = AnswerWriter(database, keeps_bodies=keeps_bodies)
        self.max_attempts = max_attempts
        self.evidence = Evidence[Answer](
            lambda answer: answer.message.message_id, lambda: database.answers
        )

    def write_answers(
        self, answers: Sequence[Answer], began_at: float, while_waiting: Callable[[], None]
    ) -> Recorded:
        """Write answers, or the rows that say why not, and commit.

        It can be repeated: what is there already changes nothing. Raises what keeps it from Oracle
        when the service stops before it is done.

        Parameters:
            began_at: when their writing began, on the monotonic clock.
            while_waiting: called before each try. What is being written must stay hidden.
        """
        recording = Recording(self, answers, began_at, while_waiting)
        self.persistence.keep_trying(
            "writing results", recording.write_left, while_waiting=while_waiting
        )
        return recording.recorded


class Recording:
    """The writing of some answers: what became of those that were tried, and which are left."""

    def __init__(
        self,
        recorder: Recorder,
        answers: Sequence[Answer],
        began_at: float,
        while_waiting: Callable[[], None],
    ) -> None:
        self.database = recorder.database
        self.writer = recorder.writer
        self.evidence = recorder.evidence
        self.max_attempts = recorder.max_attempts
        self.answers = answers
        self.began_at = began_at
        self.while_waiting = while_waiting
        self.left = list(answers)
        self.recorded = Recorded()

    def write_left(self) -> None:
        """Try what is left until nothing is. Raises why it waits for Oracle."""
        while self.left:
            outcome = self.evidence.sort(self.left, self.attempt)
            self.left = self.note_outcome(outcome)
            if not outcome.waiting:
                continue
            takes_harmless = self.writer.control_passes(outcome.waiting[0][0])
            if not takes_harmless and monotonic() - self.began_at < LONGEST_TRY_SECONDS:
                self.left += outcome.waiting_items
                outcome.raise_waiting()
            self.left = self.let_go(outcome, takes_harmless=takes_harmless)

    def attempt(self, group: Sequence[Answer]) -> Written:
        """Write some of them."""
        self.while_waiting()
        # A row that somebody has locked must not delay one part of a failed batch after another.
        locks: Sequence[Answer] = ()
        if self.evidence.is_retry(group, self.answers):
            locks = group
        return self.database.attempt(
            lambda session: self.writer.write_group(session, group, self.began_at, locks)
        )

    def note_outcome(self, outcome: Answers) -> list[Answer]:
        """Note what a try brought, and return what is to be tried next."""
        self.recorded.add(outcome.results, outcome.passed)
        refusals: list[Answer] = []
        for answer, error in outcome.own:
            refusal = self.refuse(answer, error)
            if refusal:
                refusals.append(refusal)
        return refusals + outcome.untried

    def let_go(self, outcome: Answers, *, takes_harmless: bool) -> list[Answer]:
        """Return what is to be tried next after a try in which nothing passed.

        A lone answer that fails again while a harmless one is taken is itself at fault. All others
        come again.
        """
        answer, error = outcome.waiting[0]
        self.recorded.hindrance = error
        if not takes_harmless:
            self.recorded.put_off += outcome.waiting_items + outcome.untried
            return []
        if len(outcome.waiting) > 1 or outcome.untried:
            return []
        again = self.evidence.sort([answer], self.attempt)
        if again.waiting and not self.evidence.note_failure(answer, control_passed=True):
            return []
        self.recorded.hindrance = None
        if again.waiting:
            again.own, again.waiting = again.waiting, []
        return self.note_outcome(again)

    def refuse(self, answer: Answer, error: Exception) -> Answer | None:
        """Return what is to be set aside of an answer that failed by itself.

        Returns None while it is to come again.
        """
        message_id = answer.message.message_id
        failures = self.evidence.own_failures(answer)
        if isinstance(error, RowLocked):
            logger.warning(
                "result %s comes again, another session holds its row: %s", message_id, error
            )
            self.recorded.put_off.append(answer)
            return None
        if answer.error is not None:
            logger.error(
                "result %s stays in its queue, its failure row can't be written: %s",
                message_id,
                describe(error),
            )
            return None
        is_final = failures >= self.max_attempts or (
            isinstance(error, ValueRefused) and self.is_refused_each_time(answer)
        )
        if is_final:
            reason = ResultRefused(f"Oracle does not take it: {describe(error)}")
            return replace(answer, error=reason)
        if answer not in self.recorded.done:
            logger.warning(
                "result %s can't be written (%d of %d times), it comes again: %s",
                message_id,
                failures,
                self.max_attempts,
                describe(error),
            )
        return None

    def is_refused_each_time(self, answer: Answer) -> bool:
        """Return whether an answer is refused max_attempts times at once, for its values.

        That is so when a harmless one is taken each time. One that is taken after all is noted as
        done.
        """
        for _ in range(self.max_attempts):
            if not self.writer.control_passes(answer):
                return False
            try:
                written = self.attempt([answer])
            except ValueRefused:
                continue
            except (CdcError, Unreachable):
                return False
            self.recorded.add([written], [answer])
            self.evidence.note_passed([answer])
            return False
        return True


def call_ids(answers: Sequence[Answer]) -> Mapping[str, str | None]:
    """Return the calls that answers name, by the ids of their messages."""
    return {answer.message.message_id: answer.call_id for answer in answers}
