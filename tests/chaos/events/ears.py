"""Hears what the service asks for at one of its points: that something goes wrong right now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tests.chaos.harness.disturbing import Disturbing
from tests.chaos.plans.acts import Act

#: How long what a point asks for lasts: longer than an answer is waited for.
SECONDS = 1.2
#: Until it has begun.
BEGUN_SECONDS = 0.15


class Ears:
    """Begins what a point of the service asks for."""

    def __init__(self, disturbance: Disturbing[Any]) -> None:
        self.disturbance = disturbance

    def answer(self, asked: Mapping[str, Any]) -> None:
        """Begin what is asked for, and let the service go on."""
        if "what" in asked:
            self.disturbance.begin(Act(0.0, asked["what"], seconds=SECONDS), time.monotonic())
            time.sleep(BEGUN_SECONDS)
