"""What the page is made from: the history, the syncs, and what may be asked of who measures."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from oracle_cdc.watching.readiness import Readiness
from sync_monitor.history.totals import StatementTotals
from sync_monitor.model import Sync
from sync_monitor.web.access import Access
from sync_monitor.web.states import States
from sync_monitor.web.words import Clock

T = TypeVar("T")


class History(Protocol):
    """Answers a question about the history. A Store does, and a Reader."""

    def read(self, work: Callable[[sqlite3.Connection], T], /) -> T:
        """Ask something, and return the answer, which is of one moment."""
        ...


class WritableHistory(History, Protocol):
    """A history that may be written too: a Store."""

    def write(self, work: Callable[[sqlite3.Connection], T], /) -> T:
        """Do something within one transaction."""
        ...


@dataclass(frozen=True)
class Site:
    """What the page is made from.

    Parameters:
        interval: of the looks, behind which a sync counts as not measured.
        clock: the time, and in whose zone moments are shown.
        check: asks for a look at the sync of a name, for a person. None: nobody here measures.
        writable: takes silences. None: this page only reads.
        channels: where notices go, as people call it.
        readiness: whether the loops of who measures get on. None: there are none here.
    """

    history: History
    syncs: Sequence[Sync]
    interval: timedelta
    clock: Clock
    access: Access
    check: Callable[[str, str], object] | None = None
    writable: WritableHistory | None = None
    channels: Sequence[str] = ()
    readiness: Readiness | None = None
    states: States = field(init=False)
    by_name: Mapping[str, Sync] = field(init=False)
    statements: StatementTotals = field(default_factory=StatementTotals, init=False)

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()

    def __post_init__(self) -> None:
        """Make what is looked things up in."""
        object.__setattr__(self, "states", States(self.syncs, self.interval))
        object.__setattr__(self, "by_name", {sync.name: sync for sync in self.syncs})
