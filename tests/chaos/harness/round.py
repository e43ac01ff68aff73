"""A round while it runs: written, disturbed, and left alone until it comes to rest."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from tests.chaos.harness.disturbing import Disturbing
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.side import Look, Side

LOOK_SECONDS = 0.2
#: Looks in a row at which all is accounted for and nothing stirs.
LOOKS_AT_REST = 4


class Round:
    """Runs the copies of the service between one side or several.

    Parameters:
        disturbance: does what is done in this round.
        names: of the copies.
        trouble_seconds: until all faults end.
        rest_seconds: how long the service may take to come to rest after that.
    """

    def __init__(
        self,
        machine: Machine[Any],
        sides: Sequence[Side],
        disturbance: Disturbing[Any],
        *,
        names: Iterable[str],
        trouble_seconds: float,
        rest_seconds: float,
    ) -> None:
        self.machine = machine
        self.sides = sides
        self.disturbance = disturbance
        self.names = names
        self.trouble_seconds = trouble_seconds
        self.rest_seconds = rest_seconds
        for side in sides:
            machine.copies.environment.update(side.environment)

    def run(self) -> None:
        """Write and disturb, then wait for rest."""
        for side in self.sides:
            side.writers.write_backlog()
        # The time of the backlog's writing is not the round's.
        started_at = time.monotonic()
        for side in self.sides:
            side.writers.started_at = started_at
            side.begin()
        for name in self.names:
            self.machine.copies.start(name)
        for side in self.sides:
            side.writers.start()
        self.disturbance.start(started_at)
        for side in self.sides:
            side.writers.join()
        time.sleep(max(0.0, started_at + self.trouble_seconds - time.monotonic()))
        self.disturbance.join()
        self.disturbance.end()
        self.await_rest()
        for side in self.sides:
            side.rested()
        self.machine.copies.end()
        # What was asked for at one of the last points.
        self.disturbance.join()
        for side in self.sides:
            side.ended()

    def await_rest(self) -> None:
        """Wait until everything is accounted for, and nothing stirs any more."""
        deadline = time.monotonic() + self.rest_seconds
        still_seconds = min(side.still_seconds for side in self.sides)
        copies = self.machine.copies
        seen: list[Look] = []
        looks, moved_at = 0, time.monotonic()
        while looks < LOOKS_AT_REST:
            now = time.monotonic()
            is_still = now > moved_at + still_seconds and any(look.left for look in seen)
            if now > deadline or is_still:
                self.machine.processes.dump_stacks()
                self.complain(seen)
                return
            time.sleep(LOOK_SECONDS)
            found = [side.look() for side in self.sides]
            looks += 1
            if found != seen or copies.frozen_at:
                moved_at = now
            if any(look.left for look in found) or found != seen or copies.frozen_at:
                looks = 0
            seen = found

    def complain(self, seen: Sequence[Look]) -> None:
        """Note whose pipelines did not come to rest."""
        for side, look in zip(self.sides, seen, strict=True):
            if look.left or not any(each.left for each in seen):
                side.complaints.append(
                    f"no rest within {self.rest_seconds:.0f} s: {look.left} left to do"
                )
