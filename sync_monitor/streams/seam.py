"""What a stream is: something that says how much should be there, and how much is."""

from __future__ import annotations

from typing import Protocol

from sync_monitor.errors import SideUnusable
from sync_monitor.metering import Meter
from sync_monitor.rules.stream_counts import Counts

#: What to do about a pipeline that says nothing.
WHY_NOT = "is `run` up? `status` says why not"


class StreamUnknown(SideUnusable):
    """A stream says nothing that counts, such as an old heartbeat, so that nothing is known."""


class Stream(Protocol):
    """One stream."""

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Ask it, counting what is asked of Oracle and of others. Raises CdcError."""
