"""What the demo does in the database as its DBA: source table, service user, calls, looking on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import oracledb

from oracle_cdc.model import Segment
from oracle_cdc.sql.statements import without_comments

SOURCE = "RTBI.VERINT_TEXT_ANALYSIS"
SERVICE_USER = "CDC_SERVICE"
DBA_USER = "DEMO_DBA"

STATEMENTS_FILE = Path(__file__).with_name("statements.sql")
CALL_TIMEOUT_MS = 30_000
ROWS_PER_FETCH = 1000
MISSING_TABLE = 942

Row = tuple[object, ...]


@cache
def statement(name: str) -> str:
    """Return a statement of statements.sql by its name."""
    text = STATEMENTS_FILE.read_text(encoding="utf-8")
    # Names and texts by turns, after what stands before the first name.
    parts = re.split(r"^-- (\w+) --$", text, flags=re.MULTILINE)[1:]
    found = without_comments(parts[parts.index(name) + 1])
    return found.replace("{source}", SOURCE).replace("{user}", SERVICE_USER)


class Dba:
    """One session with DBA rights, for one thread."""

    def __init__(self, dsn: str, password: str) -> None:
        self.connection = oracledb.connect(user=DBA_USER, password=password, dsn=dsn)
        self.connection.call_timeout = CALL_TIMEOUT_MS

    def close(self) -> None:
        self.connection.close()

    def create_source(self, service_password: str) -> None:
        """Create the source table, and a user who may read it and own tables, and no more."""
        names = (
            "create_source",
            "index_text_time",
            "index_call",
            "create_user",
            "grant_own_tables",
            "grant_source",
        )
        with self.connection.cursor() as cursor:
            for name in names:
                cursor.execute(statement(name).replace("{password}", service_password))

    def read_clock(self) -> datetime:
        """Return the database's own time, which TEXT_TIME is given in."""
        moment = self.query("read_clock")[0][0]
        assert isinstance(moment, datetime)
        return moment

    def insert(self, segments: Sequence[Segment]) -> None:
        """Put segments into the source in one transaction."""
        times = {"text_time": oracledb.DB_TYPE_TIMESTAMP, "call_time": oracledb.DB_TYPE_TIMESTAMP}
        with self.connection.cursor() as cursor:
            cursor.setinputsizes(**times)
            cursor.executemany(
                statement("insert_segment"), [to_binds(segment) for segment in segments]
            )
        self.connection.commit()

    def query(self, name: str) -> list[Row]:
        """Return all rows, none while the service has not made its table."""
        with self.connection.cursor() as cursor:
            cursor.arraysize = ROWS_PER_FETCH
            try:
                cursor.execute(statement(name), fetch_lobs=False)
                rows: list[Row] = cursor.fetchall()
            except oracledb.DatabaseError as error:
                if getattr(error.args[0], "code", 0) == MISSING_TABLE:
                    return []
                raise
            return rows


def to_binds(segment: Segment) -> dict[str, object]:
    return {
        "call_id": int(segment.call_id),
        "ban": segment.ban,
        "subscriber_no": segment.subscriber_no,
        "owner": segment.owner,
        "text": segment.text,
        "text_time": segment.text_time,
        "call_time": segment.call_time,
    }
