"""Looks at the ledger whenever a copy has written a watermark, while that copy waits."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import oracledb

from standins.oracle import SOURCE, USER
from tests.chaos.harness.database import Dba
from tests.chaos.judge.history import Audit
from tests.chaos.witnesses.reading import read_coverage

UNKNOWN = f"""
SELECT TO_CHAR(s.CALL_ID)
FROM (
  SELECT DISTINCT CALL_ID FROM {SOURCE} WHERE TEXT_TIME >= :start_time AND TEXT_TIME < :end_time
) s
WHERE NOT EXISTS (SELECT 1 FROM {USER}.CDC_PROCESSED_CALLS l WHERE l.CALL_ID = TO_CHAR(s.CALL_ID))
"""


class Auditor:
    """Looks on behalf of whoever asks.

    Parameters:
        overlap_seconds: how far before the watermark a cycle begins to search.
        pause_seconds: between two looks. A long run can't afford one for each cycle.
    """

    def __init__(self, dsn: str, *, overlap_seconds: float, pause_seconds: float = 0.0) -> None:
        self.overlap = timedelta(seconds=overlap_seconds)
        self.pause_seconds = pause_seconds
        self.dba = Dba(dsn)
        self.audits: list[Audit] = []

    def answer(self, written: Mapping[str, Any]) -> None:
        """Look once where a watermark was written.

        A database that is away just now leaves this audit out.
        """
        if "watermark" not in written:
            return
        if self.audits and time.time() - self.audits[-1].at < self.pause_seconds:
            return
        try:
            seen = datetime.fromisoformat(written["seen"])
            watermark = datetime.fromisoformat(written["watermark"])
            self.audits.append(self.audit(written["began_at"], seen, watermark))
        except (oracledb.Error, OSError, ValueError, LookupError):
            return

    def audit(self, began_at: float, seen: datetime, watermark: datetime) -> Audit:
        at = time.time()
        start = max(read_coverage(self.dba), seen - self.overlap)
        return Audit(at, began_at, start, watermark, self.unknown_calls(start, watermark))

    def unknown_calls(self, start: datetime, watermark: datetime) -> frozenset[str]:
        def query(cursor: oracledb.Cursor) -> list[tuple[str]]:
            cursor.setinputsizes(
                start_time=oracledb.DB_TYPE_TIMESTAMP, end_time=oracledb.DB_TYPE_TIMESTAMP
            )
            cursor.execute(UNKNOWN, start_time=start, end_time=watermark)
            return list(cursor.fetchall())

        return frozenset(call_id for (call_id,) in self.dba.run(query))

    def close(self) -> None:
        self.dba.close()
