"""A watermark in two tables, one of which people change, and what the two say together.

Pure rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from oracle_cdc.errors import StoreConfigurationError
from oracle_cdc.mariadb.database import Record
from oracle_cdc.relay.slices import FIRST
from oracle_cdc.relay.values import Progress


class Mark(NamedTuple):
    """A watermark as it stands in ETL_PRMREC, without its fraction, and exactly in ETL_SLICES."""

    floored: datetime | None = None
    exact: datetime | None = None

    @property
    def is_moved(self) -> bool:
        """Return whether a person moved it, or another program made the row."""
        return self.floored != floored(self.exact)

    @property
    def wrong_after(self) -> datetime:
        """Return after which time the slices are wrong, because a person moved it.

        Those behind a watermark that was set back stay as they are.
        """
        if self.floored and self.exact and self.floored < self.exact:
            return self.floored
        return FIRST


def floored(time: datetime | None) -> datetime | None:
    """Return a time without its fraction, never the next second. MySQL would round it up."""
    if time is None:
        return None
    return time.replace(microsecond=0)


def make_mark(watermark: datetime | None) -> Mark:
    """Return a watermark as it is written."""
    return Mark(floored(watermark), watermark)


def read_mark(row: Record, program: str) -> Mark:
    """Return the watermark of a row.

    Raises StoreConfigurationError where a person wrote what is no time.
    """
    for value in (row["STORED"], row["WATERMARK"], row["COVERAGE"]):
        if value is not None and not isinstance(value, datetime):
            raise StoreConfigurationError(
                f"ETL_PRMREC: LAST_SUCCESSFUL_TIME of {program} is no time; "
                "set it to one, or to NULL to begin anew"
            )
    return Mark(row["STORED"], row["WATERMARK"])


def read_progress(row: Record, mark: Mark, tallies: Mapping[datetime, int]) -> Progress:
    """Return the progress of a row, whoever wrote it."""
    records = max(0, int(row["RECORDS"] or 0))
    is_paused = bool(row["IS_PAUSED"])
    if mark.floored is None:
        return Progress(None, records=records, is_paused=is_paused)
    watermark = max(mark.floored, FIRST)
    if mark.exact is None:
        # Another program, or a person, made the row: what was before is none of ours.
        return Progress(watermark, watermark, {}, records, is_paused)
    if mark.is_moved:
        coverage = row["COVERAGE"]
        return Progress(watermark, coverage, tallies, records, is_paused, mark.exact)
    return Progress(mark.exact, row["COVERAGE"], tallies, records, is_paused)
