"""Synonyms, private and public."""

from __future__ import annotations

from oralite.catalog.definitions import PUBLIC, Synonym
from oralite.ddl.change import Change
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.leaves import TableName
from oralite.parser.sources import table_name


def create(change: Change, cursor: Cursor) -> None:
    _create(change, cursor, _private(change, cursor), replaces=False)


def create_public(change: Change, cursor: Cursor) -> None:
    _create(change, cursor, _public(change, cursor, "CREATE PUBLIC SYNONYM"), replaces=False)


def replace_private(change: Change, cursor: Cursor) -> None:
    _create(change, cursor, _private(change, cursor), replaces=True)


def replace_public(change: Change, cursor: Cursor) -> None:
    _create(change, cursor, _public(change, cursor, "CREATE PUBLIC SYNONYM"), replaces=True)


def _private(change: Change, cursor: Cursor) -> TableName:
    """Read the name, in a schema where the user may have synonyms. Raises ORA-01031."""
    name = table_name(cursor)
    owner = change.owner(name)
    change.require("CREATE SYNONYM", owner)
    return TableName(owner, name.name)


def _public(change: Change, cursor: Cursor, privilege: str) -> TableName:
    if not change.catalog.has(change.user, privilege):
        raise OraError(1031, "insufficient privileges")
    return TableName(PUBLIC, cursor.identifier())


def _create(change: Change, cursor: Cursor, name: TableName, *, replaces: bool) -> None:
    """Make the synonym. What it stands for need not exist. Raises ORA-00955, ORA-01471."""
    cursor.expect("FOR")
    wanted = table_name(cursor)
    cursor.expect_end()
    owner = change.owner(name)
    target = (change.owner(wanted), wanted.name)
    if target == (owner, name.name):
        raise OraError(1471, "cannot create a synonym with same name as object")
    if not (replaces and isinstance(change.catalog.find(owner, name.name), Synonym)):
        change.require_free(owner, name.name)
    change.put(Synonym(owner, name.name, change.catalog.next_number, target, change.created()))


def drop(change: Change, cursor: Cursor) -> None:
    name = table_name(cursor)
    owner = change.owner(name)
    _drop(
        change,
        cursor,
        TableName(owner, name.name),
        OraError(1434, "private synonym to be dropped does not exist"),
    )


def drop_public(change: Change, cursor: Cursor) -> None:
    name = _public(change, cursor, "DROP PUBLIC SYNONYM")
    _drop(change, cursor, name, OraError(1432, "public synonym to be dropped does not exist"))


def _drop(change: Change, cursor: Cursor, name: TableName, missing: OraError) -> None:
    owner = change.owner(name)
    cursor.accept("FORCE")
    cursor.expect_end()
    if not isinstance(change.catalog.find(owner, name.name), Synonym):
        raise missing
    if owner not in (change.user, PUBLIC) and not change.catalog.has(change.user, "ANY"):
        raise OraError(1031, "insufficient privileges")
    change.catalog = change.catalog.without_object(owner, name.name)
