"""What of the monitor's own work can fail, by what the caller can do."""

from __future__ import annotations

from oracle_cdc.errors import CdcError, StoreUnavailable


class HistoryUnavailable(StoreUnavailable):
    """The history takes nothing now: a full disk, a file system that fails."""


class HistoryDamaged(HistoryUnavailable):
    """The history's file is no database any more: it is moved aside and begun anew."""


class NotComparable(CdcError):
    """A table can't be compared row by row: no key, or no column whose text both sides know."""
