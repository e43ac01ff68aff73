"""The table that a demo's calls come into, and what is seen of them as its DBA."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import oracledb

from oracle_cdc.demo.dba import SERVICE_USER, Dba, Statements
from oracle_cdc.model import Segment

SOURCE = "RTBI.VERINT_TEXT_ANALYSIS"


class Source(Dba):
    """A session that makes and fills the table, and looks at what became of the calls."""

    statements = Statements(
        Path(__file__).with_name("statements.sql"), source=SOURCE, user=SERVICE_USER
    )

    def create_source(self) -> None:
        """Create the source table, and let the service read it and own tables, and no more."""
        self.create(
            "create_source",
            "index_text_time",
            "index_call",
            "grant_own_tables",
            "grant_source",
        )

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
                self.statements["insert_segment"], [to_binds(segment) for segment in segments]
            )
        self.connection.commit()


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
