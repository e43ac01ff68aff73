"""Fixtures of several files of these tests."""

from __future__ import annotations

from tests.eventfixtures import events_world as events_world
from tests.eventfixtures import table as table
