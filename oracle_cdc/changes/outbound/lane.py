"""A lane that is open: its change table, and what is needed to ship it."""

from __future__ import annotations

from datetime import datetime

from oracle_cdc.changes.lanes.change_log import ChangeLog
from oracle_cdc.changes.outbound.building import Builder
from oracle_cdc.changes.rules.pairing import Pairing
from oracle_cdc.oracle.session import Session

#: Rows of one visit. They are committed at once. At the end of a visit nothing is on its way for as
#: long as a read and a request take, so visits shall not be short where Oracle is not lost in them.
MOST_ROWS = 50_000


class Lane:
    """A change table, and what is needed to ship it.

    Parameters:
        updated_at: when what is captured of it was last changed, as it was opened.
    """

    def __init__(self, log: ChangeLog, builder: Builder, updated_at: datetime | None) -> None:
        self.log = log
        self.builder = builder
        self.updated_at = updated_at
        self.table = log.shape.table
        self.pairing = Pairing(self.table, log.shape.model.keys)
        #: Of its next visit.
        self.most_rows = MOST_ROWS

    def lock(self, session: Session) -> bool:
        """Lock it, and return whether it is ours and as it was opened.

        A change table that has more columns by now would be shipped without them.
        """
        locked = session.query("lock_lane", table_name=self.table)
        if not locked:
            return False
        if locked[0]["last_updated"] != self.updated_at:
            session.rollback()
            return False
        return True

    def read_fewer(self, read: int, batch_size: int) -> None:
        """Read half as much from now on: of that the commit is reached more likely.

        Parameters:
            read: rows of the visit that Oracle was lost in. All of them are sent again.
            batch_size: rows of one read, of which there is one at least.
        """
        fewest = min(batch_size, self.log.most_rows)
        self.most_rows = max(min(self.most_rows, read) // 2, fewest)

    def read_more(self) -> None:
        """Read twice as much from now on."""
        self.most_rows = min(2 * self.most_rows, MOST_ROWS)
