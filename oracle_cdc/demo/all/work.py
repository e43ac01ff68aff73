"""What is written meanwhile, for all pipelines, and how far each has come with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import nats.errors
import oracledb
import pymysql
from botocore.exceptions import BotoCoreError, ClientError

from oracle_cdc.demo.all.monitor import WELL
from oracle_cdc.demo.all.plan import Plan
from oracle_cdc.demo.all.stack import Stack
from oracle_cdc.demo.changes.canaries import Canaries
from oracle_cdc.demo.changes.transactions import make_transactions as make_changes
from oracle_cdc.demo.changes.watch import Observer
from oracle_cdc.demo.changes.watch import Standing as Changes
from oracle_cdc.demo.changes.writers import Writers as ChangeWriters
from oracle_cdc.demo.children import DemoError
from oracle_cdc.demo.conversations.calls import make_calls
from oracle_cdc.demo.conversations.recorder import Recorder
from oracle_cdc.demo.conversations.watch import Standing as Calls
from oracle_cdc.demo.conversations.watch import is_settled
from oracle_cdc.demo.conversations.watch import look as look_at_calls
from oracle_cdc.demo.endpoint import connect_sqs
from oracle_cdc.demo.events.rows import KILLED_FROM
from oracle_cdc.demo.events.rows import make_transactions as make_rows
from oracle_cdc.demo.events.streams import Streams
from oracle_cdc.demo.events.watch import Standing as Rows
from oracle_cdc.demo.events.watch import look as look_at_rows
from oracle_cdc.demo.events.writers import Writers as RowWriters

#: What drivers raise, also while a server is away.
FAILURES: tuple[type[Exception], ...] = (
    oracledb.Error,
    pymysql.Error,
    nats.errors.Error,
    BotoCoreError,
    ClientError,
    OSError,
)
#: The parts of the rows after which the others wait until NATS is away, MariaDB, and for the kill.
ROW_GATES = (0.25, 0.5, KILLED_FROM)
#: How long NATS is asked. It may be away.
NATS_SECONDS = 2.0

Standing = TypeVar("Standing")
Closable = TypeVar("Closable", bound="SupportsClose")


class SupportsClose(Protocol):
    """What must be closed."""

    def close(self) -> None: ...


@dataclass(frozen=True)
class Standings:
    """How all pipelines and the monitor stand. pages: how each sync is, by the monitor's page."""

    calls: Calls
    rows: Rows
    changes: Changes
    loaded: int = 0
    pages: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> int:
        """Count what was written so far: calls, rows and changes."""
        return self.calls.arrived + self.rows.committed + self.changes.committed

    @property
    def behind(self) -> int:
        """Count what was written and has not come to its end, late rows among it."""
        calls = self.calls.arrived - self.calls.accounted
        rows = self.rows.committed - self.rows.stored - self.rows.set_aside
        return calls + rows + self.changes.waiting

    @property
    def is_well(self) -> bool:
        """Return whether the page is green: each sync was measured, and is well."""
        return bool(self.pages) and set(self.pages.values()) == {WELL}


class Work:
    """Writes everything, and looks at what becomes of it, until closed."""

    def __init__(self, stack: Stack, plan: Plan, canaries: Canaries) -> None:
        self.stack = stack
        chance, seconds = plan.chance, plan.seconds
        self.calls = make_calls(plan.calls, None, chance)
        self.recorder = Recorder(stack.conversations.connect, self.calls, seconds)
        rows = make_rows(plan.rows, chance, seconds, ROW_GATES)
        self.row_writers = RowWriters(stack.events.connect, rows)
        changes = make_changes(stack.changes.tables, plan.rows, canaries, chance, seconds)
        self.change_writers = ChangeWriters(stack.changes.connect, changes)
        self.closing = ExitStack()
        self.observer = self.lend(Observer(stack.changes, self.change_writers))
        self.source = self.lend(stack.conversations.connect())
        self.sqs = self.lend(connect_sqs(stack.stage.queues.endpoint))
        self.streams = self.lend(Streams(stack.events.url, seconds=NATS_SECONDS))
        for writers in (self.recorder, self.row_writers, self.change_writers):
            self.lend(writers)
        change_count = self.observer.change_count
        self.last = Standings(Calls(), Rows(self.row_writers.row_count), Changes(change_count))

    def lend(self, closable: Closable) -> Closable:
        """Return what is closed at the end."""
        self.closing.enter_context(closing(closable))
        return closable

    def start(self) -> None:
        """Write from now on."""
        self.recorder.start()
        self.row_writers.start()
        self.change_writers.start()

    def look(self) -> Standings:
        """Look at everything once. What can't be asked stands as it did."""
        for error in (
            self.recorder.recorded.error,
            self.row_writers.written.error,
            self.change_writers.written.error,
        ):
            if error is not None:
                raise DemoError(f"a writer failed: {error}")
        last, monitor = self.last, self.stack.monitor
        self.last = Standings(
            try_to(self.look_at_calls, last.calls),
            try_to(self.look_at_rows, last.rows),
            try_to(self.observer.look, last.changes),
            monitor.count_loaded(),
            monitor.read_states(),
        )
        return self.last

    def look_at_calls(self) -> Calls:
        queues = self.stack.conversations
        return look_at_calls(
            self.source, self.recorder.recorded, self.sqs, queues.outbound, queues.results
        )

    def look_at_rows(self) -> Rows:
        return look_at_rows(self.stack.events, self.row_writers, self.streams)

    def is_settled(self, standings: Standings) -> bool:
        """Return whether all that was written has come to its end, dead letters among it."""
        return (
            is_settled(standings.calls, self.recorder.recorded)
            and standings.rows.is_settled
            and self.observer.is_settled(standings.changes)
        )

    @property
    def is_written(self) -> bool:
        """Return whether everything is committed."""
        writers = (self.row_writers, self.change_writers)
        return self.recorder.recorded.is_finished and all(each.is_finished for each in writers)

    def is_over(self, standings: Standings) -> bool:
        """Return whether nothing is set aside any more either, and the page is green."""
        rows = standings.rows
        if rows.set_aside or not rows.is_settled:
            return False
        return self.observer.is_cured(standings.changes) and standings.is_well

    def close(self) -> None:
        self.closing.close()


def try_to(look: Callable[[], Standing], last: Standing) -> Standing:
    """Return how something stands, or how it stood while it can't be asked."""
    try:
        return look()
    except FAILURES:
        return last
