"""Rows of a change table to changes: an update has two, a change of keys becomes two changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from oracle_cdc.changes.rules.errors import InvalidChange
from oracle_cdc.changes.rules.values import (
    SEQUENCE_DIGITS,
    Change,
    Image,
    Metadata,
    Operation,
)

#: What CDC_OP says: inserted, before and after an update, deleted, there before.
INSERTED, BEFORE, UPDATED, DELETED, SNAPSHOT = "I", "B", "U", "D", "S"


class LogRow(NamedTuple):
    """A row of a change table.

    Parameters:
        place: by which it is deleted.
        change_id: the digits of CDC_CHANGE_ID.
        changed_at: UTC, as ISO 8601 has it, without a zone.
        image: the columns of the source, as JSON has them.
        oddity: what of the image is not as its model says, "" for nothing.
    """

    place: str
    change_id: str
    sign: str
    changed_at: str
    transaction_id: str | None
    image: Image
    oddity: str = ""


class Paired(NamedTuple):
    """What one change of a row is, and the rows of the change table that say so.

    Parameters:
        changes: two where keys were changed.
        refusal: why it can't be sent.
    """

    rows: Sequence[LogRow]
    changes: Sequence[Change]
    refusal: InvalidChange | None = None

    def __repr__(self) -> str:
        return f"Paired({len(self.rows)} rows of {self.changes})"


@dataclass(frozen=True)
class Pairing:
    """Pairs the rows of one table. keys: the fields that its rows are known by."""

    table: str
    keys: Sequence[str]

    def pair(self, rows: Sequence[LogRow]) -> Iterator[Paired]:
        """Yield the changes of rows that lie in the order of the change table.

        Whoever reads in parts leaves half an update at the end to the next part.
        """
        waiting: LogRow | None = None
        for row in rows:
            if waiting is not None:
                if row.sign == UPDATED and row.change_id == waiting.change_id:
                    yield self.update(waiting, row)
                    waiting = None
                    continue
                yield self.half(waiting)
                waiting = None
            if row.sign == BEFORE:
                waiting = row
            elif row.sign == UPDATED:
                yield self.half(row)
            else:
                yield self.single(row)
        if waiting is not None:
            yield self.half(waiting)

    def single(self, row: LogRow) -> Paired:
        """Return the change of a row that stands by itself."""
        if row.sign == DELETED:
            change = self.delete(row)
        else:
            change = self.insert(row, is_snapshot=row.sign == SNAPSHOT)
        return Paired((row,), (change,), refuse(row))

    def update(self, before: LogRow, after: LogRow) -> Paired:
        """Return the change of an update, or the two of one that changed keys."""
        rows = (before, after)
        keys = self.keys_of(after)
        changes: tuple[Change, ...]
        if keys.items() <= before.image.items():
            change = Change(
                self.table,
                Operation.UPDATE,
                stamp(after),
                before.image,
                after.image,
                keys,
                self.describe(after),
            )
            changes = (change,)
        else:
            changes = (self.delete(before, "-D"), self.insert(after, "-I"))
        return Paired(rows, changes, refuse(*rows))

    def half(self, row: LogRow) -> Paired:
        """Return an update of which one image is missing, which can't be sent."""
        before: Image | None = row.image
        after: Image | None = None
        if row.sign == UPDATED:
            before, after = after, before
        change = Change(
            self.table,
            Operation.UPDATE,
            stamp(row),
            before,
            after,
            self.keys_of(row),
            self.describe(row),
        )
        refusal = InvalidChange(f"{change.metadata.event_id}: one of its two rows is missing")
        return Paired((row,), (change,), refusal)

    def insert(self, row: LogRow, ending: str = "", *, is_snapshot: bool = False) -> Change:
        return Change(
            self.table,
            Operation.INSERT,
            stamp(row),
            None,
            row.image,
            self.keys_of(row),
            self.describe(row, ending, is_snapshot=is_snapshot),
        )

    def delete(self, row: LogRow, ending: str = "") -> Change:
        return Change(
            self.table,
            Operation.DELETE,
            stamp(row),
            row.image,
            None,
            self.keys_of(row),
            self.describe(row, ending),
        )

    def keys_of(self, row: LogRow) -> Image:
        keys = {}
        for name in self.keys:
            keys[name] = row.image[name]
        return keys

    def describe(self, row: LogRow, ending: str = "", *, is_snapshot: bool = False) -> Metadata:
        """Return what is said of a change. ending: of the two changes of one id, which it is."""
        sequence = row.change_id.zfill(SEQUENCE_DIGITS)
        id = f"{self.table}-{sequence}{ending}"
        return Metadata(row.transaction_id or "", sequence, id, is_snapshot=is_snapshot)


def cut_half(rows: Sequence[LogRow]) -> tuple[Sequence[LogRow], Sequence[LogRow]]:
    """Return rows without half an update at their end, and that half: its other one comes next."""
    if rows and rows[-1].sign == BEFORE:
        return rows[:-1], rows[-1:]
    return rows, ()


def stamp(row: LogRow) -> str:
    """Return when a change was made."""
    return f"{row.changed_at}Z"


def refuse(*rows: LogRow) -> InvalidChange | None:
    """Return why a change can't be sent, None where nothing speaks against it."""
    for row in rows:
        if row.oddity:
            return InvalidChange(f"change {row.change_id}: {row.oddity}")
    return None
