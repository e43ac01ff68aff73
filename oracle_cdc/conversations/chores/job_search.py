"""How far a copy has searched the historical job's range, past calls that others have locked.

What it passed it looks for again. The job's cursor others move too.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oracle_cdc.conversations.outbound.turn import Turn
from oracle_cdc.conversations.rules.windows import Stretch, Window
from oracle_cdc.conversations.tables.jobs import Job
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)

#: What the log says to be over when the job has found what it passed.
PASSED = "calls that others keep from the historical job"


@dataclass(frozen=True)
class RangeSearch:
    """One way through a range, or through what of it holds the calls that the last one passed.

    Parameters:
        end: of the whole range.
        passed: from the first window with such a call to the last.
        is_again: an earlier way has passed calls here.
    """

    stretch: Stretch
    end: datetime
    passed: Window | None = None
    is_again: bool = False

    @property
    def is_finished(self) -> bool:
        return self.stretch.is_finished

    @property
    def position(self) -> datetime:
        """Return up to where every call of the range is in the ledger."""
        if self.passed is not None:
            return self.passed.start
        if self.is_finished:
            return self.end
        return self.stretch.position

    def searched(self, turn: Turn, window: Window) -> RangeSearch:
        """Go on behind a turn, also past calls that other sessions have locked, or copies lease."""
        passing = turn.locked_twice | turn.found.leased
        stretch = turn.advance(self.stretch, window, passing=passing)
        passed = self.passed
        if passing and passed is None:
            passed = window
        elif passing and passed is not None:
            passed = Window(passed.start, window.end)
        return replace(self, stretch=stretch, passed=passed)

    def begun_again(self) -> RangeSearch:
        """Return the way through what was passed, or the same where nothing was."""
        if self.passed is None:
            return self
        again = begin_search(self.passed.start, self.passed.end, self.stretch.longest_slice)
        return replace(again, end=self.end, is_again=True)


def begin_search(start: datetime, end: datetime, length: timedelta) -> RangeSearch:
    """Begin a way through a range, in slices of a length."""
    return RangeSearch(Stretch(start, length, length, end=end), end)


class JobSearch:
    """Keeps where this copy is in the range of the job.

    Parameters:
        length: of a slice.
    """

    def __init__(self, length: timedelta, repeats: RepeatLimiter) -> None:
        self.length = length
        self.repeats = repeats
        self.search: RangeSearch | None = None
        #: The job and its cursor as this copy last saw or wrote them.
        self.seen: tuple[str, datetime] | None = None

    @property
    def has_passed(self) -> bool:
        """Return whether calls were passed, before which the cursor stays."""
        search = self.search
        return search is not None and (search.is_again or search.passed is not None)

    def follow(self, job: Job) -> RangeSearch:
        """Return where this copy was, unless somebody else has moved the cursor meanwhile."""
        search, seen = self.search, self.seen
        if search is None or seen != (job.job_id, job.cursor):
            if seen and seen[0] == job.job_id and job.cursor < seen[1]:
                logger.info(
                    "the job's cursor was moved back to %s by `checkpoint reset` or SQL",
                    job.cursor.isoformat(),
                )
            search = begin_search(job.cursor, job.end, self.length)
        self.search = search
        self.seen = (job.job_id, job.cursor)
        return search

    def goes_back(self) -> bool:
        """Go back to what was passed once the range is through, and return whether it does.

        Nothing durable goes past it.
        """
        search = self.search
        if search is None or not search.is_finished:
            return False
        self.search = search.begun_again()
        if search.passed is None:
            self.repeats.recovered(PASSED)
            return False
        self.repeats.failure(
            PASSED,
            logger,
            "the historical job is through but for calls from %s to %s that others hold; "
            "it looks for them again",
            search.passed.start.isoformat(),
            search.passed.end.isoformat(),
        )
        return True
