"""Both sides asked outside of looks: for `check`, and for one partition now."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sync_monitor.lake.seam import LakeTable, Listing
from sync_monitor.looks.catalogs import Catalogs
from sync_monitor.looks.looking import Looker
from sync_monitor.looks.measuring import Measuring
from sync_monitor.measurements import Cell, Partition
from sync_monitor.metering import Meters
from sync_monitor.model import Sync
from sync_monitor.rules.conclusion import Before
from sync_monitor.rules.periods import asked_range, window
from sync_monitor.source.tables import Source


class Tried(NamedTuple):
    """What both sides said where no row was asked for. `now` is the database's clock."""

    now: datetime
    listing: Listing
    catalogs: Catalogs


def drill_now(looker: Looker, sync: Sync, partition: Partition) -> tuple[Cell, tuple[str, ...]]:
    """Compare a partition now, whatever is known of it: its cell, and columns not compared.

    Raises CdcError.
    """
    meters = Meters()
    source = Source(looker.sessions, sync, meters.oracle)
    with closing(looker.lakes[sync.engine].open(sync, meters.lake)) as table:
        tried = try_tables(looker, sync, source, table, partition)
        found = tried.catalogs
        pace = replace(looker.pace, confirm=timedelta(0))
        measuring = Measuring(found, source, table, tried.listing, Before(), tried.now, pace)
        left_out: tuple[str, ...] = ()
        if found.oracle_texts is not None:
            left_out = found.oracle_texts.not_compared
        return measuring.measure(partition), left_out


def try_both(looker: Looker, sync: Sync) -> Tried:
    """Ask both sides what a look needs, but for rows. Raises CdcError."""
    meters = Meters()
    source = Source(looker.sessions, sync, meters.oracle)
    with closing(looker.lakes[sync.engine].open(sync, meters.lake)) as table:
        return try_tables(looker, sync, source, table)


def try_tables(
    looker: Looker, sync: Sync, source: Source, table: LakeTable, partition: Partition | None = None
) -> Tried:
    """Ask both sides about a partition, or about the window."""
    pulse = source.pulse()
    asked = asked_range(sync, window(pulse.now, sync), pulse.now)
    if partition is not None:
        asked = (partition.key, partition.key)
    listing = table.partitions(*asked)
    looker.catalogs.forget(sync)
    catalogs = looker.catalogs.read(sync, source, table, pulse, listing)
    return Tried(pulse.now, listing, catalogs)
