"""The steps of a snapshot, each in a transaction of its own: the next rows, and rows once more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oracle_cdc.changes.capture.keys import Key
from oracle_cdc.changes.capture.snapshot_sql import AFTER, UNTIL, SnapshotSql
from oracle_cdc.oracle.exact_rows import Exactly
from oracle_cdc.oracle.queries import Query
from oracle_cdc.oracle.session import Session, change_made, fetch_made

#: Rows of one transaction.
ROWS_AT_ONCE = 500
#: The place of a row and its key, as texts.
Row = Sequence[str]


@dataclass(frozen=True)
class Standing:
    """How far a snapshot has come.

    Parameters:
        last_key: the key up to which rows were visited, None before the first.
        rows: written down.
        is_passed: every row was visited once.
        is_ended: it is whole.
    """

    last_key: Key | None
    rows: int
    is_passed: bool
    is_ended: bool


@dataclass(frozen=True)
class Steps:
    """Takes the steps of one table's snapshot.

    Parameters:
        table: its name in events.
        rows_at_once: of one transaction.
    """

    table: str
    sql: SnapshotSql
    rows_at_once: int

    def begin(self, session: Session, *, is_anew: bool = False) -> Standing:
        """Go on with what is not whole, or begin with the first row.

        is_anew: begin with it in any case.
        """
        session.execute("add_snapshot", table_name=self.table)
        session.execute("begin_snapshot", table_name=self.table, is_anew=int(is_anew))
        standing = self.read(session)
        session.commit()
        return standing

    def finds_lacking(self, session: Session) -> bool:
        """Return whether there are rows without a key, which are not written down."""
        return bool(fetch_exactly(session, self.sql.find_lacking, {}))

    def read(self, session: Session) -> Standing:
        """Return how far it has come, and keep others from going on with it meanwhile."""
        (record,) = session.query("read_snapshot", table_name=self.table)
        last_key = None
        if record["last_key"] is not None:
            last_key = json.loads(record["last_key"])
        return Standing(
            last_key,
            int(record["rows_written"] or 0),
            record["passed_at"] is not None,
            record["ended_at"] is not None,
        )

    def advance(self, session: Session) -> Standing:
        """Write the next rows down."""
        session.execute("use_binary_order")
        last_key = self.read(session).last_key
        rows = self.next_rows(session, last_key)
        if rows:
            self.write_rows(session, last_key, rows)
        else:
            session.execute("pass_snapshot", table_name=self.table)
        standing = self.read(session)
        session.commit()
        return standing

    def next_rows(self, session: Session, last_key: Key | None) -> Sequence[Row]:
        """Return the next rows in the order of their keys, locked or not."""
        binds: dict[str, Any] = {"count": self.rows_at_once}
        if last_key is not None:
            binds |= self.sql.keys.binds(last_key, AFTER)
        return fetch_exactly(session, self.sql.next_keys(is_first=last_key is None), binds)

    def write_rows(self, session: Session, last_key: Key | None, rows: Sequence[Row]) -> None:
        """Write the rows down that can be locked, and keep the keys of the others."""
        until = rows[-1][1:]
        binds = self.sql.keys.binds(until, UNTIL)
        if last_key is not None:
            binds |= self.sql.keys.binds(last_key, AFTER)
        others = {row[0]: row for row in rows}
        places = []
        for place, *_ in fetch_exactly(session, self.sql.lock(is_first=last_key is None), binds):
            places.append({"place": place})
            others.pop(place, None)
        self.write(session, places)
        kept = []
        for row in others.values():
            kept.append({"table_name": self.table, "row_key": json.dumps(list(row))})
        session.execute_array("keep_locked", kept)
        session.execute(
            "move_snapshot",
            table_name=self.table,
            last_key=json.dumps(list(until)),
            written=len(places),
        )

    def write(self, session: Session, places: Sequence[dict[str, Any]]) -> None:
        if places:
            change_made(session, self.sql.write, places)

    def visit(self, session: Session, since: datetime) -> int:
        """Visit some rows once more that were locked, and return how many there were.

        since: those that were not visited since then.
        """
        kept = session.query(
            "read_locked", table_name=self.table, since=since, count=self.rows_at_once
        )
        written = 0
        for record in kept:
            place, *key = json.loads(record["row_key"])
            binds = {"place": place, **self.sql.keys.binds(key, AFTER)}
            rows = fetch_exactly(session, self.sql.lock_one, binds)
            self.write(session, [{"place": row[0]} for row in rows])
            written += len(rows)
            if not rows and fetch_exactly(session, self.sql.find, binds):
                session.execute("put_off_locked", place=record["place"])
            else:
                session.execute("forget_locked", place=record["place"])
        session.execute("count_written", table_name=self.table, written=written)
        session.commit()
        return len(kept)

    def end(self, session: Session) -> tuple[Standing, int]:
        """Say that it is whole if it is, and return how many rows are locked still."""
        (record,) = session.query("count_locked", table_name=self.table)
        locked = int(record["locked"])
        if not locked:
            session.execute("end_snapshot", table_name=self.table)
        standing = self.read(session)
        session.commit()
        return standing, locked


def fetch_exactly(session: Session, query: Query, binds: dict[str, Any]) -> list[Row]:
    """Return the rows of a statement, with all digits of their numbers."""
    found: list[Row] = []
    for rows in fetch_made(session, query, binds, handler=Exactly()):
        found += rows
    return found
