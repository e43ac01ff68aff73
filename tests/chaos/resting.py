"""Whether a round has come to rest, and who calls while it does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime

import oracledb

from standins.oracle import SOURCE, USER
from tests.chaos.database import Dba
from tests.chaos.plan import Deposit, Utterance
from tests.chaos.witness import listed

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
SET_ASIDE = f"SELECT COUNT(*) FROM {USER}.CDC_PROCESSED_CALLS WHERE STATE = 'FAILED' AND CALL_ID IN ({{unreadable}})"
VERSIONS = f"SELECT NVL(SUM(VERSION), 0) FROM {USER}.CDC_PROCESSED_CALLS"


def count_unfinished(dba: Dba, coverage_start: datetime, unreadable_calls: Sequence[str]) -> int:
    """Calls that are not accounted for, and unreadable ones that are not set aside."""

    def count(cursor: oracledb.Cursor) -> int:
        cursor.setinputsizes(coverage_start=oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute(UNFINISHED.format(unreadable=unreadable), coverage_start=coverage_start)
        return int(cursor.fetchall()[0][0])

    unreadable = listed(unreadable_calls)
    set_aside = int(dba.rows(SET_ASIDE.format(unreadable=unreadable))[0][0])
    return dba.run(count) + len(unreadable_calls) - set_aside


def count_versions(dba: Dba) -> int:
    """A number that grows with each claim."""
    return int(dba.rows(VERSIONS)[0][0])


def healthy_calls() -> Iterator[Deposit]:
    """Only what passes beside it shows that a failure is a call's own: somebody always calls."""
    for number in itertools.count(700_000):
        said = (
            Utterance(str(number), "B7", None, owner, "all is well", age)
            for owner, age in (("C", 2.0), ("A", 1.0))
        )
        yield Deposit(0.0, 0.0, tuple(said))
