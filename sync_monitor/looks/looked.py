"""What a look came to, and why one measured nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from oracle_cdc.errors import CdcError
from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.lake.seam import Listing
from sync_monitor.looks.catalogs import Catalogs
from sync_monitor.measurements import Newest
from sync_monitor.model import Sync
from sync_monitor.records import Entry
from sync_monitor.rules.stream_counts import Counts


@dataclass(frozen=True)
class Looked:
    """What a look came to: what the history takes, and what triage knows beside it.

    Parameters:
        newest, listing, catalogs: None where the look failed before.
        counts: of a stream that said something.
        failure: why nothing was measured, None where it was.
    """

    entry: Entry
    newest: Newest | None = None
    listing: Listing | None = None
    catalogs: Catalogs | None = None
    counts: Counts | None = None
    failure: CdcError | None = None


def failure_of(logger: logging.Logger, sync: Sync, error: Exception) -> CdcError:
    """Return why a sync was not measured. A bug is said: it is of this sync alone."""
    if isinstance(error, CdcError):
        return error
    logger.critical("%s: a bug: %s", sync.name, type(error).__name__, exc_info=error)
    return CdcError(f"a bug: {type(error).__name__}")


def report_failure(
    repeats: RepeatLimiter, logger: logging.Logger, sync: Sync, error: Exception
) -> CdcError:
    """Say once of a series that a sync was not measured, and return why."""
    failed = failure_of(logger, sync, error)
    repeats.failure(
        sync.name, logger, "%s: not measured: %s", sync.name, failed, level=logging.ERROR
    )
    return failed
