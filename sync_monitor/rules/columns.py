"""The columns of both catalogs beside each other: what the lake lacks, and what can be compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sync_monitor.measurements import SchemaDifference
from sync_monitor.model import Column, Kind, Sync

#: Kinds of Oracle that other kinds of the lake may stand for.
SAME_TEXT = {
    Kind.INTEGER: (Kind.INTEGER, Kind.DECIMAL),
    Kind.DECIMAL: (Kind.DECIMAL,),
    Kind.TEXT: (Kind.TEXT, Kind.CHAR),
    Kind.CHAR: (Kind.TEXT, Kind.CHAR),
    Kind.TIMESTAMP: (Kind.TIMESTAMP,),
}


@dataclass(frozen=True)
class Compared:
    """Both catalogs, compared.

    Parameters:
        columns: that both have, in Oracle's order. Those without a text that both know are OTHER.
    """

    difference: SchemaDifference
    columns: tuple[Column, ...]


def compare_columns(
    oracle: Sequence[Column],
    lake: Sequence[Column],
    sync: Sync,
    compared_before: Collection[str] = (),
) -> Compared:
    """Return how the lake's columns differ from Oracle's. Further columns of the lake are no fault.

    Parameters:
        lake: by their names there, however they are written.
        compared_before: names of the columns that checksums were made of until now.
    """
    there = {column.name.lower(): column for column in lake}
    missing: list[str] = []
    retyped: list[str] = []
    both: list[Column] = []
    for column in oracle:
        match = there.get(column.in_lake.lower())
        if match is None:
            missing.append(column.name)
        elif column.kind is Kind.OTHER:
            both.append(column)
        elif has_same_text(column, match):
            both.append(comparable(column, sync))
        else:
            retyped.append(column.name)
            both.append(replace(column, kind=Kind.OTHER))
    weighty = {*sync.keys, *compared_before} & {*missing, *retyped}
    difference = SchemaDifference(len(oracle), tuple(missing), tuple(retyped), bool(weighty))
    return Compared(difference, tuple(both))


def has_same_text(oracle: Column, lake: Column) -> bool:
    """Return whether both columns have the same text for the same value."""
    if lake.kind not in SAME_TEXT[oracle.kind]:
        return False
    return lake.kind is not Kind.DECIMAL or lake.scale >= oracle.scale


def comparable(column: Column, sync: Sync) -> Column:
    """Return a column as it is compared: plain times of two zones are not."""
    if column.kind is Kind.TIMESTAMP and sync.source_zone != sync.lake_zone:
        return replace(column, kind=Kind.OTHER)
    return column
