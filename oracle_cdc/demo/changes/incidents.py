"""What happens to the system while it works: a snapshot, a reshard, an outage, a kill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic

from oracle_cdc.demo.changes.cloud import split_shard
from oracle_cdc.demo.changes.coredb import OWNER
from oracle_cdc.demo.changes.stack import Stack
from oracle_cdc.demo.changes.tables import BEFORE
from oracle_cdc.demo.changes.transactions import Moment
from oracle_cdc.demo.changes.watch import Observer, Standing
from oracle_cdc.demo.children import DemoError
from oracle_cdc.demo.program import ask_complaint

#: The parts of the changes after which each thing happens.
RESHARD_FROM, OUTAGE_FROM = 0.1, 0.25
#: AWS is away for at least this time, and at most until both copies of the service have said so.
AWAY_SECONDS, MOST_AWAY_SECONDS = 3.0, 20.0
#: All the time: entries that fail, and answers that are lost.
FAULTS = (
    {"action": "PutRecords", "entry_rate": 0.04, "entry_code": "InternalFailure"},
    {"action": "PutRecords", "rate": 0.03, "cut_after": True},
    {"action": "PutEvents", "entry_rate": 0.03, "entry_code": "ThrottlingException"},
    {"action": "PutEvents", "rate": 0.03, "cut_after": True},
)
ROWS = re.compile(r"(\d+) rows? written down: the snapshot is whole")


@dataclass
class Happened:
    """What has happened so far.

    away_at: when AWS went away. complaints: what each copy of the service said of it.
    """

    is_split: bool = False
    away_at: float | None = None
    is_back: bool = False
    is_killed: bool = False
    complaints: dict[str, str] = field(default_factory=dict)

    def find_missed(self) -> Iterator[str]:
        """Yield what did not happen as it should have."""
        if not self.is_split:
            yield "no shard was split"
        if self.away_at is None:
            yield "AWS was never away"
        elif len(self.complaints) < 2:
            yield "AWS was away, and not both copies said on /readyz that they are not ready"
        if not self.is_killed:
            yield "the service was never killed"


class Incidents:
    """Makes one thing happen after the other, and says so."""

    def __init__(self, stack: Stack, observer: Observer) -> None:
        self.stack = stack
        self.pages = stack.pages
        self.observer = observer
        self.happened = Happened()

    def begin(self) -> None:
        """Have requests fail from time to time, for as long as there is something to write."""
        for fault in FAULTS:
            self.pages.order_fault(**fault)

    def happen(self, standing: Standing) -> None:
        """Do what is next, once it is time for it."""
        done = standing.published / standing.change_count
        if not self.happened.is_split:
            if done >= RESHARD_FROM:
                self.split()
        elif self.happened.away_at is None:
            if done >= OUTAGE_FROM:
                self.go_away()
        elif not self.happened.is_back:
            self.stay_away(monotonic() - self.happened.away_at)
        elif not self.happened.is_killed:
            self.kill(standing)

    def split(self) -> None:
        """Split a shard, and take a snapshot of the table that had rows before."""
        shard = split_shard(self.stack.url)
        self.happened.is_split = True
        self.say(f"{shard} is split into two")
        table = f"{OWNER}.{BEFORE.upper()}"
        said = self.stack.shipper.call("changes", "snapshot", "--table", table)
        found = ROWS.search(said)
        if found is None:
            raise DemoError(f"changes snapshot says no number of rows: {said}")
        self.observer.snapshot_count = int(found[1])
        self.say(f"a snapshot of {table} writes down the {found[1]} rows that are there")

    def go_away(self) -> None:
        self.pages.order_fault(action="*", cut_before=True)
        self.happened.away_at = monotonic()
        self.say("AWS is away: each connection is reset")
        self.observer.writers.release(Moment.AWAY)

    def stay_away(self, elapsed_seconds: float) -> None:
        """Wait until both copies have said that AWS is away, and let it come back."""
        for name, port in self.stack.ports.items():
            complaint = ask_complaint(port)
            if complaint and name not in self.happened.complaints:
                self.happened.complaints[name] = complaint
                self.say(f"the {name} is not ready (/readyz): {complaint}")
        if elapsed_seconds < AWAY_SECONDS:
            return
        if len(self.happened.complaints) == 2 or elapsed_seconds > MOST_AWAY_SECONDS:
            self.pages.clear_faults()
            self.begin()
            self.happened.is_back = True
            self.say(f"after {elapsed_seconds:.1f} s AWS is back")

    def kill(self, standing: Standing) -> None:
        programs = (self.stack.shipper, self.stack.processor)
        for program in programs:
            program.kill()
        self.happened.is_killed = True
        self.say(
            f"both are killed (kill -9) with {standing.published} events published and "
            f"{standing.waiting} rows in change tables, and started again"
        )
        for program in programs:
            program.start()
        self.observer.writers.release(Moment.KILLED)

    def end(self) -> None:
        """Let everything go well from now on."""
        self.pages.clear_faults()

    def say(self, text: str) -> None:
        self.stack.stage.console.print(f"         {text}")
