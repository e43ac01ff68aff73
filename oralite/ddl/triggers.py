"""Triggers: each is one of SQLite's, made anew behind every DDL statement.

No trigger stands in SQLite while a DDL statement runs, so that tables can be built anew and rows
moved without firing one. STATUS is therefore as if each were compiled behind each statement. Oracle
waits until it is fired the next time.
"""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import Table, Trigger, View
from oralite.catalog.rights import no_table
from oralite.ddl.change import Change
from oralite.errors import NotSupported, OraError
from oralite.parser.cursor import Cursor
from oralite.parser.leaves import TableName
from oralite.parser.sources import table_name
from oralite.parser.triggers import TriggerText, statements
from oralite.parser.triggers import trigger as read_trigger
from oralite.translate.triggers import BadBindVariable, insertion, refusal

_LONG_IN_TRIGGER = 4093


def create(change: Change, cursor: Cursor) -> None:
    _create(change, read_trigger(cursor), replaces=False)


def replace_trigger(change: Change, cursor: Cursor) -> None:
    _create(change, read_trigger(cursor), replaces=True)


def _create(change: Change, text: TriggerText, *, replaces: bool) -> None:
    """Make the trigger, with errors where its body does not compile.

    Raises ORA-04081, 04095, 04093, 25001, 00942, 01031, and ORA-03001 for a body that is not
    understood.
    """
    owner = change.owner(text.name)
    if owner != change.user:
        change.require("CREATE ANY TRIGGER", change.user)
    else:
        change.require("CREATE TRIGGER", owner)
    table = _table(change, text.table)
    known = change.catalog.triggers.get((owner, text.name.name))
    if known is not None and not replaces:
        raise OraError(4081, f"trigger '{text.name.name}' already exists")
    place = (table.owner, table.name)
    if known is not None and known.table != place:
        raise OraError(4095, f"trigger '{text.name.name}' already exists on another table")
    created = change.created()
    made = Trigger(
        owner,
        text.name.name,
        known.number if known else change.catalog.next_number,
        place,
        text.event,
        text.body,
        text.is_enabled,
        created=known.created if known else created,
        altered=created,
    )
    change.catalog = change.catalog.with_trigger(made)
    change.compiled = (owner, text.name.name)
    _require_understood(made, change.catalog)


def _table(change: Change, name: TableName) -> Table:
    owner = change.owner(name)
    found = change.catalog.find(owner, name.name)
    if isinstance(found, View):
        raise OraError(25001, "cannot create this trigger type on this type of view")
    if not isinstance(found, Table):
        raise no_table()
    if not change.catalog.has(change.user, "CREATE ANY TRIGGER"):
        change.catalog.require_owner(change.user, owner, name.name)
    return found


def _require_understood(made: Trigger, catalog: Catalog) -> None:
    """Refuse a trigger with which one is no longer understood. Raises ORA-03001, ORA-04093.

    Bodies only insert, so what others do is changed by a trigger of that event alone.
    """
    affected = [made]
    if made.event == "INSERT":
        affected = list(catalog.triggers.values())
    for trigger in affected:
        for _, text in statements(trigger.body):
            try:
                insertion(text, trigger, catalog)
            except NotSupported:
                raise
            except OraError as error:
                if error.code == _LONG_IN_TRIGGER:
                    raise


def alter(change: Change, cursor: Cursor) -> None:
    """Carry out ALTER TRIGGER ... ENABLE, DISABLE and COMPILE. Raises ORA-04080, ORA-01031."""
    known = _known(change, cursor, "ALTER ANY TRIGGER")
    if cursor.accept("ENABLE"):
        new = replace(known, is_enabled=True)
    elif cursor.accept("DISABLE"):
        new = replace(known, is_enabled=False)
    elif cursor.accept("COMPILE"):
        new = known
        change.compiled = (known.owner, known.name)
    else:
        raise cursor.unsupported("this ALTER TRIGGER")
    cursor.expect_end()
    change.catalog = change.catalog.with_trigger(replace(new, altered=change.created()))


def switch_all(change: Change, cursor: Cursor, found: Table, *, enables: bool) -> None:
    """Carry out ALTER TABLE ... ENABLE ALL TRIGGERS, or DISABLE."""
    cursor.expect("ALL", "TRIGGERS")
    cursor.expect_end()
    for trigger in change.catalog.triggers.values():
        if trigger.table == (found.owner, found.name):
            switched = replace(trigger, is_enabled=enables, altered=change.created())
            change.catalog = change.catalog.with_trigger(switched)


def drop(change: Change, cursor: Cursor) -> None:
    known = _known(change, cursor, "DROP ANY TRIGGER")
    cursor.expect_end()
    change.catalog = change.catalog.without_trigger(known)


def _known(change: Change, cursor: Cursor, right: str) -> Trigger:
    """Return the trigger that is named. right: what it takes to change that of somebody else."""
    name = table_name(cursor)
    owner = change.owner(name)
    found = change.catalog.triggers.get((owner, name.name))
    if found is None:
        raise OraError(4080, f"trigger '{name.name}' does not exist")
    if owner != change.user:
        change.require(right, change.user)
    return found


def put_away(change: Change) -> None:
    """Take all triggers out of SQLite."""
    for trigger in change.catalog.triggers.values():
        change.connection.execute(f"DROP TRIGGER IF EXISTS {trigger.stored_name}")


def put_back(change: Change, before: Catalog) -> None:
    """Make all triggers anew in SQLite that are enabled, compiled as things are now.

    before: the catalog before the statement. A trigger goes with its table, whatever that is
    called now.
    """
    for trigger in list(change.catalog.triggers.values()):
        table = _table_now(trigger, before, change.catalog)
        if table is None:
            change.catalog = change.catalog.without_trigger(trigger)
            continue
        new, inserts = _compiled(replace(trigger, table=(table.owner, table.name)), change.catalog)
        if new != trigger:
            change.catalog = change.catalog.with_trigger(new)
        if new.is_enabled:
            _store(change, new, table, inserts)


def _table_now(trigger: Trigger, before: Catalog, after: Catalog) -> Table | None:
    known = before.find(*trigger.table)
    for table in after.tables():
        is_same = known is not None and table.number == known.number
        if is_same or (known is None and (table.owner, table.name) == trigger.table):
            return table
    return None


def _compiled(trigger: Trigger, catalog: Catalog) -> tuple[Trigger, list[str]]:
    """Return the trigger with the mistakes that are in it now, and its body as SQLite's."""
    inserts: list[str] = []
    mistakes: list[tuple[int, int, str]] = []
    for start, text in statements(trigger.body):
        try:
            inserts.append(insertion(text, trigger, catalog))
        except BadBindVariable as error:
            mistakes.append((*_place(trigger.body, start + error.position), error.text))
        except OraError as error:
            at = _place(trigger.body, start + error.position)
            mistakes.append((*at, f"PL/SQL: {error}"))
            mistakes.append((*_place(trigger.body, start), "PL/SQL: SQL Statement ignored"))
    return replace(trigger, mistakes=tuple(mistakes)), inserts


def _place(body: str, position: int) -> tuple[int, int]:
    """Return the line and the column of a place, both counted from 1."""
    before = body[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def _store(change: Change, trigger: Trigger, table: Table, inserts: list[str]) -> None:
    if trigger.mistakes:
        inserts = [refusal(trigger)]
    body = "; ".join(inserts)
    change.connection.execute(
        f"CREATE TRIGGER {trigger.stored_name} AFTER {trigger.event} ON {table.stored_name}"
        f" FOR EACH ROW WHEN ora_fires_triggers() BEGIN {body}; END"
    )
