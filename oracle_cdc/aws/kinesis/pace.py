"""When a shard may be read again."""

from __future__ import annotations

from dataclasses import dataclass

from oracle_cdc.aws.kinesis.limits import READ_BYTES_PER_SECOND, READ_SECONDS


@dataclass(frozen=True)
class Pace:
    """Keeps the reading of one shard within what Kinesis allows, on the clock of whoever reads.

    next_at: the earliest moment of the next request, on that clock, in seconds.
    """

    next_at: float = 0.0

    def wait_seconds(self, now: float) -> float:
        """Return how long to wait from now."""
        return max(0.0, self.next_at - now)

    def after_read(self, asked_at: float, size_bytes: int) -> Pace:
        """Return the pace once a request is answered.

        Parameters:
            asked_at: when the request was made.
            size_bytes: of the records that came.
        """
        return Pace(asked_at + max(READ_SECONDS, size_bytes / READ_BYTES_PER_SECOND))
