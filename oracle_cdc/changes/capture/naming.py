"""What the objects of capturing are called: after the table, within the limit of every Oracle."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from oracle_cdc.changes.capture.model import Place

SEQUENCE = "CDC_CHANGE_SEQ"
#: Bytes of a name in Oracle 12.1. Later ones take 128.
LONGEST = 30
#: Hexadecimal digits that keep apart what would be called alike.
DIGEST = 8
#: In a trigger's name, behind the table's: the event that fires it.
ENDINGS = {"INSERT": "I", "UPDATE": "U", "DELETE": "D"}


def name_log(source: Place, taken: Collection[str] = ()) -> str:
    """Return the name of a table's change table.

    taken: names that other tables' change tables have. All lie in one schema.
    """
    room = LONGEST - len("CDC_C_") - len("_IX")
    name = f"CDC_C_{shorten(source, room)}"
    if name in taken:
        return f"CDC_C_{mark(source, room)}"
    return name


def name_index(log: Place) -> str:
    return f"{log.name}_IX"


def name_trigger(source: Place, event: str) -> Place:
    """Return the name of the trigger of an event, which lies in the schema of the table."""
    room = LONGEST - len("CDC_") - len("_I")
    return Place(source.owner, f"CDC_{shorten(source, room)}_{ENDINGS[event]}")


def name_triggers(source: Place) -> Collection[str]:
    """Return the names of all triggers of ours on a table."""
    return [name_trigger(source, event).name for event in ENDINGS]


def shorten(source: Place, room: int) -> str:
    if len(source.name.encode()) <= room:
        return source.name
    return mark(source, room)


def mark(source: Place, room: int) -> str:
    """Return as much of a table's name as there is room for, and what is its own behind it."""
    digest = hashlib.sha256(source.quoted.encode()).hexdigest()[:DIGEST].upper()
    kept = source.name.encode()[: room - DIGEST - 1].decode(errors="ignore")
    return f"{kept}_{digest}"
