"""DROP and TRUNCATE."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import Table, View
from oralite.catalog.rights import no_table
from oralite.ddl.change import Change
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.sources import table_name


def table(change: Change, cursor: Cursor) -> None:
    found = change.table(table_name(cursor))
    cascades = cursor.accept("CASCADE", "CONSTRAINTS")
    cursor.accept("PURGE")
    cursor.expect_end()
    if _children(change, found):
        if cascades:
            raise cursor.unsupported("CASCADE CONSTRAINTS with constraints to drop")
        raise OraError(2449, "unique/primary keys in table referenced by foreign keys")
    drop_table(change, found)


def drop_table(change: Change, found: Table) -> None:
    change.connection.execute(f"DROP TABLE {found.stored_name}")
    change.catalog = change.catalog.without_object(found.owner, found.name)
    for sequence in list(change.catalog.sequences()):
        if (
            sequence.owner == found.owner
            and sequence.owned_by
            and sequence.owned_by[0] == found.name
        ):
            _forget_sequence(change, sequence.owner, sequence.name)


def _children(change: Change, found: Table) -> list[Table]:
    """Return the other tables that refer to this one."""
    result = []
    for other in change.catalog.tables():
        if other is not found and any(
            constraint.reference == (found.owner, found.name) for constraint in other.constraints
        ):
            result.append(other)
    return result


def truncate(change: Change, cursor: Cursor) -> None:
    found = change.table(table_name(cursor))
    for words in (("DROP", "STORAGE"), ("REUSE", "STORAGE")):
        cursor.accept(*words)
    if cursor.at("CASCADE"):
        raise cursor.unsupported("TRUNCATE ... CASCADE")
    cursor.expect_end()
    for child in _children(change, found):
        if change.connection.execute(f"SELECT 1 FROM {child.stored_name} LIMIT 1").fetchone():
            raise OraError(2266, "unique/primary keys in table referenced by enabled foreign keys")
    change.connection.execute(f"DELETE FROM {found.stored_name} -- truncate")
    change.touch(found.owner, found.name)


def index(change: Change, cursor: Cursor) -> None:
    name = table_name(cursor)
    cursor.accept("ONLINE")
    cursor.expect_end()
    owner = name.owner or change.requester.schema
    place = change.catalog.index(owner, name.name)
    if place is None:
        raise OraError(1418, "specified index does not exist")
    owning, found = place
    change.catalog.require_owner(change.user, owning.owner, owning.name)
    change.require_quiet(owning)
    for constraint in owning.constraints:
        if constraint.name == found.name and constraint.kind in "PU":
            raise OraError(2429, "cannot drop index used for enforcement of unique/primary key")
    for stored_name in (found.stored_name, found.stored_null_name):
        change.connection.execute(f"DROP INDEX IF EXISTS {stored_name}")
    change.put(
        replace(owning, indexes=tuple(known for known in owning.indexes if known is not found))
    )


def view(change: Change, cursor: Cursor) -> None:
    name = table_name(cursor)
    cursor.expect_end()
    owner = change.owner(name)
    if not isinstance(change.catalog.find(owner, name.name), View):
        raise no_table()
    change.catalog.require_owner(change.user, owner, name.name)
    change.catalog = change.catalog.without_object(owner, name.name)


def sequence(change: Change, cursor: Cursor) -> None:
    name = table_name(cursor)
    cursor.expect_end()
    owner = change.owner(name)
    found = change.catalog.sequence(owner, name.name)
    change.catalog.require_owner(change.user, owner, name.name)
    if found.owned_by:
        raise OraError(32794, "cannot drop a system-generated sequence")
    _forget_sequence(change, owner, name.name)


def _forget_sequence(change: Change, owner: str, name: str) -> None:
    change.catalog = change.catalog.without_object(owner, name)
    change.requester.forget_sequence(f"{owner}.{name}")
    change.connection.execute(
        'DELETE FROM "oralite#sequences" WHERE name = ?', (f"{owner}.{name}",)
    )
