"""What happens to the system while it works: a snapshot, a reshard, an outage, a kill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oracle_cdc.demo.changes.cloud import split_shard
from oracle_cdc.demo.changes.coredb import OWNER
from oracle_cdc.demo.changes.stack import Stack
from oracle_cdc.demo.changes.tables import BEFORE
from oracle_cdc.demo.changes.transactions import Moment
from oracle_cdc.demo.changes.watch import Observer, Standing
from oracle_cdc.demo.children import DemoError
from oracle_cdc.demo.outage import Outage

#: The parts of the changes after which each thing happens.
RESHARD_FROM, OUTAGE_FROM = 0.1, 0.25
#: All the time: entries that fail, and answers that are lost.
FAULTS = (
    {"action": "PutRecords", "entry_rate": 0.04, "entry_code": "InternalFailure"},
    {"action": "PutRecords", "rate": 0.03, "cut_after": True},
    {"action": "PutEvents", "entry_rate": 0.03, "entry_code": "ThrottlingException"},
    {"action": "PutEvents", "rate": 0.03, "cut_after": True},
)
ROWS = re.compile(r"(\d+) rows? written down: the snapshot is whole")


class Incidents:
    """Makes one thing happen after the other, and says so."""

    def __init__(self, stack: Stack, observer: Observer) -> None:
        self.stack = stack
        self.pages = stack.pages
        self.observer = observer
        self.is_split = self.is_killed = False
        self.outage = self.make_outage()

    def make_outage(self) -> Outage:
        """Return an outage of AWS, which begins later."""
        return Outage(
            "AWS",
            "each connection is reset",
            self.go_away,
            self.begin,
            witnesses=self.stack.witnesses(),
            say=self.say,
        )

    def begin(self) -> None:
        """Have requests fail from time to time, for as long as there is something to write."""
        self.pages.clear_faults()
        for fault in FAULTS:
            self.pages.order_fault(**fault)

    def go_away(self) -> None:
        self.pages.order_fault(action="*", cut_before=True)

    def happen(self, standing: Standing) -> None:
        """Do what is next, once it is time for it."""
        done = standing.published / standing.change_count
        if not self.is_split:
            if done >= RESHARD_FROM:
                self.split()
        elif self.outage.began_at is None:
            if done >= OUTAGE_FROM:
                self.outage.begin()
                self.observer.writers.release(Moment.AWAY)
        elif not self.outage.is_over:
            self.outage.look()
        elif not self.is_killed:
            self.kill(standing)

    def split(self) -> None:
        """Split a shard, and take a snapshot of the table that had rows before."""
        shard = split_shard(self.stack.url)
        self.is_split = True
        self.say(f"{shard} is split into two")
        table = f"{OWNER}.{BEFORE.upper()}"
        said = self.stack.shipper.call("changes", "snapshot", "--table", table)
        found = ROWS.search(said)
        if found is None:
            raise DemoError(f"changes snapshot says no number of rows: {said}")
        self.observer.snapshot_count = int(found[1])
        self.say(f"a snapshot of {table} writes down the {found[1]} rows that are there")

    def kill(self, standing: Standing) -> None:
        programs = (self.stack.shipper, self.stack.processor)
        for program in programs:
            program.kill()
        self.is_killed = True
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

    def find_missed(self) -> Iterator[str]:
        """Yield what did not happen as it should have."""
        if not self.is_split:
            yield "no shard was split"
        yield from self.outage.find_missed()
        if not self.is_killed:
            yield "the service was never killed"

    def say(self, text: str) -> None:
        self.stack.stage.console.print(f"         {text}")
