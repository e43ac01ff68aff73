"""Fixtures of the page that the monitor's other tests have, and their kept templates."""

from __future__ import annotations

from tests.monitor.conftest import api as api
