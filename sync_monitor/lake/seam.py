"""The seam: what every lake's edge does for a look, and the values that it gives back.

A new edge is one class that opens tables, and one fixture in tests/lakes/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from sync_monitor.metering import Meter
from sync_monitor.model import Column, Sync
from sync_monitor.rows.canonical import Expressions
from sync_monitor.rows.dialects import Dialect
from sync_monitor.rows.drill import Side

#: Where rows lie whose partition column is NULL. They belong to no day, and are in no figure.
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
#: How the key of a partition begins.
DATED = re.compile(r"\d{4}-\d\d-\d\d")
#: Names of no partition that are kept for a message.
MOST_OTHERS = 20
#: Partitions without a row that are passed over in the search for the newest.
MOST_EMPTY = 5


@dataclass(frozen=True)
class Listing:
    """The partitions that a lake has, of those that were asked for.

    Parameters:
        keys: ascending.
        unregistered: partitions whose files lie there unknown to the lake, and where. None: it was
            not looked for.
        others: names beside them that are no partition of the sync.
        versions: of partitions, what changes when their files do. Without one nothing is known.
        is_text: keys are texts to the engine, not dates.
    """

    keys: tuple[str, ...]
    unregistered: Mapping[str, str] | None = field(default_factory=dict)
    others: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = True

    @property
    def has_null_partition(self) -> bool:
        """Return whether there are rows whose partition column is NULL."""
        return any(NULL_PARTITION in name for name in self.others)

    def newest_keys(self) -> tuple[str, ...]:
        """Return where the newest row is looked for, the newest partition first."""
        return self.keys[: -MOST_EMPTY - 1 : -1]


class LakeRows(NamedTuple):
    """The rows of a partition: how many, the sum of their checksums if asked, and whether it is."""

    rows: int
    checksum: int | None
    has_partition: bool


class LakeTable(Protocol):
    """A table of the lake during one look.

    Everything it does is a read. It raises LakeUnusable, with one of these codes: LAKE-ABSENT,
    LAKE-DENIED, LAKE-FILE, LAKE-VANISHED, LAKE-SCHEMA, LAKE-TIMEOUT, LAKE-CANCELLED, LAKE-NAME,
    LAKE-UNREACHABLE, LAKE-LOGIN, LAKE-FAILED.
    """

    def describe(self, listing: Listing) -> tuple[Column, ...] | None:
        """Return the columns beside the partition's own. None: there is no file to see them in."""

    def partitions(self, begin: str, end: str) -> Listing:
        """Return the partitions whose keys are from begin to end, both included."""

    def newest(self, listing: Listing) -> datetime | None:
        """Return the newest row time of the newest partition that has rows, as it is kept there."""

    def measure(self, key: str, texts: Expressions | None) -> LakeRows:
        """Return the rows of a partition: one statement, and one more at most where it has none."""

    def side(self, key: str, texts: Expressions) -> Side:
        """Return the rows of a partition, as a comparison asks for them."""

    def close(self) -> None:
        """Give back what the look has open."""


class Lake(Protocol):
    """What reads a lake. One for all syncs of its engine, used by several threads."""

    dialect: Dialect

    def open(self, sync: Sync, meter: Meter) -> LakeTable:
        """Return a table for one look."""

    def name_of(self, sync: Sync) -> str:
        """Return how SQL of this engine names the table, for runbooks."""

    def cancel(self) -> None:
        """Interrupt what runs now, from another thread."""

    def close(self) -> None:
        """Close everything."""
