"""Whether a table is still what its change table and triggers were made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from oracle_cdc.changes.capture.choosing import OWN_COLUMNS
from oracle_cdc.changes.capture.model import Capture, Column, SourceTable
from oracle_cdc.changes.capture.widening import find_widest, holds


@dataclass(frozen=True)
class Drift:
    """What differs between a table and its change table.

    Parameters:
        added: columns that are to be captured and are not. Their changes are not seen.
        removed: columns that are captured and are gone. The triggers are invalid, and the
            application gets ORA-04098.
        unwanted: columns that are captured and no longer asked for.
        retyped: columns that the change table can't take any more: name -> the type that is needed.
    """

    added: Sequence[Column] = ()
    removed: Sequence[str] = ()
    unwanted: Sequence[str] = ()
    retyped: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.unwanted or self.retyped)


def find_drift(capture: Capture, table: SourceTable, logged: Sequence[Column]) -> Drift:
    """Compare what is to be captured of a table as it is now with what its change table has.

    A source column that became longer or finer is none: the change table has the widest form.
    """
    known = {column.name: column for column in logged if column.name not in OWN_COLUMNS}
    added = []
    retyped = {}
    for column in capture.columns:
        needed = find_widest(column)
        assert needed is not None, "what can't be captured is left out"
        if column.name not in known:
            added.append(column)
        elif not holds(known[column.name], needed):
            retyped[column.name] = needed
    wanted = {column.name for column in capture.columns}
    there = {column.name for column in table.columns}
    removed = []
    unwanted = []
    for name in known:
        if name not in there:
            removed.append(name)
        elif name not in wanted:
            unwanted.append(name)
    return Drift(tuple(added), tuple(removed), tuple(unwanted), retyped)
