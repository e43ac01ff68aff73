"""Where one copy is in the range of the historical job, whose cursor others move too."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from oracle_cdc.conversations.chores.walk import Walk, begin_walk
from oracle_cdc.conversations.tables.jobs import Job
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)

#: What the log says to be over when the job has found what it passed.
HELD = "calls that others keep from the historical job"


class Course:
    """Keeps where this copy is.

    Parameters:
        length: of a slice.
    """

    def __init__(self, length: timedelta, repeats: RepeatLimiter) -> None:
        self.length = length
        self.repeats = repeats
        self.walk: Walk | None = None
        #: The job and its cursor as this copy last saw or wrote them.
        self.seen: tuple[str, datetime] | None = None

    def follow(self, job: Job) -> Walk:
        """Return where this copy was, unless somebody else has moved the cursor meanwhile."""
        walk, seen = self.walk, self.seen
        if walk is None or seen != (job.job_id, job.cursor):
            if seen and seen[0] == job.job_id and job.cursor < seen[1]:
                logger.info(
                    "the job's cursor was moved back to %s by `checkpoint reset` or SQL",
                    job.cursor.isoformat(),
                )
            walk = begin_walk(job.cursor, job.end, self.length)
        self.walk = walk
        self.seen = (job.job_id, job.cursor)
        return walk

    def goes_back(self) -> bool:
        """Go back to what was passed once the range is through, and return whether it does.

        Nothing durable goes past it.
        """
        walk = self.walk
        if walk is None or not walk.is_finished:
            return False
        self.walk = walk.begun_again()
        if walk.passed is None:
            self.repeats.recovered(HELD)
            return False
        self.repeats.failure(
            HELD,
            logger,
            "the historical job is through but for calls from %s to %s that others hold; "
            "it looks for them again",
            walk.passed.start.isoformat(),
            walk.passed.end.isoformat(),
        )
        return True
