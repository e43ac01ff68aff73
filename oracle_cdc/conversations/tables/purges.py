"""What the retention gives up leaves the journal, the error log and the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oracle_cdc.conversations.tables.ledger import lock_free
from oracle_cdc.oracle.session import Binds, Session

#: How many rows are passed over at most, because others have locked them. Each look passes over all
#: of them anew: with a whole table that a DBA changes no purge would ever end.
MOST_LOCKED = 10_000


def purge_log(session: Session, *, days: int, row_limit: int) -> int:
    """Delete a batch of old rows of the journal, commit, and return how many there were."""
    rows = lock_old(session, "find_old_log", "lock_old_log", row_limit=row_limit, days=days)
    return sum(session.execute_array("purge_log", rows, commit=True))


def purge_errors(session: Session, *, days: int, row_limit: int) -> int:
    """Delete a batch of old errors, commit, and return how many there were."""
    rows = lock_old(session, "find_old_errors", "lock_old_errors", row_limit=row_limit, days=days)
    return sum(session.execute_array("purge_errors", rows, commit=True))


def purge_ledger(session: Session, *, days: int, needed_from: datetime, row_limit: int) -> int:
    """Delete a batch of old calls, commit, and return how many there were."""
    rows = lock_old(
        session,
        "find_purgeable",
        "lock_calls",
        row_limit=row_limit,
        days=days,
        needed_from=needed_from,
    )
    return sum(session.execute_array("purge_ledger", rows, commit=True))


def lock_old(
    session: Session, find: str, lock: str, *, row_limit: int, **limits: Any
) -> list[Binds]:
    """Lock a batch of old rows, and return the binds by which each is deleted.

    Those that another session has locked are left for later.

    Parameters:
        find, lock: the statements, which name a row by one column.
        limits: what makes a row old.
    """
    rows: dict[str, Binds] = {}
    for passed_count in range(0, MOST_LOCKED, row_limit):
        found: dict[str, Binds] = {}
        for record in session.query(find, passed_count=passed_count, row_limit=row_limit, **limits):
            (name,) = record.values()
            found[name] = {**record, **limits}
        for name in lock_free(session, list(found), lock):
            rows[name] = found[name]
        if len(rows) >= row_limit or len(found) < row_limit:
            break
    return [rows[name] for name in sorted(rows)[:row_limit]]
