"""COMMENT ON a table, a view or a column of either."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import Table, View
from oralite.catalog.rights import no_table
from oralite.ddl.change import Change
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.leaves import TableName
from oralite.parser.sources import table_name

#: What else Oracle lets one comment on.
_ELSEWHERE = ("AUDIT", "EDITION", "INDEXTYPE", "MATERIALIZED", "MINING", "OPERATOR")
#: The longest text literal of SQL, and so the longest comment.
_MOST_BYTES = 4000


def comment(change: Change, cursor: Cursor) -> None:
    """Carry out COMMENT ON TABLE t IS '...', also on a view, and COMMENT ON COLUMN t.c IS '...'.

    Raises ORA-32594 for what has no comment.
    """
    if cursor.accept("TABLE"):
        thing = _commented(change, table_name(cursor))
        change.put(replace(thing, comment=_text(cursor)))
        return
    if cursor.at_any(*_ELSEWHERE):
        raise cursor.unsupported(f"COMMENT ON {cursor.token.value}")
    if not cursor.accept("COLUMN"):
        raise OraError(32594, "invalid object category for COMMENT command")
    parts = [cursor.identifier()]
    while cursor.accept("."):
        parts.append(cursor.identifier())
    _comment_column(change, parts, _text(cursor))


def _comment_column(change: Change, parts: list[str], text: str | None) -> None:
    if len(parts) == 3:
        name = TableName(parts[0], parts[1])
    elif len(parts) == 2:
        name = TableName(None, parts[0])
    else:
        raise no_table()
    thing = _commented(change, name)
    columns = {column.name: column for column in thing.columns}
    if parts[-1] not in columns:
        raise OraError(904, f'"{parts[-1]}": invalid identifier')
    columns[parts[-1]] = replace(columns[parts[-1]], comment=text)
    change.put(replace(thing, columns=tuple(columns.values())))


def _commented(change: Change, name: TableName) -> Table | View:
    """Return the table or the view. Raises ORA-00942, ORA-01031, ORA-00054."""
    name = change.follow(name)
    found = change.catalog.find(change.owner(name), name.name)
    if not isinstance(found, View):
        return change.table(name)
    change.catalog.require_owner(change.user, found.owner, found.name)
    return found


def _text(cursor: Cursor) -> str | None:
    cursor.expect("IS")
    text = cursor.text()
    cursor.expect_end()
    if len(text.encode()) > _MOST_BYTES:
        raise OraError(1704, "string literal too long")
    return text or None
