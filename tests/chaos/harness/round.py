"""A round while it runs: written, disturbed, and left alone until it comes to rest."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from tests.chaos.harness.disturbing import Disturbing
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.side import Look, Side

LOOK_SECONDS = 0.2
#: Looks in a row at which all is accounted for and nothing stirs.
LOOKS_AT_REST = 4


class Times(Protocol):
    """What the plan of any round says of its copies and its times."""

    @property
    def copies(self) -> Iterable[str]: ...
    @property
    def trouble_seconds(self) -> float: ...
    @property
    def rest_seconds(self) -> float: ...


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

    @classmethod
    def alone(
        cls, machine: Machine[Any], side: Side, disturbance: Disturbing[Any], plan: Times
    ) -> Round:
        """Make a round of one side, as its plan has it."""
        return cls(
            machine,
            [side],
            disturbance,
            names=plan.copies,
            trouble_seconds=plan.trouble_seconds,
            rest_seconds=plan.rest_seconds,
        )

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
        frozen = self.machine.copies.frozen_at
        views = [View(side) for side in self.sides]
        looks = 0
        while looks < LOOKS_AT_REST:
            if time.monotonic() > deadline or any(view.is_stuck() for view in views):
                self.machine.processes.dump_stacks()
                self.complain(views)
                return
            time.sleep(LOOK_SECONDS)
            looks += 1
            for view in views:
                if not view.is_at_rest() or frozen:
                    looks = 0

    def complain(self, views: Sequence[View]) -> None:
        """Note which pipelines did not come to rest."""
        for view in views:
            if view.seen.left or not any(each.seen.left for each in views):
                view.side.complaints.append(
                    f"no rest within {self.rest_seconds:.0f} s: {view.seen.left} left to do"
                )


class View:
    """What was seen of one side, until it has come to rest."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.seen = Look(1, None)
        self.moved_at = time.monotonic()

    def is_at_rest(self) -> bool:
        """Look, and return whether nothing is left to do, and nothing stirred meanwhile."""
        found = self.side.look()
        is_still = found == self.seen
        if not is_still:
            self.moved_at = time.monotonic()
        self.seen = found
        return is_still and not found.left

    def is_stuck(self) -> bool:
        """Return whether something is left to do, and nothing has stirred for too long."""
        return bool(self.seen.left) and time.monotonic() > self.moved_at + self.side.still_seconds
