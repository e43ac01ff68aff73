"""The pipeline of events: rows of a table beside what was published or set aside of them.

Oracle's rows are counted slice by slice behind the watermark, as the pipeline cuts them, and held
against its own tables in MariaDB. Nothing is written there, and no lock is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple

from oracle_cdc.errors import CdcError
from oracle_cdc.mariadb.database import Database as MariaDb
from oracle_cdc.mariadb.program_standing import Standing, count_aside, read_standing
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.row_shape import Findings, RowNames, RowShape, find_shape
from oracle_cdc.oracle.row_sql import LENGTHS, Share
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.relay.balance import Balance, Known, first_time, weigh
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import Slice
from oracle_cdc.running.clock import utc_now
from sync_monitor.metering import Meter
from sync_monitor.rules.stream_counts import Counts, Stretch
from sync_monitor.source.naming import naming
from sync_monitor.streams.seam import WHY_NOT, StreamUnknown

FAILED = "FAILED"
#: Stretches in which rows are missing that are named at most.
MOST_STRETCHES = 20
#: What is asked of MariaDB: the row and its tallies in one transaction, then two counts.
STORE_STATEMENTS = 4

#: Lends a connection of MariaDB for one look.
Stores = Callable[[], AbstractContextManager[MariaDb]]


class Relayed(NamedTuple):
    """Which rows are published, and under which name their progress is kept.

    Parameters:
        keep: how far behind the watermark rows are counted at each look.
        zone: in which the time column is written. None: the database's.
        patience: how long a copy that works writes nothing at most, and rows that were committed
            late are on their way.
    """

    program: str
    names: RowNames
    share: Share
    grid: Grid
    keep: timedelta
    zone: str | None
    patience: timedelta


class Events:
    """The pipeline of events."""

    def __init__(self, database: Database, stores: Stores, relayed: Relayed) -> None:
        self.database = database
        self.stores = stores
        self.relayed = relayed
        #: Of the table, as long as it can be counted.
        self.shape: RowShape | None = None

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Return what Oracle holds and what was handled of it.

        Oracle is asked one statement for each 400 slices. Raises StreamUnknown where the pipeline
        never ran, or its table can't be counted.
        """
        relayed = self.relayed
        with self.stores() as store:
            standing = read_standing(store, relayed.program, relayed.grid, relayed.keep)
            other.count(0)
            if standing is None or standing.ran_seconds_ago is None:
                raise StreamUnknown(
                    "STREAM-NEVER-RAN", f"events: nothing was published yet; {WHY_NOT}"
                )
            reached = standing.progress.watermark
            since = first_time(standing.progress, relayed.grid, relayed.keep)
            if reached is None or since is None:
                raise StreamUnknown("STREAM-NEVER-RAN", "events: there is no watermark yet")
            stretch = Slice(since, max(since, reached - relayed.patience))
            aside = count_aside(store, relayed.program, relayed.grid, stretch)
        other.statements += STORE_STATEMENTS - 1
        other.rows += len(standing.progress.tallies) + len(aside)
        known = Known(relayed.grid, standing.progress.tallies, aside)
        try:
            now, balance = self.weigh(known, stretch, oracle)
        except CdcError:
            self.shape = None
            raise
        return make_counts(standing, balance, now - reached, relayed.patience)

    def weigh(self, known: Known, stretch: Slice, oracle: Meter) -> tuple[datetime, Balance]:
        """Return Oracle's clock as its rows have it, and its rows beside what is known of them."""
        if self.shape is None:
            self.shape = self.find_shape(oracle)
        relayed = self.relayed
        source = TableSource(self.database, self.shape, share=relayed.share, time_zone=relayed.zone)
        slices = list(relayed.grid.cut(stretch.begin, stretch.end))
        with naming(relayed.names.shown):
            look = source.look(slices)
        oracle.statements += max(1, -(-len(slices) // LENGTHS[-1]))
        oracle.rows += len(slices)
        return look.now, weigh(slices, look.counts, known, waiting=0)

    def find_shape(self, oracle: Meter) -> RowShape:
        """Return the columns of the table. Raises StreamUnknown for one that can't be counted."""
        findings = Findings()
        with self.database.session() as session:
            shape = find_shape(session, self.relayed.names, findings)
        oracle.count(0)
        if shape is None:
            raise StreamUnknown("STREAM-TABLE", f"events: {'; '.join(findings.mistakes)}")
        return shape


def make_counts(
    standing: Standing, balance: Balance, behind: timedelta, patience: timedelta
) -> Counts:
    """Return what was found as counts.

    What stands behind the watermark and was never handled is missing. What the watermark has not
    reached is on its way, and shows as the lag.
    """
    age = timedelta(seconds=max(0.0, standing.ran_seconds_ago or 0.0))
    is_failed = (standing.status or "").upper() == FAILED
    stretches: list[Stretch] = []
    for short in balance.short[:MOST_STRETCHES]:
        stretches.append(Stretch(short.stretch.begin, short.stretch.end))
    return Counts(
        utc_now(),
        expected=balance.source,
        missing=balance.missing,
        lag=max(timedelta(0), behind),
        age=age,
        set_aside=standing.aside,
        is_stopped=age > patience or is_failed or standing.progress.is_paused,
        stretches=tuple(stretches),
    )
