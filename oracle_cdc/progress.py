"""What the service has done so far: counters, the moments of its loops, and the statistics block."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

RULER = "=" * 48


@dataclass
class LoopMoments:
    """When a loop last ended a step, and when one last succeeded, on the monotonic clock."""

    stepped_at: float
    succeeded_at: float


class Progress:
    """Counts since the start of the process; any thread may call it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.started_at = clock()
        self.lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.loops: dict[str, LoopMoments] = {}
        self.last_cycle_at: datetime | None = None

    def add(self, **counts: int) -> None:
        """Add to counters: sent, rejected, failed, refused, received, written, outdated, unmatched, set_aside."""
        with self.lock:
            self.counts.update(counts)

    def cycle_done(self, ended_at: datetime) -> int:
        """Count one outbound cycle; the number of cycles so far."""
        with self.lock:
            self.last_cycle_at = ended_at
            self.counts["cycles"] += 1
            return self.counts["cycles"]

    def stepped(self, loop: str, *, succeeded: bool) -> None:
        """A loop ended a step."""
        now = self.clock()
        with self.lock:
            moments = self.loops.setdefault(loop, LoopMoments(now, self.started_at))
            moments.stepped_at = now
            if succeeded:
                moments.succeeded_at = now

    def statistics(self) -> str:
        """The block of the log that CONTRACT section 6 describes."""
        counts = self.counts
        lines = [
            "📊 CDC SERVICE STATISTICS",
            RULER,
            f"Uptime: {timedelta(seconds=self.clock() - self.started_at)}",
            f"Cycles completed: {counts['cycles']}",
            f"Calls processed: {counts['sent'] + counts['rejected']}",
            f"Calls failed: {counts['failed']}",
            f"SQS sent: {counts['sent']}",
            f"SQS failed: {counts['refused']}",
            f"ML results received: {counts['received']}",
            f"ML results written: {counts['written']}",
            f"Last cycle: {self.last_cycle_at:%Y-%m-%d %H:%M:%S}" if self.last_cycle_at else "Last cycle: none yet",
            RULER,
        ]
        return "\n".join(lines)
