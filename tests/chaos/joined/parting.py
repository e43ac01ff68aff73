"""Lets what one pipeline depends on be away until it is known how the others go on without it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager

from tests.chaos.harness.database import Database
from tests.chaos.joined.judge.history import Outage
from tests.chaos.joined.outages import OUTAGES
from tests.chaos.joined.pages import Pages, await_that
from tests.chaos.joined.probes import Arrivals, Probes
from tests.chaos.joined.sides import Sides
from tests.chaos.plans.acts import Act

#: Longer than anything takes that goes on, on a busy machine.
PATIENCE_SECONDS = 40.0
#: Looks at which a dependency must be named that has nothing to do with what is away.
LOOKS, LOOK_SECONDS = 5, 0.2


class Parting:
    """Carries outages out, one at a time. Each lasts until what must go on went on.

    So no fault is over before it was felt, however slow the machine is.
    """

    def __init__(self, sides: Sides, pages: Pages, database: Database) -> None:
        self.sides = sides
        self.pages = pages
        self.database = database
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.outages: list[Outage] = []

    def part(self, act: Act) -> None:
        """Let a dependency be away.

        Raises RuntimeError where the service was not even ready before.
        """
        name = act.what.partition(" ")[0]
        with self.lock:
            if not await_that(self.pages.are_well, PATIENCE_SECONDS):
                raise RuntimeError(f"not ready before {name} was away: {self.pages.missing()}")
            with self.away(name, act.text):
                probes = Probes(self.sides, is_oracle_away=name == "oracle")
                first = self.send(probes, name)
                named = self.await_names(OUTAGES[name].names)
                second: Arrivals = {}
                if None not in first.values():
                    second = self.send(probes, name)
                blamed = self.find_blamed() - OUTAGES[name].names
            is_ready_again = await_that(self.pages.are_well, PATIENCE_SECONDS)
        outage = Outage(
            f"{name} {act.text}",
            expected=OUTAGES[name].names,
            named=named,
            blamed=blamed,
            probes=(*first.items(), *second.items()),
            is_ready_again=is_ready_again,
        )
        self.outages.append(outage)

    def send(self, probes: Probes, name: str) -> Arrivals:
        return probes.send(next(self.numbers), OUTAGES[name].spares, PATIENCE_SECONDS)

    def away(self, name: str, how: str) -> AbstractContextManager[None]:
        """Let a dependency be away until the block ends."""
        conversations, events, changes = self.sides
        site, disturbance = events.site, events.disturbance
        if name == "sqs":
            return conversations.interference.closed(f" {how}")
        if name == "oracle":
            return self.database.away()
        if name not in site.locks:
            return changes.site.skies.down(name, how)
        ways: Mapping[str, AbstractContextManager[None]] = {
            "crashed": disturbance.crashed(name),
            "frozen": disturbance.frozen(name),
            "deaf": site.deaf(name),
            "shut": site.shut(name),
        }
        return ways[how]

    def await_names(self, expected: frozenset[str]) -> frozenset[str]:
        """Wait until readiness names what is away, and return what it named until then."""
        named: set[str] = set()

        def are_named() -> bool:
            named.update(self.pages.failing())
            return expected <= named

        await_that(are_named, PATIENCE_SECONDS)
        return frozenset(named)

    def find_blamed(self) -> frozenset[str]:
        """Return what readiness names at each of several looks."""
        blamed = self.pages.failing()
        for _ in range(LOOKS):
            time.sleep(LOOK_SECONDS)
            blamed &= self.pages.failing()
        return blamed
