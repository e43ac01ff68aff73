"""The SQL by which a table is visited in the order of its keys, and its rows written down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from oracle_cdc.changes.capture.choosing import OWN_COLUMNS
from oracle_cdc.changes.capture.ddl import join
from oracle_cdc.changes.capture.keys import KeySql
from oracle_cdc.changes.capture.model import Capture
from oracle_cdc.oracle.identifiers import quote
from oracle_cdc.oracle.queries import Query, make_query

#: What the binds of a key are called that rows lie behind, and of one that they reach up to.
AFTER, UNTIL = "a", "u"


@dataclass(frozen=True)
class SnapshotSql:
    """Makes the statements for one table."""

    capture: Capture
    keys: KeySql

    @property
    def source(self) -> str:
        return self.capture.source.quoted

    def next_keys(self, *, is_first: bool) -> Query:
        """Return what gives the next rows in the order of their keys, locked or not."""
        where = f"\nWHERE {self.keys.present}"
        if not is_first:
            where += f" AND {self.keys.after(AFTER)}"
        text = (
            f"SELECT ROWID, {', '.join(self.keys.selected)}\nFROM {self.source}{where}\n"
            f"ORDER BY {', '.join(self.keys.names)} FETCH FIRST :count /*number*/ ROWS ONLY"
        )
        return make_query(f"read keys of {self.capture.source.shown}", text)

    @cached_property
    def find_lacking(self) -> Query:
        """Return what finds a row without a key, which no event can be of."""
        text = (
            f"SELECT 1\nFROM {self.source}\nWHERE NOT ({self.keys.present}) FETCH FIRST 1 ROWS ONLY"
        )
        return make_query(f"find rows of {self.capture.source.shown} without a key", text)

    def lock(self, *, is_first: bool) -> Query:
        """Return what locks the rows up to a key that nobody else has locked."""
        where = self.keys.until(UNTIL)
        if not is_first:
            where = f"{self.keys.after(AFTER)}\nAND {where}"
        return self.locking(where)

    @cached_property
    def lock_one(self) -> Query:
        """Return what locks a row that was visited before, unless somebody else has it locked.

        Meanwhile its key may have moved, or its place.
        """
        return self.locking(self.either)

    def locking(self, where: str) -> Query:
        text = (
            f"SELECT ROWID, {', '.join(self.keys.selected)}\nFROM {self.source}\n"
            f"WHERE {where}\nFOR UPDATE SKIP LOCKED"
        )
        return make_query(f"lock rows of {self.capture.source.shown}", text)

    @property
    def either(self) -> str:
        return f"({self.keys.equal(AFTER)}) OR ROWID = :place"

    @cached_property
    def find(self) -> Query:
        """Return what finds such a row, locked or not."""
        text = f"SELECT 1\nFROM {self.source}\nWHERE {self.either}"
        return make_query(f"find a row of {self.capture.source.shown}", text)

    @cached_property
    def write(self) -> Query:
        """Return what writes a locked row down as it is.

        Its number is drawn while it is locked, so the numbers of its later changes are greater.
        """
        names = [quote(column.name) for column in self.capture.columns]
        values = [
            f"{self.capture.sequence.quoted}.NEXTVAL",
            "'S'",
            "SYS_EXTRACT_UTC(SYSTIMESTAMP)",
            "DBMS_TRANSACTION.LOCAL_TRANSACTION_ID",
            *names,
        ]
        text = (
            f"INSERT INTO {self.capture.log.quoted} (\n    {join([*OWN_COLUMNS, *names])})\n"
            f"SELECT\n    {join(values)}\nFROM {self.source}\nWHERE ROWID = :place"
        )
        return make_query(f"write rows of {self.capture.source.shown} down", text)
