"""The steps of one transaction, each noted while its rows are locked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import oracledb

from tests.chaos.changes.journal import Image, Journal, Pending
from tests.chaos.changes.plan import Step
from tests.chaos.changes.statements import Statements, keys_of
from tests.chaos.changes.tables import TABLES, Table

#: Of Oracle's errors: a row of this key is there.
EXISTS_ALREADY = 1
UNCLEAR = "unclear"


class Unclear(Exception):
    """What a statement has done is not known: its transaction is rolled back."""


class Stepping:
    """Carries out steps, and notes what each did.

    Parameters:
        make_stamp: makes what no other image of any row has.
    """

    def __init__(
        self,
        journal: Journal,
        pending: Pending,
        cursor: oracledb.Cursor,
        make_stamp: Callable[[], str],
    ) -> None:
        self.journal = journal
        self.pending = pending
        self.cursor = cursor
        self.statements = Statements(cursor)
        self.make_stamp = make_stamp

    def carry_out(self, step: Step) -> None:
        """Carry out one step. Raises Unclear, and what Oracle raises."""
        deeds: Mapping[str, Callable[[Step, Table], None]] = {
            "put": self.put,
            "merge": self.merge,
            "delete": self.delete,
            "move": self.move,
            "again": self.again,
            "many": self.many,
        }
        if step.what == "savepoint":
            self.cursor.execute("SAVEPOINT HALFWAY")
            self.pending.savepoint = len(self.pending.changes)
        elif step.what == "back":
            self.cursor.execute("ROLLBACK TO SAVEPOINT HALFWAY")
            self.journal.go_back(self.pending)
        else:
            deeds[step.what](step, TABLES[step.table])

    def put(self, step: Step, table: Table) -> None:
        """Insert a row, or update it."""
        keys = keys_of(table, step.rows[0])
        old = self.lock(table, keys)
        if old is None:
            self.insert(table, self.image(keys, step))
        else:
            new = self.image({**old, **keys}, step)
            self.statements.update(table, keys, new)
            self.note(table, old, new)

    def insert(self, table: Table, new: Image) -> None:
        """Insert a row, unless somebody was faster."""
        try:
            self.statements.insert(table, new)
        except oracledb.IntegrityError as error:
            if error.args[0].code != EXISTS_ALREADY:
                raise
        else:
            self.note(table, None, new)

    def merge(self, step: Step, table: Table) -> None:
        """Insert or update in one statement."""
        keys = keys_of(table, step.rows[0])
        old = self.lock(table, keys)
        new = self.image({**(old or {}), **keys}, step)
        stamp = str(new["STAMP"])
        if old is None:
            # Whoever was faster has inserted a row that is not known here.
            stamp = UNCLEAR
        self.statements.merge(table, new, stamp)
        if self.statements.read_stamp(table, keys, locks=False) == UNCLEAR:
            raise Unclear
        self.note(table, old, new)

    def delete(self, step: Step, table: Table) -> None:
        keys = keys_of(table, step.rows[0])
        old = self.lock(table, keys)
        if old is not None:
            self.statements.delete(table, keys)
            self.note(table, old, None)

    def move(self, step: Step, table: Table) -> None:
        """Change the keys of a row."""
        keys = keys_of(table, step.rows[0])
        old = self.lock(table, keys)
        if old is not None:
            new = self.image({**old, **keys_of(table, step.target)}, step)
            self.statements.update(table, keys, new)
            self.note(table, old, new)

    def again(self, step: Step, table: Table) -> None:
        """Delete a row and insert it in one transaction."""
        keys = keys_of(table, step.rows[0])
        if self.lock(table, keys) is not None:
            self.delete(step, table)
            self.insert(table, self.image(keys, step))

    def many(self, step: Step, table: Table) -> None:
        """Update several rows in one statement."""
        found: list[tuple[Image, Image]] = []
        for row in step.rows:
            old = self.lock(table, keys_of(table, row))
            if old is not None:
                found.append((old, {**old, "STAMP": self.make_stamp()}))
        if found:
            self.statements.update_stamps(table, [new for _, new in found])
        for old, new in found:
            self.note(table, old, new)

    def lock(self, table: Table, keys: Image) -> Image | None:
        """Lock a row, and return it as it is, None where there is none."""
        stamp = self.statements.read_stamp(table, keys, locks=True)
        if stamp is None:
            return None
        return self.journal.images[stamp]

    def note(self, table: Table, old: Image | None, new: Image | None) -> None:
        if new is not None:
            self.journal.images[str(new["STAMP"])] = new
        self.journal.add(self.pending, table.name, old, new)

    def image(self, given: Image, step: Step) -> Image:
        """Return what a row becomes.

        Parameters:
            given: what stays of it unless the step says otherwise, and its keys.
        """
        table = TABLES[step.table]
        image: dict[str, object] = {}
        for column in table.columns:
            value = step.values.get(column.name, given.get(column.name))
            if value == "":
                # To Oracle a text without characters is none.
                value = None
            image[column.name] = value
        image |= {name: given[name] for name in table.keys}
        image["STAMP"] = self.make_stamp()
        if table.added is not None and table.name in self.journal.widened:
            image[table.added.name] = f"extra {image['STAMP']}"
        return image
