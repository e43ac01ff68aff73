"""How long things took: a histogram that any thread may add to."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Sequence

#: Upper ends of the buckets, in seconds: from a round trip in the same room to a call's time-out.
BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Durations:
    """Counts by bucket, and the sum of all seconds."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts = [0] * (len(BUCKETS_SECONDS) + 1)
        self.total_seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one more that took these seconds."""
        with self.lock:
            self.counts[bisect_left(BUCKETS_SECONDS, seconds)] += 1
            self.total_seconds += seconds

    def read(self) -> tuple[Sequence[int], float]:
        """Return how many took at most each of BUCKETS_SECONDS, then how many at all, and their
        sum.

        The sum is in seconds.
        """
        with self.lock:
            counts, total_seconds = list(self.counts), self.total_seconds
        for number in range(1, len(counts)):
            counts[number] += counts[number - 1]
        return counts, total_seconds

    def include(self, other: Durations) -> None:
        """Count all that others counted, too."""
        with other.lock:
            counts, total_seconds = list(other.counts), other.total_seconds
        with self.lock:
            for number, count in enumerate(counts):
                self.counts[number] += count
            self.total_seconds += total_seconds
