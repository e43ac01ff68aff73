"""What these commands stand on, under a short name."""

from __future__ import annotations

import pytest

from tests.integration.eventworlds import EventsWorld


@pytest.fixture
def events(events_world: EventsWorld) -> EventsWorld:
    return events_world
