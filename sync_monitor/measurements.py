"""Measurements: partitions, cells, differences, figures.

Rows are whole numbers. A figure that was not measured is None, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from sync_monitor.model import Bound


class Level(str, Enum):
    """How thoroughly a partition was compared."""

    COUNTS = "counts"
    CHECKSUM = "checksum"
    KEYS = "keys"


class CellState(str, Enum):
    """How a partition is."""

    OK = "ok"
    #: Whole, but not by its promise.
    LATE = "late"
    ROWS_MISSING = "rows_missing"
    NO_PARTITION = "no_partition"
    EXTRA = "extra"
    CHANGED = "changed"
    #: Its day may still get rows.
    NOT_SETTLED = "not_settled"
    #: Settled, and its promise has not passed.
    AWAITED = "awaited"
    NOT_MEASURED = "not_measured"


FAULTS = (
    CellState.NO_PARTITION,
    CellState.ROWS_MISSING,
    CellState.EXTRA,
    CellState.CHANGED,
)
#: What the figures do not count.
UNJUDGED = (CellState.NOT_SETTLED, CellState.AWAITED, CellState.NOT_MEASURED)


@dataclass(frozen=True, slots=True)
class Partition:
    """A day or an hour of a zone: [begin, end), both in UTC.

    Parameters:
        key: such as 2026-11-23 or 2026-11-23T05, as the zone's clocks show it.
    """

    key: str
    begin: datetime
    end: datetime

    @property
    def day(self) -> date:
        """Return the day, as the zone's calendar has it."""
        return date.fromisoformat(self.key[:10])


@dataclass(frozen=True)
class Bounds:
    """[begin, end) as plain timestamps of one side, from which its statement is made."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Differences:
    """What two sides of a partition do not share, in rows with their multiplicity.

    Parameters:
        missing: in Oracle and not in the lake.
        extra: in the lake and not in Oracle, further copies of a row among them.
        changed: on both sides, with other contents. None: the rows were not compared.
        doubled: further copies in the lake, with equal contents or not.
        compared: on both sides, so that their contents could be compared.
        without_key: rows of both sides whose key has no value at all.
        has_other_sum: the checksums differ, and no row was looked for yet.
    """

    missing: int
    extra: int
    changed: int | None = None
    doubled: int | None = None
    compared: int | None = None
    without_key: int = 0
    bound: Bound = Bound.EXACT
    has_other_sum: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one partition.

    Parameters:
        has_partition: whether the lake has it at all, with rows or without.
        level: how thoroughly it was compared.
        differs_since: since when it is seen to be faulty. None: it is not.
        is_confirmed: a second look found it faulty again.
        whole_at: when a look first found no row missing. None: not yet, or nobody looked in time.
        buckets: of the keys that differ, of all buckets. None: not looked for.
        files: what changes when the partition's files do, as a listing had it before it was
            measured. Empty: the lake says none.
    """

    partition: Partition
    state: CellState
    checked_at: datetime | None = None
    oracle_rows: int | None = None
    lake_rows: int | None = None
    has_partition: bool = False
    level: Level = Level.COUNTS
    differences: Differences | None = None
    differs_since: datetime | None = None
    is_confirmed: bool = False
    whole_at: datetime | None = None
    buckets: tuple[int, int] | None = None
    files: str = ""

    @property
    def is_judged(self) -> bool:
        """Return whether the figures count it: measured, settled, its promise passed."""
        return self.differences is not None and self.state not in UNJUDGED

    @property
    def is_faulty(self) -> bool:
        """Return whether the sides do not agree as they should."""
        return self.state in FAULTS


@dataclass(frozen=True)
class Sides:
    """What both sides said of one partition.

    Parameters:
        lake_rows: 0 where the lake has no such partition.
        has_partition: whether the lake has it, empty or not.
        oracle_sum: of the rows' checksums. None: not asked for.
        lake_sum: likewise.
    """

    oracle_rows: int
    lake_rows: int
    has_partition: bool = True
    oracle_sum: int | None = None
    lake_sum: int | None = None

    @property
    def have_sums(self) -> bool:
        """Return whether both sides gave checksums, which no row at all has none of."""
        return self.oracle_sum is not None and self.lake_sum is not None


@dataclass(frozen=True)
class Newest:
    """The newest row times of both sides, in UTC, with the database's clock.

    Parameters:
        oracle: newest row of Oracle that is not ahead of the clock. None: no row.
        lake: the same of the lake.
        has_future_rows: rows further ahead than clocks differ, which count for nothing.
    """

    oracle: datetime | None
    lake: datetime | None
    now: datetime
    has_future_rows: bool = False


@dataclass(frozen=True)
class SchemaDifference:
    """The columns of both catalogs beside each other.

    Parameters:
        column_count: columns of Oracle.
        missing: columns that the lake has not.
        retyped: columns whose types have not the same text.
        is_compared: one of them is a key, or a column that checksums are made of.
    """

    column_count: int
    missing: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()
    is_compared: bool = False

    @property
    def agreeing(self) -> int:
        """Return how many columns are the same."""
        return self.column_count - len(self.missing) - len(self.retyped)


@dataclass(frozen=True)
class Ratio:
    """How many of how many. Of none it says nothing."""

    good: int
    total: int

    @property
    def percent_floor(self) -> int:
        """Return whole percent, rounded down: 99.9998 is 99."""
        return 100 * self.good // self.total


@dataclass(frozen=True)
class Quality:
    """The measured ratios by their names, and the smallest of them.

    Parameters:
        ratios: name -> what was measured, None for what was not.
        score: 0 to 100, None without completeness.
    """

    ratios: tuple[tuple[str, Ratio | None], ...]
    score: int | None

    @property
    def measured_count(self) -> int:
        """Return how many of the ratios were measured."""
        return len(self.ratios) - sum(ratio is None for _, ratio in self.ratios)


@dataclass(frozen=True)
class Figures:
    """The figures of a look, over the judged partitions.

    Parameters:
        lake_count, sync_gap, extra_rows: None of a stream that does not count these.
        sync_gap: rows that the lake lacks, summed over partitions.
        bound: of sync_gap and extra_rows.
        gap_percentage: two decimals, half up. None where Oracle has no row.
        lag: newest row of Oracle minus newest of the lake. None: one side has no row.
        age: the database's clock minus the newest row of the lake.
        missing_partitions: their keys, ascending.
        unconfirmed_rows: of gap, extra and changed, what one look alone has seen.
        confirmed_gap: of sync_gap, what a second look has seen too.
        confirmed_extra, confirmed_changed: likewise.
        confirmed_missing: the missing partitions that a second look missed too.
        late_partitions: whole, but not by their promise.
        judged_count: the partitions that all of this is of.
        unmeasured_count: the promised partitions of the window that none of this is of.
        confirmed_other: the partitions that a second look, too, found with other contents, in
            however few of the rows that were compared.
        is_lag_unknown: Oracle has rows in the window, and nothing says how far the lake is behind.
        has_null_partition: the lake has rows that belong to no partition, so to no figure.
        expected_low: Oracle itself holds less than half of what such days have.
    """

    oracle_count: int
    lake_count: int | None
    sync_gap: int | None
    extra_rows: int | None
    changed_rows: int | None
    bound: Bound
    gap_percentage: Decimal | None
    lag: timedelta | None
    age: timedelta | None
    missing_partitions: tuple[str, ...]
    unconfirmed_rows: int
    confirmed_gap: int
    confirmed_extra: int
    confirmed_changed: int
    confirmed_missing: tuple[str, ...]
    late_partitions: tuple[str, ...]
    judged_count: int
    quality: Quality
    has_future_rows: bool = False
    expected_low: tuple[str, ...] = ()
    unmeasured_count: int = 0
    confirmed_other: tuple[str, ...] = ()
    is_lag_unknown: bool = False
    has_null_partition: bool = False

    @property
    def promised_count(self) -> int:
        """Return how many partitions all of this should be of."""
        return self.judged_count + self.unmeasured_count

    @property
    def are_empty(self) -> bool:
        """Return whether neither side has a row."""
        return not (self.oracle_count or self.lake_count)
