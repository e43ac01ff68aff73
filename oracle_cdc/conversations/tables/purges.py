"""Calls that the retention gives up leave the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oracle_cdc.conversations.tables.ledger import lock_free
from oracle_cdc.oracle.session import Session

#: How many calls are passed over at most, because others have locked them. Each look passes over
#: all of them anew: with a whole ledger that a DBA changes no purge would ever end.
MOST_LOCKED = 10_000


def purge_ledger(session: Session, *, days: int, needed_from: datetime, row_limit: int) -> int:
    """Delete a batch of old calls, commit, and return how many there were.

    Those that another session has locked are left for later.
    """
    limits: dict[str, Any] = {"days": days, "needed_from": needed_from}
    free: set[str] = set()
    for passed_count in range(0, MOST_LOCKED, row_limit):
        found = session.query(
            "find_purgeable", passed_count=passed_count, row_limit=row_limit, **limits
        )
        free |= lock_free(session, [record["call_id"] for record in found])
        if len(free) >= row_limit or len(found) < row_limit:
            break
    rows = [{"call_id": call_id, **limits} for call_id in sorted(free)[:row_limit]]
    return sum(session.execute_array("purge_ledger", rows, commit=True))
