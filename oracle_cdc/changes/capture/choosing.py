"""What is captured of a table: its keys and the columns that are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from oracle_cdc.changes.capture.model import Capture, Column, Place, SourceTable
from oracle_cdc.changes.capture.naming import SEQUENCE, name_log
from oracle_cdc.changes.capture.widening import find_widest, is_lob, why_left_out
from oracle_cdc.errors import SettingsError

#: Columns of every change table, before those of its source.
OWN_COLUMNS = ("CDC_CHANGE_ID", "CDC_OP", "CDC_CHANGED_AT", "CDC_TX")
LOBS_ARE_OFF = "large objects are not captured unless they are asked for"


def choose(
    table: SourceTable,
    service: str,
    included: Sequence[str] | None = None,
    *,
    lobs: bool = False,
    taken: Collection[str] = (),
) -> Capture:
    """Return what is captured of a table into the schema of the service.

    included: the columns that are asked for beside the keys, None for all. What is not included is
    never written down, so it never leaves the source. taken: names of other change tables.

    Raises SettingsError for a table without a key, and for names that can't be captured.
    """
    refuse(table, included)
    columns = []
    left_out = {}
    for column in table.columns:
        if included is not None and column.name not in (*included, *table.keys):
            continue
        if find_widest(column) is None:
            left_out[column.name] = why_left_out(column)
        elif is_lob(column) and not lobs:
            left_out[column.name] = LOBS_ARE_OFF
        else:
            columns.append(column)
    return Capture(
        table.place,
        tuple(table.keys),
        tuple(columns),
        left_out,
        Place(service, name_log(table.place, taken)),
        Place(service, SEQUENCE),
        lobs,
    )


def refuse(table: SourceTable, included: Sequence[str] | None) -> None:
    mistakes = list(find_mistakes(table, included))
    if mistakes:
        raise SettingsError(f"{table.place.shown}: {'; '.join(mistakes)}")


def find_mistakes(table: SourceTable, included: Sequence[str] | None) -> Iterator[str]:
    """Yield why a table can't be captured."""
    known = {column.name: column for column in table.columns}
    if not table.keys:
        yield "it has no key; allowed: a table with a primary key, or keys named in its model"
    for name in dict.fromkeys((*table.keys, *(included or ()))):
        if name not in known:
            yield f"it has no column {name}"
    for name in table.keys:
        if name in known and not can_be_key(known[name]):
            yield f"column {name} can't be a key: its type is {known[name].data_type}"
    for name in known:
        if name in OWN_COLUMNS:
            yield f"column {name} is called as one of every change table"
        if not name.isprintable():
            yield f"column {name!r} has a sign in its name that SQL*Plus can't read"


def can_be_key(column: Column) -> bool:
    return find_widest(column) is not None and not is_lob(column)
