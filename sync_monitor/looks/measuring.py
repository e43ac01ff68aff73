"""How one partition is measured: counts and checksums of both sides, and rows where they differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sync_monitor.lake.naming import of_partition
from sync_monitor.lake.seam import LakeTable, Listing
from sync_monitor.looks.catalogs import Catalogs
from sync_monitor.looks.pace import Pace
from sync_monitor.measurements import Cell, Partition, Sides
from sync_monitor.rows.drill import drill
from sync_monitor.rules.cells import make_cell, with_rows
from sync_monitor.rules.conclusion import Before
from sync_monitor.source.tables import Source


@dataclass(frozen=True)
class Measuring:
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
