"""What a runbook is made of, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sync_monitor.measurements import Partition
from sync_monitor.model import Column, Sync
from sync_monitor.rows.dialects import Dialect
from sync_monitor.verdicts import Issue


@dataclass(frozen=True)
class Repair:
    """A confirmed issue of a partition, and how the lake's engine names both sides.

    Parameters:
        run_id: of the look that measured it.
        void_after: when a look must have found it again.
        columns: that both catalogs have, in the lake's order.
        source_name: the table of Oracle as the engine reads it, such as oracle.sales.orders.
        lake_name: the table of the lake, or the directory that DuckDB reads.
        lake_value: what the partition's column has. Empty: the partition's key.
        is_text: the partition's column is a text, not a DATE.
        is_unregistered: files of the partition lie in the lake, which does not know them.
        staged_name: the directory in which they lie, where DuckDB reads the lake.
        is_shifted: what partitions lack is in their neighbours.
    """

    sync: Sync
    issue: Issue
    partition: Partition
    run_id: int
    measured_at: datetime
    void_after: datetime
    oracle_rows: int
    lake_rows: int
    columns: tuple[Column, ...]
    dialect: Dialect
    source_name: str
    lake_name: str
    lake_value: str = ""
    is_text: bool = False
    is_unregistered: bool = False
    staged_name: str = ""
    is_shifted: bool = False

    @property
    def value(self) -> str:
        """Return what the partition's column has."""
        return self.lake_value or self.partition.key


@dataclass(frozen=True)
class Runbook:
    """What a person runs, in this order.

    Parameters:
        head: comments: what was measured and when, and what to think of first.
        statements: without semicolons.
        check: shows whether both sides agree then.
    """

    issue: int | None
    dialect: Dialect
    head: tuple[str, ...]
    statements: tuple[str, ...]
    check: str

    @property
    def text(self) -> str:
        """Return all of it, as it is copied."""
        lines = [f"-- {line}" for line in self.head]
        for statement in (*self.statements, self.check):
            lines.append(f"{statement};")
        return "\n".join(lines) + "\n"
