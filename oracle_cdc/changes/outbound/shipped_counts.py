"""How much was shipped of each table, written into CDC_CHANGE_TABLES for people to see."""

from __future__ import annotations

from dataclasses import dataclass

from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.chore import Chore, Result

#: Between two times that it is written: in each batch it would be a round trip more.
EVERY_SECONDS = 10.0


@dataclass
class Unsaid:
    """What was shipped of a table and is not written down yet. last_id: the greatest number."""

    count: int = 0
    last_id: int = 0


class ShippedCounts(Chore):
    """Writes it down. A table that another copy ships at the moment has its turn later."""

    name = "the count of shipped changes"

    def __init__(self, database: Database) -> None:
        self.database = database
        self.unsaid: dict[str, Unsaid] = {}

    def add(self, table: str, count: int, last_id: int) -> None:
        """Note that changes of a table were shipped."""
        unsaid = self.unsaid.setdefault(table, Unsaid())
        unsaid.count += count
        unsaid.last_id = max(unsaid.last_id, last_id)

    def run_once(self) -> Result:
        """Write down what is not yet. Raises what Oracle raises."""
        for table in list(self.unsaid):
            with self.database.session() as session:
                if write(session, table, self.unsaid[table]):
                    del self.unsaid[table]
        return Result(EVERY_SECONDS)


def write(session: Session, table: str, unsaid: Unsaid) -> bool:
    """Write what was shipped of a table, and return whether its row was free."""
    if not session.query("lock_lane", table_name=table):
        return False
    session.execute(
        "note_shipped",
        commit=True,
        table_name=table,
        shipped=unsaid.count,
        change_id=unsaid.last_id,
    )
    return True
