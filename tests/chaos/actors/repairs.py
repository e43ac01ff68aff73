"""What a DBA does to rows of the source that are there: moved in time, or purged."""

from __future__ import annotations

from datetime import datetime, timedelta

import oracledb

from standins.oracle import SOURCE, USER
from tests.chaos.harness.database import Dba

SHIFT = timedelta(milliseconds=7)
OLDEST = (
    f"SELECT OWNER, TEXT, TEXT_TIME FROM {SOURCE} WHERE CALL_ID = TO_NUMBER(:call_id) "
    "ORDER BY TEXT_TIME"
)
WHERE = "WHERE CALL_ID = TO_NUMBER(:call_id) AND TEXT_TIME = :text_time"

#: Call, time, owner and text of a row.
Key = tuple[str, datetime, str, str]


def move_oldest_row(dba: Dba, call_id: str) -> list[Key]:
    """Move the oldest row of a call a little, and return what it is now, if there is one."""
    moved: list[Key] = []
    for owner, text, text_time in dba.rows(OLDEST, call_id=call_id)[:1]:
        later = text_time - SHIFT

        def move(cursor: oracledb.Cursor, old: datetime = text_time, new: datetime = later) -> None:
            cursor.setinputsizes(
                text_time=oracledb.DB_TYPE_TIMESTAMP, new_time=oracledb.DB_TYPE_TIMESTAMP
            )
            cursor.execute(
                f"UPDATE {SOURCE} SET TEXT_TIME = :new_time {WHERE}",
                call_id=call_id,
                text_time=old,
                new_time=new,
            )
            cursor.connection.commit()

        dba.run(move)
        moved.append((call_id, later, owner, text))
    return moved


def purge_oldest_row(dba: Dba, call_id: str) -> None:
    """Delete the oldest row of a call that has others."""
    rows = dba.rows(OLDEST, call_id=call_id)
    if len(rows) < 2:
        return

    def purge(cursor: oracledb.Cursor) -> None:
        cursor.setinputsizes(text_time=oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute(f"DELETE FROM {SOURCE} {WHERE}", call_id=call_id, text_time=rows[0][2])
        cursor.connection.commit()

    dba.run(purge)


def was_swept_since(dba: Dba, moment: datetime) -> bool:
    """Return whether a whole reconciliation began after a moment (UTC) and has ended."""
    rows = dba.rows(
        f"SELECT SWEEP_FULL_AT FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    return bool(rows and rows[0][0] and rows[0][0] > moment)
