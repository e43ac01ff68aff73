"""A relay between doubles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oracle_cdc.relay.cycle import Relay, RelayRules
from oracle_cdc.relay.delivery import Delivery
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.sweep import Sweep
from tests.relay.doubles import NOON, MemoryDestination, MemorySource, MemoryTracking, at, encode


@dataclass
class RelayWorld:
    """A source, a destination, a store, and what relays between them."""

    source: MemorySource = field(default_factory=MemorySource)
    destination: MemoryDestination = field(default_factory=MemoryDestination)
    tracking: MemoryTracking = field(default_factory=MemoryTracking)
    program: str = "TEST"
    max_rows: int = 1000
    max_retries: int = 2
    start: datetime | None = NOON
    overlap_seconds: float = 60.0
    waits: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.relay = self.make_relay()

    def make_relay(self) -> Relay:
        rules = RelayRules(
            program=self.program,
            settle=timedelta(seconds=2),
            overlap=timedelta(seconds=self.overlap_seconds),
            keep=timedelta(hours=1),
            max_rows=self.max_rows,
            start=self.start,
        )
        delivery = Delivery(
            self.destination, encode, max_retries=self.max_retries, rest=self.waits.append
        )
        grid = Grid(timedelta(seconds=10))
        return Relay(self.source, delivery, self.tracking, rules=rules, grid=grid)

    def make_sweep(self) -> Sweep:
        keep = timedelta(hours=1)
        return Sweep(self.relay, keep=keep, interval_seconds=900, pause_seconds=1)

    def restart(self) -> None:
        """Forget everything but what the store has."""
        self.relay = self.make_relay()

    def cycle(self, seconds: float) -> bool:
        """Run a cycle at this time of the source."""
        self.source.now = at(seconds)
        return self.relay.run_cycle()
