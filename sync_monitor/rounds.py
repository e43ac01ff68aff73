"""What is done around looks: what was known is read, what they found is written and explained."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sync_monitor.errors import HistoryUnavailable
from sync_monitor.explaining import (
    case_of_history,
    keep_explanation,
    stopped_beside,
    unregistered_of,
)
from sync_monitor.history.recorder import Recorder
from sync_monitor.history.store import Store
from sync_monitor.issue_runbooks import make_runbooks
from sync_monitor.knowledge import Knowledge
from sync_monitor.looks.looked import Looked
from sync_monitor.looks.looking import Looker
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.model import Severity, Sync
from sync_monitor.streams.looking import StreamLooker
from sync_monitor.triage.answer import Answer
from sync_monitor.triage.case import Case
from sync_monitor.triage.diagnosis import diagnose

logger = logging.getLogger(__name__)

#: The kind of a stream that carries changes between databases.
GOLDENGATE = "goldengate"


class Rounds:
    """Takes looks, writes them, and keeps what triage and runbooks say of them.

    Parameters:
        pace: of the looks, for how long a runbook is valid.
        on_explained: called with what the rules say of a sync that is not well.
        streams: looks at the syncs that are streams. None: there are none.
    """

    def __init__(
        self,
        store: Store,
        looker: Looker,
        pace: Pace,
        on_explained: Callable[[Case, Answer], None] = lambda case, answer: None,
        streams: StreamLooker | None = None,
    ) -> None:
        self.streams = streams
        self.on_explained = on_explained
        self.store = store
        self.looker = looker
        self.pace = pace
        self.recorder = Recorder(store)
        self.knowledge = Knowledge(store)
        #: The newest look at each sync, for what triage wants to know of others.
        self.looked: dict[str, Looked] = {}
        #: From where on what carries changes between databases lags too much, by its sync's name.
        self.carriers: dict[str, timedelta] = {}

    def look(self, sync: Sync, asked: Asked) -> Looked:
        """Take a look at a sync. Nothing is written yet."""
        before = self.knowledge.before(sync, self.looker.clock())
        if sync.stream and self.streams is not None:
            looked = self.streams.look(sync, before, asked)
            if sync.stream == GOLDENGATE:
                self.carriers[sync.name] = sync.limits.warning_lag
        else:
            looked = self.looker.look(sync, before, asked)
        self.looked[sync.name] = looked
        return looked

    def record(self, syncs: Sequence[Sync]) -> None:
        """Write the newest looks at some syncs in one transaction, then what explains them."""
        entries = [self.looked[sync.name].entry for sync in syncs]
        written = self.recorder.record(entries)
        if not written:
            return
        self.knowledge.keep(entries, written)
        known = {id(each.entry) for each in written}
        for sync, entry in zip(syncs, entries, strict=True):
            is_well = entry.look.verdict.severity is Severity.OK and not entry.issues
            if id(entry) in known and not is_well:
                self.try_to_explain(sync)

    def try_to_explain(self, sync: Sync) -> None:
        """Keep what explains a look. What fails in that is of this sync alone.

        Raises HistoryUnavailable.
        """
        try:
            self.explain(sync)
        except HistoryUnavailable:
            raise
        except Exception as error:
            kind = type(error).__name__
            logger.critical("%s: not explained: a bug: %s", sync.name, kind, exc_info=error)

    def explain(self, sync: Sync) -> Answer | None:
        """Keep the rules' answer and the runbooks of a sync that is not well."""
        looked = self.looked[sync.name]
        case = self.store.read(lambda connection: self.case(connection, sync))
        answer = diagnose(case)
        runbooks = make_runbooks(case, looked, self.pace, self.looker.lakes)
        if answer is None and not runbooks:
            return None
        self.store.write(lambda connection: keep_explanation(connection, case, answer, runbooks))
        if answer is not None:
            self.on_explained(case, answer)
        return answer

    def case(self, connection: sqlite3.Connection, sync: Sync) -> Case:
        """Return all that triage may know of the newest look at a sync.

        Of one that was taken before this process began that is what the history has. Raises
        LookupError where there was none yet.
        """
        case = case_of_history(connection, sync)
        looked = self.looked.get(sync.name)
        if looked is None:
            return case
        listing, catalogs = looked.listing, looked.catalogs
        cdc_lag, cdc_limit = worst_lag(self.carriers, self.looked)
        return replace(
            case,
            cdc_lag=cdc_lag,
            cdc_limit=cdc_limit,
            newest=looked.newest,
            schema=None if catalogs is None else catalogs.schema,
            unregistered=None if listing is None else unregistered_of(listing.unregistered),
            stopped_at=stopped_beside(self.looked, sync),
        )


def worst_lag(
    carriers: Mapping[str, timedelta], looked: Mapping[str, Looked]
) -> tuple[timedelta | None, timedelta | None]:
    """Return the lag of what carries changes, and its limit: of that which is over it most."""
    found: list[tuple[timedelta, timedelta]] = []
    for name, limit in list(carriers.items()):
        newest = looked.get(name)
        figures = None if newest is None else newest.entry.look.figures
        if figures is not None and figures.lag is not None:
            found.append((figures.lag, limit))
    if not found:
        return None, None
    return max(found, key=lambda each: each[0] - each[1])
