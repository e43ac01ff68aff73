"""Whether a round has come to rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import oracledb

from standins.oracle import SOURCE, USER
from tests.chaos.harness.database import Dba
from tests.chaos.witnesses.reading import listed

UNFINISHED = f"""
SELECT COUNT(*)
FROM (
  SELECT CALL_ID, COUNT(*) AS N
  FROM {SOURCE}
  GROUP BY CALL_ID
  HAVING MAX(TEXT_TIME) >= :coverage_start
) s
LEFT JOIN {USER}.CDC_PROCESSED_CALLS l ON l.CALL_ID = TO_CHAR(s.CALL_ID)
WHERE TO_CHAR(s.CALL_ID) NOT IN ({{unreadable}})
AND (l.CALL_ID IS NULL OR l.STATE IN ('OPEN', 'LEASED') OR NVL(l.ROWS_READ, 0) < s.N)
"""
SET_ASIDE = f"""
SELECT COUNT(*)
FROM {USER}.CDC_PROCESSED_CALLS
WHERE STATE = 'FAILED' AND CALL_ID IN ({{unreadable}})
"""
VERSIONS = f"SELECT NVL(SUM(VERSION), 0) FROM {USER}.CDC_PROCESSED_CALLS"


def count_unfinished(dba: Dba, coverage_start: datetime, unreadable_calls: Sequence[str]) -> int:
    """Count the calls that are not accounted for, and unreadable ones that are not set aside."""

    def count(cursor: oracledb.Cursor) -> int:
        cursor.setinputsizes(coverage_start=oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute(UNFINISHED.format(unreadable=unreadable), coverage_start=coverage_start)
        return int(cursor.fetchall()[0][0])

    unreadable = listed(unreadable_calls)
    set_aside = int(dba.rows(SET_ASIDE.format(unreadable=unreadable))[0][0])
    return dba.run(count) + len(unreadable_calls) - set_aside


def count_versions(dba: Dba) -> int:
    """Return a number that grows with each claim."""
    return int(dba.rows(VERSIONS)[0][0])
