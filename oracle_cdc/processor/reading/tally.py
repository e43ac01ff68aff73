"""What a copy has processed since it was last written down, for people."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from oracle_cdc.aws.dynamodb.states import StateManager
from oracle_cdc.running.clock import utc_now


class Tally:
    """Adds up records, and writes the sum from time to time. Several threads may add to it.

    Parameters:
        processor: under whose name it is kept.
    """

    def __init__(
        self, states: StateManager, processor: str, utc: Callable[[], datetime] = utc_now
    ) -> None:
        self.states = states
        self.processor = processor
        self.utc = utc
        self.lock = threading.Lock()
        self.count = 0
        self.sequence = ""

    def add(self, count: int, sequence: str) -> None:
        """Count settled records, the last of which is this one."""
        with self.lock:
            self.count += count
            self.sequence = sequence

    def write(self) -> None:
        """Write down what was added since. Raises what DynamoDB raises, and then it is not counted:
        it may have been written.
        """
        with self.lock:
            count, self.count = self.count, 0
            sequence = self.sequence
        if count:
            at = f"{self.utc():%Y-%m-%dT%H:%M:%SZ}"
            self.states.add(self.processor, count=count, sequence=sequence, at=at)
