"""What tables of engines have in common that answer SQL from afar."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.naming import of_partition
from sync_monitor.lake.seam import LakeRows, Listing
from sync_monitor.metering import Meter
from sync_monitor.model import Sync
from sync_monitor.rows.canonical import Expressions
from sync_monitor.rows.dialects import Dialect, quote_name, quote_path
from sync_monitor.rows.sides import AskedSide
from sync_monitor.rows.statements import Rows, count_rows, sum_rows


class SqlTable(ABC):
    """A table of such an engine during one look. Every statement about rows names a partition.

    Raises LakeUnusable for a name that the engine's SQL can't quote.
    """

    dialect: ClassVar[Dialect]
    timestamp: ClassVar[str]

    def __init__(self, sync: Sync, meter: Meter) -> None:
        self.sync = sync
        self.meter = meter
        try:
            self.origin = quote_path(sync.target, self.dialect)
            self.column = quote_name(sync.partition_column.lower(), self.dialect)
            self.time = quote_name(sync.time_column.lower(), self.dialect)
        except ValueError as error:
            raise LakeUnusable("LAKE-NAME", f"look at {sync.name}: {error}") from error

    @abstractmethod
    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, counted. Raises LakeUnusable."""

    @abstractmethod
    def value(self, key: str) -> str:
        """Return the key of a partition as a literal. Raises ValueError."""

    @abstractmethod
    def has(self, key: str) -> bool:
        """Return whether the engine knows a partition."""

    def newest(self, listing: Listing) -> datetime | None:
        """Return the newest row time: one statement for each partition until one has rows."""
        for key in listing.newest_keys():
            with of_partition(self.sync, key):
                newest = self.ask(
                    f"SELECT MAX(CAST({self.time} AS {self.timestamp})) {self.rows(key).clause}"
                )
            found = only_row(newest, self.sync)[0]
            if found is not None:
                assert isinstance(found, datetime)
                return found.replace(tzinfo=None)
        return None

    def measure(self, key: str, texts: Expressions | None) -> LakeRows:
        """Return the rows of a partition. Where it counts none it asks whether it is there."""
        rows = self.rows(key)
        checksum = None
        if texts is None:
            (count,) = only_row(self.ask(count_rows(rows)), self.sync)
        else:
            count, checksum = only_row(self.ask(sum_rows(rows, texts)), self.sync)
        if checksum is not None:
            checksum = int(checksum)
        return LakeRows(int(count), checksum, bool(count) or self.has(key))

    def side(self, key: str, texts: Expressions) -> AskedSide:
        """Return the rows of a partition, as a comparison asks for them."""
        return AskedSide(self.ask, self.rows(key), texts)

    def rows(self, key: str) -> Rows:
        """Return the rows of a partition. Raises LakeUnusable for a key that can't be quoted."""
        try:
            return Rows(self.dialect, self.origin, f"{self.column} = {self.value(key)}")
        except ValueError as error:
            raise LakeUnusable("LAKE-NAME", f"look at {self.sync.name}: {error}") from error


def only_row(rows: Sequence[tuple[Any, ...]], sync: Sync) -> tuple[Any, ...]:
    """Return the row of a statement that has one. None means that the answer was not whole."""
    if len(rows) != 1:
        raise LakeUnusable("LAKE-FAILED", f"look at {sync.name}: an answer that is not whole")
    return rows[0]
