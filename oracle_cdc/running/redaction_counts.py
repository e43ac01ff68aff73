"""What was marked as personal, counted and logged by its kind, never with what it was."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

#: Begins the names of the counters.
REDACTED = "redacted_"


def count_marks(marks: Mapping[str, int], progress: Progress, where: str) -> None:
    """Count and log marks by the names of their kinds, where there are any."""
    counts = {f"{REDACTED}{kind}": count for kind, count in marks.items()}
    if not counts:
        return
    progress.add(**counts)
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(marks.items()))
    logger.info("redacted in %s: %s", where, listed)
