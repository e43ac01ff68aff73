"""The store of progress: a program's row in ETL_PRMREC, its slices, and the rows it set aside."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic

from oracle_cdc.errors import CdcError, StoreUnavailable
from oracle_cdc.mariadb.database import Binds, Database
from oracle_cdc.mariadb.lock import ProgramLock
from oracle_cdc.mariadb.names import name_discarded, short
from oracle_cdc.mariadb.set_aside import SetAsideTable
from oracle_cdc.mariadb.watermarks import Mark, make_mark, read_mark, read_progress
from oracle_cdc.relay.values import Progress, SetAside, Tally

logger = logging.getLogger(__name__)

#: Old slices are deleted no more often.
FORGET_SECONDS = 60.0


class MariaDbTracking:
    """Keeps the progress of one program. One thread at a time."""

    def __init__(self, database: Database, clock: Callable[[], float] = monotonic) -> None:
        self.database = database
        self.clock = clock
        self.lock = ProgramLock(database)
        self.program = ""
        #: What was read or written last, and what may have been written since without an answer.
        self.known = self.tried = Mark()
        self.forgotten_at = float("-inf")

    def begin(self, program: str) -> Progress:
        """Take the program's lock, make its row where there is none, and return its progress."""
        self.program = program
        self.lock.take(program)
        for name in ("make_row", "make_marks", "begin_run"):
            self.database.run(name, program=program)
        rows = self.database.query("read_progress", program=program)
        if len(rows) != 1:
            raise StoreUnavailable(f"ETL_PRMREC: {len(rows)} rows of {program}, there must be one")
        mark = read_mark(rows[0], program)
        if mark.is_moved:
            self.database.run("forget_moved", program=program, after=mark.wrong_after)
        progress = read_progress(rows[0], mark, self.read_tallies())
        self.known = self.tried = mark
        return progress

    def read_tallies(self) -> Mapping[datetime, int]:
        """Return how many rows of each slice were handled."""
        tallies: dict[datetime, int] = {}
        for row in self.database.query("read_tallies", program=self.program):
            tallies[row["SLICE_START"]] = int(row["PUBLISHED"] or 0)
        return tallies

    def save(self, reached: Progress, tallies: Sequence[Tally], *, forget: datetime) -> bool:
        """Write progress in one transaction, and return False where somebody moved or paused it.

        Without tallies it is one round trip.
        """
        self.lock.take(self.program)
        mark = make_mark(reached.watermark)
        before, self.tried = self.tried, mark
        binds = {
            "program": self.program,
            "floored": mark.floored,
            "watermark": mark.exact,
            "coverage": reached.coverage,
            "records": reached.records,
            "is_progress": bool(tallies) or mark != self.known,
            "known_floored": self.known.floored,
            "known_watermark": self.known.exact,
            "tried_floored": before.floored,
            "tried_watermark": before.exact,
        }
        if tallies:
            is_ours = self.save_with_tallies(binds, tallies)
        else:
            is_ours = self.database.run("save", **binds) > 0
        if is_ours:
            self.known = mark
            if tallies:
                self.forget_before(forget)
        return is_ours

    def save_with_tallies(self, binds: Binds, tallies: Sequence[Tally]) -> bool:
        """Write progress and the counts of slices, or neither."""
        rows = []
        for tally in tallies:
            row = {"program": self.program, "begin": tally.slice.begin}
            rows.append(row | {"published": tally.published, "last_time": tally.last_time})
        with self.database.transaction():
            is_ours = self.database.run("save", **binds) > 0
            if is_ours:
                self.database.run_many("keep_tallies", rows)
        return is_ours

    def forget_before(self, time: datetime) -> None:
        """Delete old slices, and what a person gave up of their time, now and then. Raises nothing.

        Progress is saved already: a row that somebody has locked goes later.
        """
        if self.clock() - self.forgotten_at < FORGET_SECONDS:
            return
        self.forgotten_at = self.clock()
        try:
            self.database.run("forget_old", program=self.program, before=time)
            self.database.run(
                "forget_discarded", discarded=name_discarded(self.program), before=time
            )
        except CdcError as failure:
            logger.warning("old rows could not be deleted: %s", failure)

    def fail(self, error: CdcError) -> None:
        """Write down what went wrong, as the copy that has the lock. Raises nothing."""
        if not self.lock.is_held:
            return
        try:
            self.database.run("fail", program=self.program, message=short(str(error)))
        except CdcError as failure:
            logger.warning("what went wrong could not be written down: %s", failure)

    def set_aside(self, items: Sequence[SetAside]) -> None:
        """Write rows down that can't be sent. It may be repeated."""
        self.lock.take(self.program)
        SetAsideTable(self.database, self.program).add(items)

    def cancel(self) -> None:
        """Interrupt what runs now, from another thread."""
        self.database.cancel()

    def close(self) -> None:
        """Close the connection, and with it the lock."""
        self.database.close()
