"""Triggers and what is wrong with them, as USER_, ALL_ and DBA_ views."""

from __future__ import annotations

from collections.abc import Iterator

from oralite.catalog.definitions import Trigger
from oralite.dictionary.view import Owned, family
from oralite.dictionary.viewer import Viewer, moment


def sees_trigger(viewer: Viewer, owner: str, name: str) -> bool:
    """Return whether ALL_TRIGGERS shows a trigger.

    It does to its owner and the table's, to whoever has any right on the table, or may have
    triggers on any.
    """
    found = viewer.catalog.triggers.get((owner, name))
    if found is None:
        return False
    is_theirs = viewer.user in (owner, found.table[0])
    has_right = bool(viewer.catalog.object_privileges(viewer.user, *found.table))
    return is_theirs or has_right or viewer.catalog.has(viewer.user, "CREATE ANY TRIGGER")


def sees_compiled(viewer: Viewer, owner: str, name: str) -> bool:
    """Return whether ALL_OBJECTS and ALL_ERRORS show a trigger.

    They do to its owner, and to whoever may debug those of the table or may have them on any.
    """
    found = viewer.catalog.triggers.get((owner, name))
    if found is None:
        return False
    if viewer.user == owner:
        return True
    if "DEBUG" in viewer.catalog.object_privileges(viewer.user, *found.table):
        return True
    rights = ("CREATE ANY TRIGGER", "DEBUG ANY PROCEDURE")
    return any(viewer.catalog.has(viewer.user, right) for right in rights)


def trigger_objects(viewer: Viewer) -> Iterator[Owned]:
    """Yield the triggers as ALL_OBJECTS shows them."""
    for one in viewer.catalog.triggers.values():
        status = "VALID"
        if one.mistakes:
            status = "INVALID"
        times = (moment(one.created), moment(one.altered))
        yield one.owner, one.name, (one.name, one.number, "TRIGGER", *times, status)


def _triggers(viewer: Viewer) -> Iterator[Owned]:
    for one in viewer.catalog.triggers.values():
        status = "DISABLED"
        if one.is_enabled:
            status = "ENABLED"
        row = (one.name, one.event, *one.table, status, _description(one), one.body)
        yield one.owner, one.name, row


def _description(one: Trigger) -> str:
    """Return what stands before the body, as this kind of trigger is always written."""
    owner, table = one.table
    return f"{one.owner}.{one.name} AFTER {one.event} ON {owner}.{table} FOR EACH ROW"


def _errors(viewer: Viewer) -> Iterator[Owned]:
    for one in viewer.catalog.triggers.values():
        for number, (line, column, text) in enumerate(one.mistakes, 1):
            yield one.owner, one.name, (one.name, number, line, column, text, _number(text))


def _number(text: str) -> int:
    """Return MESSAGE_NUMBER: that of a PLS- message, 0 for what SQL says."""
    if text.startswith("PLS-"):
        return int(text[4:9])
    return 0


VIEWS = [
    *family(
        "TRIGGERS",
        "OWNER",
        "TRIGGER_NAME TRIGGERING_EVENT TABLE_OWNER TABLE_NAME STATUS DESCRIPTION TRIGGER_BODY:LONG"
        " TRIGGER_TYPE=AFTER~EACH~ROW BASE_OBJECT_TYPE=TABLE COLUMN_NAME="
        " REFERENCING_NAMES=REFERENCING~NEW~AS~NEW~OLD~AS~OLD WHEN_CLAUSE= ACTION_TYPE=PL/SQL"
        " BEFORE_STATEMENT=NO BEFORE_ROW=NO AFTER_ROW=NO AFTER_STATEMENT=NO INSTEAD_OF_ROW=NO",
        _triggers,
        sees_trigger,
    ),
    *family(
        "ERRORS",
        "OWNER",
        "NAME SEQUENCE:# LINE:# POSITION:# TEXT MESSAGE_NUMBER:# TYPE=TRIGGER ATTRIBUTE=ERROR",
        _errors,
        sees_compiled,
    ),
]
