"""Plans on a connection: one row of binds at a time, or all at once where nothing has to be looked
at between.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import apsw

from oralite.catalog.definitions import Table
from oralite.errors import NotSupported, OraError
from oralite.model import Row
from oralite.storage.locks import Claim
from oralite.storage.recording import Recording
from oralite.translate.plan import MergePlan, Plan, RenewalPlan
from oralite.translate.typed import MAX_VARCHAR2_BYTES

#: The rows of an array after which the client is asked whether it still waits.
_ROWS_BETWEEN_POLLS = 500


@dataclass
class Changes:
    """What one row of binds did."""

    count: int
    returned: tuple[Row, ...] = field(default=())


def query(connection: apsw.Connection, plan: Plan, row: Row) -> list[Row]:
    check_lengths(plan, row)
    return cast("list[Row]", connection.execute(plan.sql, row).fetchall())


def change(recording: Recording, plan: Plan, row: Row) -> Changes:
    check_lengths(plan, row)
    connection = _begin(recording, plan)
    if plan.merge is not None:
        return Changes(_merge(connection, plan.merge, row))
    try:
        cursor = connection.execute(plan.sql, row)
    except apsw.ConstraintError as error:
        if plan.renewal is None or not str(error).startswith("UNIQUE"):
            raise
        return Changes(_renew(recording, plan.renewal, row, error))
    if plan.returning:
        returned = tuple(cast("list[Row]", cursor.fetchall()))
    else:
        returned = ()
    return Changes(connection.changes(), returned)


def _begin(recording: Recording, plan: Plan) -> apsw.Connection:
    assert plan.target is not None
    recording.target = plan.target.plain_stored_name
    return recording.connection


def _renew(recording: Recording, plan: RenewalPlan, row: Row, error: apsw.ConstraintError) -> int:
    """Free the keys of all rows, then give each its new one, and fire what that fires.

    Raises ConstraintError where two would have the same, or where afterwards a foreign key names
    none, and ORA-03001 where it cannot know.
    """
    connection = recording.connection
    found = connection.execute(plan.lookup, row).fetchall()
    if len(found) < 2:
        raise error
    if not plan.vacate:
        raise NotSupported(
            "an UPDATE of rows' keys beside RETURNING or an index on an expression",
            str(error),
        )
    old = []
    if plan.old:
        old = [connection.execute(plan.old, match[:1]).fetchall()[0] for match in found]
    with connection, _switched_on(connection, "defer_foreign_keys"):
        with recording.without_triggers():
            with _switched_on(connection, "ignore_check_constraints"):
                for match in found:
                    connection.execute(plan.vacate, match[:1])
            for match in found:
                connection.execute(plan.update, match)
        for before in old:
            for sql in plan.fired:
                connection.execute(sql, before)
        if connection.status(apsw.SQLITE_DBSTATUS_DEFERRED_FKS)[0]:
            raise apsw.ConstraintError("FOREIGN KEY constraint failed")
    return len(found)


@contextlib.contextmanager
def _switched_on(connection: apsw.Connection, name: str) -> Iterator[None]:
    connection.execute(f"PRAGMA {name} = ON")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA {name} = OFF")


def _merge(connection: apsw.Connection, plan: MergePlan, row: Row) -> int:
    found = [match for match in connection.execute(plan.lookup, row).fetchall() if match[1]]
    changed = [match for match in found if match[0] is not None]
    if len({match[0] for match in changed}) < len(changed):
        raise OraError(30926, "unable to get a stable set of rows in the source tables")
    for match in changed:
        connection.execute(plan.update, (match[0], *match[3 : 3 + plan.updated]))
        if match[2]:
            connection.execute(plan.delete, (match[0],))
    for match in found:
        if match[0] is None:
            connection.execute(plan.insert, match[3 + plan.updated :])
    return len(found)


def check_lengths(plan: Plan, row: Row) -> None:
    """Refuse a long text where Oracle takes only short ones. Raises ORA-01461."""
    for index, value in enumerate(row):
        if (
            isinstance(value, str)
            and len(value) * 4 > MAX_VARCHAR2_BYTES
            and len(value.encode()) > MAX_VARCHAR2_BYTES
            and index in plan.short_binds
        ):
            raise OraError(1461, "can bind a LONG value only for insert into a LONG column")


class _Array:
    """The rows of an array, handed to SQLite one by one, and what those before have changed.

    recorded: how many changes the rows that are counted have recorded.
    """

    def __init__(
        self,
        recording: Recording,
        plan: Plan,
        rows: Sequence[Row],
        interrupted: Callable[[], bool],
    ) -> None:
        self._recording = recording
        self._plan = plan
        self._rows = rows
        self._interrupted = interrupted
        self.counts: list[int] = []
        self.recorded = 0

    def __iter__(self) -> Iterator[Row]:
        for number, row in enumerate(self._rows):
            if number:
                self._count()
            if number % _ROWS_BETWEEN_POLLS == 0 and self._interrupted():
                raise OraError(1013, "user requested cancel of current operation")
            if self._plan.short_binds:
                check_lengths(self._plan, row)
            yield row
        self._count()

    def _count(self) -> None:
        """Count what the row before has changed: SQLite asks for the next once it is through."""
        self.counts.append(self._recording.connection.changes())
        self.recorded = len(self._recording.rows)


def change_all(
    recording: Recording, plan: Plan, rows: Sequence[Row], interrupted: Callable[[], bool]
) -> tuple[list[int], Exception | None]:
    """Run a change for all rows. Returns what each changed, and what stopped it at the next one."""
    connection = _begin(recording, plan)
    array = _Array(recording, plan, rows, interrupted)
    try:
        connection.executemany(plan.sql, iter(array))
    except (apsw.Error, OraError) as error:
        recording.forget_rows(array.recorded)
        return array.counts, error
    return array.counts, None


def locked_rows(plan: Plan, rows: Sequence[Row]) -> list[set[Claim]]:
    """Return for each row of a FOR UPDATE query the rows of tables that it locks."""
    first = len(plan.columns)
    found = []
    for row in rows:
        found.append(
            {
                _claim(table, row[place])
                for place, table in enumerate(plan.locked, first)
                if row[place] is not None
            }
        )
    return found


def _claim(table: Table, key: object) -> Claim:
    assert isinstance(key, int)
    return ("row", table.plain_stored_name, key)
