"""The frozen values of a row change, whose content no repr shows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple, TypeAlias

#: Columns of a row, as JSON has them: text, integers, truth values, None.
Image: TypeAlias = Mapping[str, object]

#: Of the form of events, not of a table.
VERSION = "1.0"
#: Of a name in a line of the log. One of ours has 155 at most: Oracle's 128, a number, an ending.
LONGEST_PRINTED = 200
#: Digits of a sequence number, so that the order of texts is that of numbers.
SEQUENCE_DIGITS = 20


class Operation(str, Enum):
    """What was done to a row."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class Metadata(NamedTuple):
    """What is said of a change beside its rows.

    Parameters:
        transaction_id: of Oracle. Changes of one transaction have the same.
        sequence_number: of the change, 20 digits. It rises from change to change of one key, and is
            the same each time that the change is sent.
        event_id: the only one of its kind, the same each time that the change is sent.
        event_type: what the table's transformer calls its events. None: not said yet.
        is_snapshot: the row was there before, and is shown as it is.
    """

    transaction_id: str
    sequence_number: str
    event_id: str
    event_type: str | None = None
    is_snapshot: bool = False


class Change(NamedTuple):
    """One change of one row.

    Parameters:
        table: its name as events have it.
        timestamp: when it was made, UTC, such as 2024-01-15T10:30:00Z.
        before: the row before an UPDATE or DELETE, else None.
        after: the row after an INSERT or UPDATE, else None.
        keys: what the row is known by. A change of keys is a DELETE and an INSERT.
    """

    table: str
    operation: Operation
    timestamp: str
    before: Image | None
    after: Image | None
    keys: Image
    metadata: Metadata

    def __repr__(self) -> str:
        names = f"{printed(self.table)}, {printed(self.metadata.event_id)}"
        return f"Change({self.operation.value} of {names})"


def printed(name: str) -> str:
    """Return a name as a line of the log takes it: who else writes may call a table anything."""
    if not name.isprintable():
        name = ascii(name)
    return name[:LONGEST_PRINTED]
