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
from sync_monitor.triage.consulting import Consultant
from sync_monitor.triage.payload import Question
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


def nothing(connection: sqlite3.Connection, sync: Sync) -> Question | None:
    """Return that nothing is asked."""
    return None


@dataclass(frozen=True)
class Adviser:
    """Who may be asked about a sync beside the rules.

    Parameters:
        consultant: asks the model. None: it is not asked here.
        why_not: why it is not.
        question: what would be asked of a sync, None where it is well.
        send_names: as the consultant does.
    """

    consultant: Consultant | None = None
    why_not: str = "this page only reads, `monitor run` asks it"
    question: Callable[[sqlite3.Connection, Sync], Question | None] = nothing
    send_names: bool = False


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
        adviser: who may be asked beside the rules.
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
    adviser: Adviser = Adviser()
    states: States = field(init=False)
    by_name: Mapping[str, Sync] = field(init=False)
    statements: StatementTotals = field(default_factory=StatementTotals, init=False)

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()

    def asked(self) -> frozenset[str]:
        """Return the names of the syncs about which a question is under way."""
        consultant = self.adviser.consultant
        if consultant is None:
            return frozenset()
        return consultant.asking()

    def __post_init__(self) -> None:
        """Make what is looked things up in."""
        object.__setattr__(self, "states", States(self.syncs, self.interval))
        object.__setattr__(self, "by_name", {sync.name: sync for sync in self.syncs})
