"""What both catalogs say of each sync, kept for a day, and what can be compared of it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.errors import NotComparable
from sync_monitor.lake.seam import Lake, LakeTable, Listing
from sync_monitor.measurements import SchemaDifference
from sync_monitor.model import Column, Engine, Sync
from sync_monitor.rows.canonical import Expressions, expressions
from sync_monitor.rows.dialects import Dialect
from sync_monitor.rules.columns import compare_columns
from sync_monitor.source.catalog import SourceTable
from sync_monitor.source.tables import Pulse, Source

logger = logging.getLogger(__name__)

#: How long what both catalogs said is taken as true while nothing says otherwise.
CATALOG_AGE = timedelta(days=1)


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


class KnownCatalogs:
    """Keeps what both catalogs said of each sync."""

    def __init__(self, lakes: Mapping[Engine, Lake], repeats: RepeatLimiter) -> None:
        self.lakes = lakes
        self.repeats = repeats
        self.known: dict[str, Catalogs] = {}

    def forget(self, sync: Sync) -> None:
        """Ask both again with the next look."""
        self.known.pop(sync.name, None)

    def read(
        self, sync: Sync, source: Source, table: LakeTable, pulse: Pulse, listing: Listing
    ) -> Catalogs:
        """Return what both catalogs say: asked once a day, and when either table has changed."""
        shape = (pulse.shape, listing.keys[-1:])
        known = self.known.get(sync.name)
        if known is not None and known.shape == shape and pulse.now - known.read_at < CATALOG_AGE:
            return known
        compared_before: Collection[str] = ()
        if known is not None:
            compared_before = [column.name for column in known.columns]
        found = Catalogs(pulse.now, shape, source.describe(), sync)
        there = table.describe(listing)
        found = self.compare(found, there, table, compared_before)
        self.known[sync.name] = found
        return found

    def compare(
        self,
        found: Catalogs,
        there: Sequence[Column] | None,
        table: LakeTable,
        compared_before: Collection[str],
    ) -> Catalogs:
        """Return the catalogs with what can be compared of both."""
        keys = found.sync.keys or found.source.keys
        sync = replace(found.sync, keys=keys)
        if there is None:
            return replace(found, sync=sync, columns=found.source.columns)
        compared = compare_columns(found.source.columns, there, sync, compared_before)
        found = replace(found, sync=sync, columns=compared.columns, schema=compared.difference)
        charset = found.source.charset
        dialect = self.lakes[sync.engine].dialect
        try:
            return replace(
                found,
                oracle_texts=expressions(compared.columns, keys, Dialect.ORACLE, charset=charset),
                lake_texts=expressions(compared.columns, keys, dialect),
            )
        except NotComparable as error:
            self.repeats.failure(
                f"{sync.name} keys", logger, "%s: %s; they are counted", sync.name, error
            )
            return found
