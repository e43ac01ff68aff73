"""Settles: commits all endings of a batch in one transaction, tried until it is written."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from oracle_cdc.conversations.outbound.ending_reports import count_endings, log_endings
from oracle_cdc.conversations.tables.endings import Ending, write_endings
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.oracle.persistence import Persistence
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.halving import Sorted, waited_for
from oracle_cdc.running.privacy import describe
from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

#: The end of a call is tried to be written in this many rounds while those of others are written.
ROUNDS = 3


@dataclass
class Unsettled:
    """The endings of a lease that are left to write, and those that are written.

    Parameters:
        rounds: by call, in how many its ending was refused while others were written.
    """

    left: list[Ending]
    settled: list[Ending] = field(default_factory=list)
    rounds: Counter[str] = field(default_factory=Counter)

    def note(self, outcome: Sorted[Ending, None]) -> Exception | None:
        """Note what came of a round, and return the first failure that the next one tries again."""
        self.settled += outcome.passed
        again: list[Ending] = []
        failure: Exception | None = None
        for ending, error in outcome.own:
            self.rounds[ending.call_id] += 1
            if not self.is_given_up(ending, error):
                again.append(ending)
                failure = failure or error
        self.left = again + outcome.waiting_items + outcome.untried
        return failure

    def is_given_up(self, ending: Ending, error: Exception) -> bool:
        """Return whether a call's ending was refused in every round, and log it then."""
        if self.rounds[ending.call_id] < ROUNDS:
            return False
        logger.error(
            "call %s stays leased, its end can't be written: %s",
            ending.call_id,
            describe(error),
        )
        return True


class Settling:
    """Writes how the calls of a lease ended, again and again until it is written."""

    def __init__(self, persistence: Persistence, heartbeat: Heartbeat, progress: Progress) -> None:
        database = persistence.database
        self.persistence = persistence
        self.database = database
        self.heartbeat = heartbeat
        self.progress = progress
        self.evidence = Evidence[Ending](lambda ending: ending.call_id, lambda: database.answers)

    def settle(self, token: str, endings: Sequence[Ending], elapsed_ms: float = 0) -> None:
        """Write endings in one transaction, tried until it is written: the answers are only here.

        A call whose ending Oracle does not take, while it takes others', is left to its lease's
        end.
        """
        unsettled = Unsettled(list(endings))
        if endings:
            self.persistence.keep_trying("settling", lambda: self.settle_left(unsettled, token))
        log_endings(unsettled.settled)
        count_endings(unsettled.settled, self.progress, elapsed_ms)

    def settle_left(self, unsettled: Unsettled, token: str) -> None:
        """Write what is left, once. Raises what keeps Oracle from taking all of it."""
        endings = unsettled.left

        def write_group(group: Sequence[Ending]) -> None:
            is_retry = self.evidence.is_retry(group, endings)
            self.database.attempt(
                lambda session: self.write(session, group, token, locks_first=is_retry)
            )

        outcome = self.evidence.sort(endings, write_group)
        failure = unsettled.note(outcome)
        outcome.raise_waiting()
        if failure:
            raise waited_for(failure)

    def write(
        self, session: Session, endings: Sequence[Ending], token: str, *, locks_first: bool
    ) -> None:
        """Write endings, and commit with the heartbeat in the same round trip.

        Parameters:
            locks_first: the rows are locked first, without a wait.
        """

        def change() -> int:
            if locks_first:
                session.lock("lock_claims", [ending.call_id for ending in endings])
            written = write_endings(session, endings, token)
            return sum(ending.acceptance is not None for ending in written)

        self.heartbeat.commit_with_heartbeat(session, change)
