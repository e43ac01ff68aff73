"""When the model is asked: on a change of state or by a person, once, and within a budget."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.errors import HistoryUnavailable
from sync_monitor.history import queries
from sync_monitor.history.consultations import (
    CLAUDE,
    UNANSWERED,
    answered_before,
    count_asked,
    newest_asked,
    write_consultation,
)
from sync_monitor.history.store import Store
from sync_monitor.records import Consultation
from sync_monitor.triage.answer import Answer
from sync_monitor.triage.claude import Claude, Reply
from sync_monitor.triage.payload import Payload, Question, build_payload, state_of
from sync_monitor.triage.turns import Turns, Wanted

logger = logging.getLogger(__name__)

BUDGET_OF = timedelta(days=1)
#: How long the end of the process waits for a question that is under way.
CLOSE_SECONDS = 2.0


@dataclass(frozen=True)
class Remembered:
    """What the history knows that bears on a question.

    Parameters:
        same: the answer to the same question.
        newest: the last question about the sync.
        run_id: of the newest look.
    """

    same: Consultation | None
    newest: Consultation | None
    asked_count: int
    run_id: int


class Consultant:
    """Asks the model where that may bring something, and keeps what it says.

    Parameters:
        calls_per_day: of the last 24 hours, those that failed among them.
        send_names: names of tables, columns and loaders leave too.
    """

    def __init__(
        self,
        store: Store,
        claude: Claude,
        *,
        calls_per_day: int,
        send_names: bool = False,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.store = store
        self.claude = claude
        self.calls_per_day = calls_per_day
        self.send_names = send_names
        self.clock = clock
        self.repeats = RepeatLimiter()
        self.one_at_a_time = threading.Lock()
        self.turns = Turns()
        self.thread = threading.Thread(target=self.serve, name="triage", daemon=True)
        self.thread.start()

    def offer(self, question: Question) -> None:
        """Let the model be asked in a thread of its own, so that nobody waits for it.

        What no second look has confirmed yet is not asked about.
        """
        if question.counts:
            self.turns.put(Wanted(question))

    def ask(self, question: Question) -> None:
        """Let a person ask, in the same thread: just this, whatever looks find meanwhile."""
        self.turns.put(Wanted(question, by_person=True))

    def is_asking(self, name: str) -> bool:
        """Return whether a question about a sync waits, or is under way."""
        return self.turns.has(name)

    def asking(self) -> frozenset[str]:
        """Return the names of the syncs about which a question waits, or is under way."""
        return self.turns.names()

    def serve(self) -> None:
        """Ask what was offered, one question after the other, until it is closed."""
        while (wanted := self.turns.take()) is not None:
            try:
                self.consult(wanted.question, by_person=wanted.by_person)
            except HistoryUnavailable as error:
                self.repeats.failure("history", logger, "Triage waits for the history: %s", error)
            except Exception as error:
                # The next question is another one.
                logger.critical("Triage: a bug: %s", type(error).__name__, exc_info=error)

    def consult(self, question: Question, *, by_person: bool = False) -> Answer | None:
        """Return what the model says, from now or from before. None: the rules' answer stands.

        Raises HistoryUnavailable.
        """
        payload = build_payload(question.case, question.rules, send_names=self.send_names)
        with self.one_at_a_time:
            now = self.clock()
            known = self.store.read(
                lambda connection: remember(connection, question, payload, now - BUDGET_OF)
            )
            if known.same is not None:
                self.keep_again(question, known.same, known)
                return Answer.model_validate_json(known.same.answer)
            if not by_person and is_as_before(known.newest, payload):
                return None
            if known.asked_count >= self.calls_per_day:
                self.repeats.failure(
                    "budget",
                    logger,
                    "Claude is not asked: TRIAGE_MAX_CALLS_PER_DAY (%s) are used; the rules answer",
                    self.calls_per_day,
                )
                return None
            self.repeats.recovered("budget")
            asked = self.begin(question, payload, now, known.run_id)
            reply = self.claude.ask(payload, now)
            self.keep(asked, reply)
        if reply.answer is None:
            logger.warning("Claude: %s; the rules' answer stands", reply.failure)
        return reply.answer

    def calls_left(self, connection: sqlite3.Connection) -> int:
        """Return how often the model may be asked still, within the last 24 hours' budget."""
        used = count_asked(connection, self.clock() - BUDGET_OF)
        return max(0, self.calls_per_day - used)

    def begin(
        self, question: Question, payload: Payload, now: datetime, run_id: int
    ) -> Consultation:
        """Write a question before it is asked: a call counts whatever becomes of it."""
        asked = Consultation(
            sync=question.case.sync.name,
            run_id=run_id,
            source=UNANSWERED,
            model=self.claude.model,
            payload_key=payload.key,
            payload=payload.text,
            answer="",
            asked_at=now,
        )
        number = self.store.write(lambda connection: write_consultation(connection, asked))
        return replace(asked, number=number)

    def keep(self, asked: Consultation, reply: Reply) -> None:
        """Write what a call came to, with what it cost."""
        kept = replace(
            asked,
            input_tokens=reply.usage.input_tokens,
            output_tokens=reply.usage.output_tokens,
            failure=reply.failure,
        )
        if reply.answer is not None:
            kept = replace(kept, source=CLAUDE, answer=reply.answer.model_dump_json())
        self.store.write(lambda connection: write_consultation(connection, kept))

    def keep_again(self, question: Question, same: Consultation, known: Remembered) -> None:
        """Write an answer that was found again as the newest of this sync, unless it is that."""
        newest = known.newest
        if newest is not None and (newest.source, newest.payload_key) == (CLAUDE, same.payload_key):
            return
        copied = replace(
            same,
            sync=question.case.sync.name,
            run_id=known.run_id,
            input_tokens=0,
            output_tokens=0,
            number=None,
        )
        self.store.write(lambda connection: write_consultation(connection, copied))

    def close(self) -> None:
        """Ask nothing more."""
        self.turns.close()
        self.thread.join(CLOSE_SECONDS)
        self.claude.close()


def remember(
    connection: sqlite3.Connection, question: Question, payload: Payload, begin: datetime
) -> Remembered:
    """Return what the history knows that bears on a question."""
    sync = queries.known_sync(connection, question.case.sync.name)
    run_id = 0
    if sync is not None and sync.last_run is not None:
        run_id = sync.last_run
    return Remembered(
        answered_before(connection, payload.key),
        newest_asked(connection, question.case.sync.name),
        count_asked(connection, begin),
        run_id,
    )


def is_as_before(newest: Consultation | None, payload: Payload) -> bool:
    """Return whether the sync is in the state in which the model was asked about it last."""
    return newest is not None and state_of(newest.payload) == state_of(payload.text)
