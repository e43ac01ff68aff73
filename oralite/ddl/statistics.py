"""ANALYZE TABLE: the statistics that the dictionary shows, which are the rows alone."""

from __future__ import annotations

from dataclasses import replace

from oralite.ddl.change import Change
from oralite.parser.cursor import Cursor
from oralite.parser.sources import table_name


def analyze(change: Change, cursor: Cursor) -> None:
    """Carry out COMPUTE, ESTIMATE and DELETE STATISTICS. What is estimated is exact here."""
    found = change.table(change.follow(table_name(cursor)))
    if cursor.accept("DELETE", "STATISTICS"):
        cursor.expect_end()
        change.put(replace(found, row_count=None, analyzed=""))
        return
    if not (cursor.accept("COMPUTE", "STATISTICS") or cursor.accept("ESTIMATE", "STATISTICS")):
        raise cursor.unsupported("this ANALYZE")
    cursor.expect_end()
    [(rows,)] = change.connection.execute(f"SELECT count(*) FROM {found.stored_name}")
    change.put(replace(found, row_count=rows, analyzed=change.created()))
