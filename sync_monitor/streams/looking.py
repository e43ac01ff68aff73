"""Looks at streams: the same entry that a look at tables leaves behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from time import monotonic
from typing import NamedTuple

from oracle_cdc.errors import CdcError
from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.errors import code_of
from sync_monitor.looks.looked import Looked, failure_of, report_failure
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.metering import Meters
from sync_monitor.model import Sync
from sync_monitor.rules.conclusion import Before, conclude_failure
from sync_monitor.rules.stream_counts import Counts, conclude_counts
from sync_monitor.streams.seam import Stream

logger = logging.getLogger(__name__)


class Tried(NamedTuple):
    """What a stream said: its counts, or why there are none."""

    counted: Counts | None
    failed: CdcError | None = None


class StreamLooker:
    """Takes looks at streams.

    Parameters:
        streams: by the names of their syncs.
    """

    def __init__(
        self,
        streams: Mapping[str, Stream],
        pace: Pace,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.streams = streams
        self.pace = pace
        self.clock = clock
        self.repeats = RepeatLimiter()

    def look(self, sync: Sync, before: Before, asked: Asked) -> Looked:
        """Ask a stream. Whatever it does, it returns a look."""
        began, start = self.clock(), monotonic()
        meters = Meters()
        try:
            counted = self.streams[sync.name].count(meters.oracle, meters.lake)
            taken = self.pace.taken(began, start, asked, meters)
            entry = conclude_counts(sync, before, counted, taken)
        except Exception as error:
            # It is of this sync alone: the others are looked at.
            failed = report_failure(self.repeats, logger, sync, error)
            taken = self.pace.taken(began, start, asked, meters)
            entry = conclude_failure(sync, before, code_of(failed), taken)
            return Looked(entry, failure=failed)
        self.repeats.recovered(sync.name)
        return Looked(entry, counts=counted)

    def ask(self, sync: Sync) -> Tried:
        """Return what a stream says, or why it says nothing, outside of looks."""
        meters = Meters()
        try:
            return Tried(self.streams[sync.name].count(meters.oracle, meters.lake))
        except Exception as error:
            return Tried(None, failure_of(logger, sync, error))
