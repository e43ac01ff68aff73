"""What one copy may read and try of calls, and how long a call waits after a failure of its own."""

from __future__ import annotations

from dataclasses import dataclass

from oracle_cdc.conversations.rules.claims import Candidate
from oracle_cdc.running.retrying import Doubling


@dataclass(frozen=True)
class Limits:
    """What one copy may read, wait for and try.

    Parameters:
        max_batch_bytes: of conversations in memory at a time.
        max_attempts: failures of one call until it is set aside.
    """

    max_batch_bytes: int
    max_attempts: int
    request_seconds: float
    waits: Doubling
    keep_failed_messages: bool

    def is_last_attempt(self, candidate: Candidate) -> bool:
        """Return whether one more failure of its own is the last that a call is allowed."""
        return candidate.attempts + 1 >= self.max_attempts

    def wait_seconds(self, candidate: Candidate) -> float:
        """Return the seconds that a call waits after one more failure."""
        return self.waits.after(candidate.attempts)
