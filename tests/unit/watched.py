"""Dependencies and progress as the health endpoint sees them."""

from __future__ import annotations

import pytest

from oracle_cdc.conversations.readiness_reasons import make_requirements
from oracle_cdc.errors import (
    CdcError,
)
from oracle_cdc.running.breaker import Breaker
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.progress import Progress
from oracle_cdc.watching.readiness import Deadlines, Readiness

PROGRESS_SECONDS, READY_SECONDS = 120.0, 60.0


class Watched:
    """A service of which only its clock is known.

    It has begun, and both dependencies have answered.
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self.has_tables = True
        self.progress = Progress(clock=self.clock)
        self.oracle = Dependency("oracle", moved=self.progress.moved, clock=self.clock)
        self.outbound = Dependency("outbound", moved=self.progress.moved, clock=self.clock)
        self.results = Dependency("results", moved=self.progress.moved, clock=self.clock)
        self.breaker = Breaker(name="the queue", failures=2, probe_seconds=30, clock=self.clock)
        self.readiness = Readiness(
            self.progress,
            make_requirements(
                self.oracle, self.outbound, self.results, self.breaker, lambda: self.has_tables
            ),
            Deadlines(PROGRESS_SECONDS, READY_SECONDS),
        )
        self.progress.begin("capture")
        for dependency in (self.oracle, self.outbound, self.results):
            with dependency.calling():
                pass

    def clock(self) -> float:
        return self.now

    def call(self, dependency: Dependency, error: CdcError) -> None:
        with pytest.raises(type(error)), dependency.calling():
            raise error

    def missing(self) -> list[str]:
        return self.readiness.missing()
