"""What is declared: syncs, their limits and promises, and the words that everything uses.

Every value is frozen. Moments are aware and in UTC unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

UTC_ZONE = ZoneInfo("UTC")
#: The kinds of streams that this product carries itself.
PIPELINES = ("conversations", "events", "changes", "processor")


class Severity(str, Enum):
    """How a sync is. UNKNOWN is a state of its own: not measured, so neither good nor bad."""

    OK = "OK"
    WARNING = "WARNING"
    UNKNOWN = "UNKNOWN"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """Return its place from the best to the worst."""
        return RANKS[self]


RANKS = {severity: place for place, severity in enumerate(Severity)}


def worst(severities: tuple[Severity, ...]) -> Severity:
    """Return the worst of some, OK of none."""
    return max(severities, key=lambda each: each.rank, default=Severity.OK)


class Grain(str, Enum):
    """How long a partition is."""

    DAY = "day"
    HOUR = "hour"


class Engine(str, Enum):
    """What reads the lake."""

    DUCKDB = "duckdb"
    HIVE = "hive"
    TRINO = "trino"


class Deletes(str, Enum):
    """What becomes in the lake of rows that Oracle deletes."""

    #: They go there too, so what remains is a fault.
    PROPAGATE = "propagate"
    #: They stay there, so what remains is information.
    KEEP = "keep"


class Bound(str, Enum):
    """Whether a figure is the number itself or a number that it is not below."""

    EXACT = "exact"
    AT_LEAST = "at_least"


class Kind(str, Enum):
    """The types of columns that have the same text on both sides. OTHER has none."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    CHAR = "char"
    TIMESTAMP = "timestamp"
    OTHER = "other"


@dataclass(frozen=True)
class Column:
    """A column as both catalogs have it.

    Parameters:
        name: as Oracle keeps it.
        kind: how its text is made.
        scale: digits behind the point of a DECIMAL.
        lake_name: as the lake keeps it. Empty: the same in lower case.
        text_bytes: of its longest text in UTF-8.
    """

    name: str
    kind: Kind
    scale: int = 0
    lake_name: str = ""
    text_bytes: int = 40

    @property
    def in_lake(self) -> str:
        """Return its name in the lake."""
        return self.lake_name or self.name.lower()


@dataclass(frozen=True)
class Promise:
    """Until when a partition must be in the lake.

    Parameters:
        at: a time of the next day, in the zone of the partitions. None: `after` counts.
        after: how long behind the partition's end.
    """

    at: time | None = None
    after: timedelta = timedelta(0)


@dataclass(frozen=True)
class Limits:
    """From where on a figure is a warning or critical: at the limit itself it is."""

    warning_gap_percent: Decimal = Decimal(1)
    critical_gap_percent: Decimal = Decimal(5)
    warning_lag: timedelta = timedelta(hours=4)
    critical_lag: timedelta = timedelta(hours=8)


@dataclass(frozen=True)
class Sync:
    """A pair of tables that should hold the same rows, with its rules.

    Parameters:
        name: by which people and pages know it, unique.
        source: the table in Oracle, such as SALES.ORDERS.
        target: the table, or the directory, in the lake.
        time_column: the column of Oracle by which rows fall into partitions.
        partition_column: what the lake is partitioned by.
        keys: the columns of the primary key. Empty: rows are counted, never compared.
        zone: whose days and hours the partitions are.
        source_zone: what Oracle's plain TIMESTAMPs are in.
        lake_zone: what the lake's plain timestamps are in.
        settle: how long rows may still reach their own partition after its end.
        window_days: how far back the figures reach.
        may_be_empty: 0 rows on both sides are no doubt.
        expect_rows_every: rows that are older are a warning. None: an idle source is well.
        loader: what fills the lake. Syncs of one loader stop together.
        owner: who is asked about its data.
        grants_to: who can grant what is missing.
        goal_percent: the share of time, or of partitions, that is promised.
        stream: its kind, where it is no table but a stream that is counted as a whole.
        keys_are_private: no key stands in a text that a person copies.
    """

    name: str
    source: str
    target: str
    time_column: str
    engine: Engine = Engine.DUCKDB
    partition_column: str = "dt"
    keys: tuple[str, ...] = ()
    grain: Grain = Grain.DAY
    zone: ZoneInfo = UTC_ZONE
    source_zone: ZoneInfo = UTC_ZONE
    lake_zone: ZoneInfo = UTC_ZONE
    promise: Promise = field(default_factory=lambda: Promise(at=time(6)))
    settle: timedelta = timedelta(hours=2)
    window_days: int = 30
    limits: Limits = field(default_factory=Limits)
    deletes: Deletes = Deletes.PROPAGATE
    may_be_empty: bool = False
    expect_rows_every: timedelta | None = None
    loader: str = ""
    owner: str = ""
    grants_to: str = ""
    goal_percent: Decimal = Decimal(99)
    keys_are_private: bool = True
    stream: str = ""

    @property
    def is_pipeline(self) -> bool:
        """Return whether it is a stream that this product carries itself."""
        return self.stream in PIPELINES
