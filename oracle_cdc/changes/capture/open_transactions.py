"""Transactions that were open when the triggers of a table were made: they are waited for.

What such a transaction has done before is in no change table. A row that it inserts behind the
place that a snapshot has reached would be in neither.
"""

from __future__ import annotations

import threading

from oracle_cdc.changes.capture.model import Place
from oracle_cdc.errors import RowLocked
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session

TRIES = 60
PAUSE_SECONDS = 1.0


def wait_for_writers(
    database: Database, source: Place, stop: threading.Event, tries: int = TRIES
) -> bool:
    """Wait for a moment in which nobody is changing a table, and return whether one came.

    Every transaction that is open in that moment changes the table after its triggers were made.
    """
    for left in reversed(range(tries)):
        with database.session() as session:
            if has_no_writer(session, source):
                return True
        if not left or stop.wait(PAUSE_SECONDS):
            break
    return False


def has_no_writer(session: Session, source: Place) -> bool:
    """Return whether nobody is changing a table at this moment.

    The lock is given up at once, and nobody is kept waiting for it.
    """
    try:
        session.run(f"LOCK TABLE {source.quoted} IN SHARE MODE NOWAIT")
    except RowLocked:
        return False
    finally:
        session.rollback()
    return True
