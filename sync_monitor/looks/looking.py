"""A look: both sides asked about one sync, and all that it leaves behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from time import monotonic

from oracle_cdc.errors import CdcError
from oracle_cdc.running.privacy import escape
from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.errors import code_of
from sync_monitor.lake.seam import NULL_PARTITION, Lake, LakeTable, Listing
from sync_monitor.looks.catalogs import Catalogs, KnownCatalogs
from sync_monitor.looks.looked import Looked, report_failure
from sync_monitor.looks.measuring import Measuring
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.measurements import Cell, Newest
from sync_monitor.metering import Meters
from sync_monitor.model import Engine, Sync
from sync_monitor.rules.conclusion import Before, Measured, conclude, conclude_failure
from sync_monitor.rules.periods import asked_range, strays, window
from sync_monitor.rules.rechecks import due_partitions, within_budget
from sync_monitor.source.tables import Sessions, Source

logger = logging.getLogger(__name__)


@dataclass
class LookSoFar:
    """What a look has seen of both sides so far."""

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


class Looker:
    """Takes looks. Several threads may, each at another sync.

    Parameters:
        sessions: lends one session of Oracle.
        lakes: what reads each engine's tables.
        clock: the time, for how long a look took and when it began.
    """

    def __init__(
        self,
        sessions: Sessions,
        lakes: Mapping[Engine, Lake],
        pace: Pace,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.sessions = sessions
        self.lakes = lakes
        self.pace = pace
        self.clock = clock
        self.repeats = RepeatLimiter()
        self.catalogs = KnownCatalogs(lakes, self.repeats)
        #: What looks measured of each sync that failed, since the last one that did not.
        self.kept: dict[str, set[str]] = {}

    def look(self, sync: Sync, before: Before, asked: Asked) -> Looked:
        """Measure both sides of a sync. Whatever either side does, it returns a look."""
        began, start = self.clock(), monotonic()
        meters = Meters()
        seen = LookSoFar()
        failed: CdcError | None = None
        try:
            self.measure(sync, before, meters, seen, asked)
            taken = self.pace.taken(began, start, asked, meters)
            entry = conclude(sync, before, seen.measured(), taken)
        except Exception as error:
            # It is of this sync alone: the others are looked at.
            failed = report_failure(self.repeats, logger, sync, error)
            self.catalogs.forget(sync)
            taken = self.pace.taken(began, start, asked, meters)
            entry = conclude_failure(sync, before, code_of(failed), taken, seen.cells)
            kept = self.kept.setdefault(sync.name, set())
            kept.update(cell.partition.key for cell in seen.cells)
        else:
            self.kept.pop(sync.name, None)
            self.repeats.recovered(sync.name)
        return Looked(entry, seen.newest, seen.listing, seen.catalogs, failure=failed)

    def measure(
        self, sync: Sync, before: Before, meters: Meters, seen: LookSoFar, asked: Asked
    ) -> None:
        """Fill in what is seen of both sides. Raises CdcError."""
        lake = self.lakes[sync.engine]
        source = Source(self.sessions, sync, meters.oracle)
        with closing(lake.open(sync, meters.lake)) as table:
            pulse = source.pulse()
            partitions = window(pulse.now, sync)
            listing = table.partitions(*asked_range(sync, partitions, pulse.now))
            seen.listing = listing
            self.report_others(sync, listing)
            seen.newest = Newest(
                pulse.newest,
                newest_of_lake(sync, table, listing),
                pulse.now,
                pulse.has_future_rows,
            )
            seen.catalogs = self.catalogs.read(sync, source, table, pulse, listing)
            changed = changed_in_lake(before.cells, listing)
            kept = self.kept.get(sync.name, ())
            due = due_partitions(
                partitions,
                before.cells,
                pulse.now,
                sync,
                changed=changed,
                kept=kept,
                is_of_all=asked.is_of_all,
            )
            measuring = Measuring(
                seen.catalogs, source, table, listing, before, pulse.now, self.pace
            )
            budget = self.pace.row_budget(asked)
            for each in within_budget(due, budget):
                cell = measuring.measure(each.partition)
                seen.cells.append(cell)
                budget -= cell.oracle_rows or 0
                if budget <= 0:
                    break

    def report_others(self, sync: Sync, listing: Listing) -> None:
        """Say what lies beside the partitions, where it is rows that belong to no day."""
        self.report_strays(sync, listing)
        topic = f"{sync.name} others"
        if listing.has_null_partition:
            self.repeats.failure(
                topic,
                logger,
                "%s: %s is there: rows whose %s is NULL are in no figure",
                sync.name,
                NULL_PARTITION,
                sync.partition_column,
            )
        else:
            self.repeats.recovered(topic)

    def report_strays(self, sync: Sync, listing: Listing) -> None:
        """Say which partitions no day or hour has the name of."""
        topic = f"{sync.name} strays"
        if found := strays(listing.keys, sync.grain):
            self.repeats.failure(
                topic,
                logger,
                "%s: %s=%s is no %s: its rows are in no figure; partitions like it: %s",
                sync.name,
                sync.partition_column,
                escape(found[0]),
                sync.grain.value,
                len(found),
            )
        else:
            self.repeats.recovered(topic)


def newest_of_lake(sync: Sync, table: LakeTable, listing: Listing) -> datetime | None:
    """Return the newest row time of the lake, in UTC."""
    newest = table.newest(listing)
    if newest is None:
        return None
    return newest.replace(tzinfo=sync.lake_zone).astimezone(timezone.utc)


def changed_in_lake(cells: Mapping[str, Cell], listing: Listing) -> set[str]:
    """Return the partitions that are not in the lake as they were when they were measured.

    They came or are gone, or their files are others, whoever measured them.
    """
    there = set(listing.keys)
    found: set[str] = set()
    for key, cell in cells.items():
        is_other = cell.files != listing.versions.get(key, "")
        if is_other or cell.has_partition is not (key in there):
            found.add(key)
    return found
