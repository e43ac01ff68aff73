"""How each sync is now, as the history has it. What was read of a look is kept."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from sync_monitor.history import codec, queries
from sync_monitor.measurements import Figures
from sync_monitor.model import Severity, Sync
from sync_monitor.records import Known
from sync_monitor.rules.compliance import BurnRule, Compliance, burning, comply
from sync_monitor.rules.severity import is_stale, shown
from sync_monitor.verdicts import Look

PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class State:
    """A sync as its newest look left it.

    Parameters:
        known: None where the history does not know the sync yet.
        look: the newest. None: nobody has looked yet.
        compliance: of the 30 days before the newest look.
        share: percent of it that the sync was not critical.
        burn: the error budget is used up too fast, by this rule.
        is_old: the newest look is too old to say anything of now.
    """

    sync: Sync
    known: Known | None = None
    look: Look | None = None
    compliance: Compliance | None = None
    share: Decimal | None = None
    burn: BurnRule | None = None
    is_old: bool = True

    @property
    def name(self) -> str:
        """Return the sync's name."""
        return self.sync.name

    @cached_property
    def figures(self) -> Figures | None:
        """Return the figures that say something of now, None where none do."""
        if self.look is None or self.is_old:
            return None
        return self.look.figures

    @cached_property
    def severity(self) -> Severity:
        """Return the state that is shown: never OK without a look that measured both sides."""
        if self.known is None:
            return Severity.UNKNOWN
        return shown(self.known.standing, self.look, is_old=self.is_old)

    @property
    def since(self) -> datetime | None:
        """Return since when it is so, None where nobody knows."""
        if self.look is None or self.known is None or self.known.standing is None:
            return None
        if self.severity is self.known.standing.severity:
            return self.known.standing.since
        return self.look.began


class Kept(NamedTuple):
    """A state, and the row of the history that it was read of."""

    row: tuple[Any, ...]
    state: State


class States:
    """Reads how all syncs are. Of a sync whose newest look is the same, nothing is read again.

    Parameters:
        interval: of the looks.
    """

    def __init__(self, syncs: Iterable[Sync], interval: timedelta) -> None:
        self.syncs = tuple(syncs)
        self.interval = interval
        self._kept: dict[str, Kept] = {}
        self._lock = threading.Lock()

    def read(self, connection: sqlite3.Connection, now: datetime) -> list[State]:
        """Return all syncs, the worst first."""
        rows = queries.sync_rows(connection)
        found: list[State] = []
        for sync in self.syncs:
            found.append(self._aged(self._state(connection, sync, rows.get(sync.name)), now))
        found.sort(key=attention)
        return found

    def one(self, connection: sqlite3.Connection, sync: Sync, now: datetime) -> State:
        """Return one sync."""
        row = queries.sync_row(connection, sync.name)
        return self._aged(self._state(connection, sync, row), now)

    def _aged(self, state: State, now: datetime) -> State:
        is_old = state.look is None or is_stale(state.look.began, now, self.interval)
        if is_old is state.is_old:
            return state
        return replace(state, is_old=is_old)

    def _state(self, connection: sqlite3.Connection, sync: Sync, row: sqlite3.Row | None) -> State:
        if row is None:
            return State(sync)
        columns = tuple(row)
        with self._lock:
            kept = self._kept.get(sync.name)
        if kept is not None and kept.row == columns:
            return kept.state
        known = codec.read_known(row)
        if known.last_run is None:
            return State(sync, known)
        state = self._fresh(connection, sync, known, known.last_run)
        with self._lock:
            self._kept[sync.name] = Kept(columns, state)
        return state

    def _fresh(
        self, connection: sqlite3.Connection, sync: Sync, known: Known, last_run: int
    ) -> State:
        look = queries.look(connection, last_run)
        if look is None:
            return State(sync, known)
        end = look.began
        spans = queries.spans(connection, sync.name, end - PERIOD)
        compliance = comply(spans, end - PERIOD, end, known.added_at)
        burn = burning(spans, end, sync.goal_percent, self.interval, sync.grain)
        return State(sync, known, look, compliance, compliance.percent, burn, is_old=False)


def attention(state: State) -> tuple[int, float, str]:
    """Return what syncs are ordered by: the worst, then the greatest gap, then the name."""
    gap = 0.0
    figures = state.figures
    if figures is not None and figures.gap_percentage is not None:
        gap = float(figures.gap_percentage)
    return (-state.severity.rank, -gap, state.name)


def count_by_severity(states: Sequence[State]) -> dict[Severity, int]:
    """Return how many syncs are how, the worst first."""
    counts = Counter(state.severity for state in states)
    return {severity: counts[severity] for severity in reversed(Severity)}
