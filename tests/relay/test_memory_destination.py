"""The destination in memory does what every destination does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from oracle_cdc.relay.values import Event, Row
from tests.relay.destination_contract import DestinationContract
from tests.relay.doubles import MemoryDestination, at


class MemorySite:
    """Two destinations in one memory."""

    def __init__(self) -> None:
        self.destination = MemoryDestination(is_patient=True)
        self.hasty = MemoryDestination(kept=self.destination.kept)
        self.both = (self.destination, self.hasty)

    def event(self, number: int, body_bytes: int = 2) -> Event:
        row = Row(at(number), str(number), ())
        return Event(f"id-{number}", row, "route", b"x" * body_bytes, {})

    def kept_ids(self) -> list[str]:
        return list(self.destination.kept)

    @contextmanager
    def losing_answers(self) -> Iterator[None]:
        for each in self.both:
            each.is_mute = True
        yield
        for each in self.both:
            each.is_mute = False

    @contextmanager
    def out_of_reach(self) -> Iterator[None]:
        for each in self.both:
            each.is_down = True
        yield
        for each in self.both:
            each.is_down = False


class TestMemoryDestination(DestinationContract):
    @pytest.fixture
    def site(self) -> MemorySite:
        return MemorySite()
