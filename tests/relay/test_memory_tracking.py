"""The store in memory does what every store does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from tests.relay.doubles import MemoryTracking
from tests.relay.tracking_contract import TrackingContract


class MemorySite:
    """A store in memory."""

    program = "TEST"

    def __init__(self) -> None:
        self.tracking = MemoryTracking()

    def another(self) -> MemoryTracking:
        former = self.tracking
        return MemoryTracking(
            former.progress, former.tallies, former.aside, is_held=not former.is_closed
        )

    def move(self, watermark: datetime) -> None:
        self.tracking.move(watermark)

    def pause(self, is_paused: bool) -> None:
        self.tracking.pause(is_paused)

    def aside(self) -> dict[str, tuple[datetime, str, int]]:
        found = {}
        for key, item in self.tracking.aside.items():
            found[key] = item.time, item.reason, item.attempts
        return found

    @contextmanager
    def losing_an_answer(self) -> Iterator[None]:
        self.tracking.fails.append(True)
        yield


class TestMemoryTracking(TrackingContract):
    @pytest.fixture
    def site(self) -> MemorySite:
        return MemorySite()
