"""What a look is made of: its pace, what both catalogs said, how one partition is measured."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from time import monotonic

from oracle_cdc.errors import CdcError
from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.lake.naming import of_partition
from sync_monitor.lake.seam import LakeTable, Listing
from sync_monitor.measured import Cell, Newest, Partition, SchemaDifference, Sides
from sync_monitor.metering import Meter
from sync_monitor.model import Column, Grain, Sync
from sync_monitor.remembered import Entry
from sync_monitor.rows.canonical import Expressions
from sync_monitor.rows.differences import drill
from sync_monitor.rules.cells import make_cell, with_rows
from sync_monitor.rules.conclusion import Before, Measured, Taken
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.source.catalog import SourceTable
from sync_monitor.source.tables import Source
from sync_monitor.verdicts import Cost, Trigger

HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Pace:
    """How often each sync is looked at, and what that may cost.

    Parameters:
        confirm: how long behind the first look at a fault the one is that confirms it.
        rows_per_hour: of one sync that may be counted and compared.
        settings_hash: of the settings that looks are taken with.
    """

    interval: timedelta
    confirm: timedelta
    rows_per_hour: int
    settings_hash: str = ""

    @property
    def rows_per_look(self) -> int:
        """Return how many rows one look may count and compare."""
        share = self.interval.total_seconds() / HOUR_SECONDS
        return max(1, int(self.rows_per_hour * min(1.0, share)))

    def taken(self, began: datetime, start: float, asked: Asked, meters: Meters) -> Taken:
        """Return how a look was taken that ends now. `start` is of the clock that measures it."""
        took = timedelta(seconds=monotonic() - start)
        return Taken(
            began, took, self.interval, asked.trigger, asked.by, self.settings_hash, meters.cost
        )


@dataclass(frozen=True)
class Asked:
    """Why a look is taken, and by whom."""

    trigger: Trigger = Trigger.TIMER
    by: str = ""

    @property
    def is_of_all(self) -> bool:
        """Return whether a person wants to know, so that what is not due is measured again too."""
        return self.trigger in (Trigger.PERSON, Trigger.ONCE)


@dataclass(frozen=True)
class Catalogs:
    """What both catalogs said of a sync, and when that was.

    Parameters:
        columns: that both have, in Oracle's order.
        schema: None where the lake has no file to see columns in.
        oracle_texts, lake_texts: None where rows are not compared.
    """

    read_at: datetime
    shape: object
    source: SourceTable
    sync: Sync
    columns: tuple[Column, ...] = ()
    schema: SchemaDifference | None = None
    oracle_texts: Expressions | None = None
    lake_texts: Expressions | None = None


@dataclass(frozen=True)
class Looked:
    """What a look came to: what the history takes, and what triage knows beside it.

    Parameters:
        newest, listing, catalogs: None where the look failed before.
        counts: of a stream that said something.
        failure: why nothing was measured, None where it was.
    """

    entry: Entry
    newest: Newest | None = None
    listing: Listing | None = None
    catalogs: Catalogs | None = None
    counts: Counts | None = None
    failure: CdcError | None = None


@dataclass
class Meters:
    """What a look asked of both sides."""

    oracle: Meter = field(default_factory=Meter)
    lake: Meter = field(default_factory=Meter)

    @property
    def cost(self) -> Cost:
        """Return what it cost."""
        return Cost(self.oracle.statements, self.oracle.rows, self.lake.statements, self.lake.rows)


@dataclass
class Seen:
    """What a look has seen so far."""

    newest: Newest | None = None
    listing: Listing | None = None
    catalogs: Catalogs | None = None
    cells: list[Cell] = field(default_factory=list)

    def measured(self) -> Measured:
        """Return what a look that came to its end measured."""
        assert self.newest is not None
        assert self.catalogs is not None
        assert self.listing is not None
        return Measured(
            self.cells, self.newest, self.catalogs.schema, self.listing.has_null_partition
        )


@dataclass(frozen=True)
class Work:
    """What the partitions of one look are measured with."""

    catalogs: Catalogs
    source: Source
    table: LakeTable
    listing: Listing
    before: Before
    now: datetime
    pace: Pace

    def measure(self, partition: Partition) -> Cell:
        """Return the cell of a partition, down to its rows where the sides do not agree."""
        with of_partition(self.catalogs.sync, partition.key):
            return self.measured(partition)

    def measured(self, partition: Partition) -> Cell:
        """Return the cell of a partition. Raises what both sides raise."""
        sync = self.catalogs.sync
        here = self.source.measure(partition, self.catalogs.oracle_texts)
        rows, checksum, has_partition = 0, None, False
        if partition.key in set(self.listing.keys):
            rows, checksum, has_partition = self.table.measure(
                partition.key, self.catalogs.lake_texts
            )
        sides = Sides(here.rows, rows, has_partition, here.checksum, checksum)
        before = self.before.cells.get(partition.key)
        cell = make_cell(partition, sides, sync, self.now, before=before, confirm=self.pace.confirm)
        cell = replace(cell, files=self.listing.versions.get(partition.key, ""))
        oracle_texts, lake_texts = self.catalogs.oracle_texts, self.catalogs.lake_texts
        if not (cell.is_faulty and here.rows and rows and oracle_texts and lake_texts):
            return cell
        found = drill(
            self.source.side(partition, oracle_texts),
            self.table.side(partition.key, lake_texts),
            max(here.rows, rows),
        )
        return with_rows(cell, *found, sync, before=before, confirm=self.pace.confirm)


def asked_range(sync: Sync, partitions: Sequence[Partition], now: datetime) -> tuple[str, str]:
    """Return the first and the last key that the lake is asked for: the window, and what is open.

    The last day ends behind the clock, so that no partition of a far future hides the newest.
    """
    last = (now.astimezone(sync.zone) + timedelta(days=1)).date().isoformat()
    if sync.grain is Grain.HOUR:
        last += "T23"
    first = last
    if partitions:
        first = partitions[0].key
    return first, last


def newest_of_lake(sync: Sync, table: LakeTable, listing: Listing) -> datetime | None:
    """Return the newest row time of the lake, in UTC."""
    newest = table.newest(listing)
    if newest is None:
        return None
    return newest.replace(tzinfo=sync.lake_zone).astimezone(timezone.utc)


def failure_of(logger: logging.Logger, sync: Sync, error: Exception) -> CdcError:
    """Return why a sync was not measured. A bug is said: it is of this sync alone."""
    if isinstance(error, CdcError):
        return error
    logger.critical("%s: a bug: %s", sync.name, type(error).__name__, exc_info=error)
    return CdcError(f"a bug: {type(error).__name__}")


def report_failure(
    repeats: RepeatLimiter, logger: logging.Logger, sync: Sync, error: Exception
) -> CdcError:
    """Say once of a series that a sync was not measured, and return why."""
    failed = failure_of(logger, sync, error)
    repeats.failure(
        sync.name, logger, "%s: not measured: %s", sync.name, failed, level=logging.ERROR
    )
    return failed
