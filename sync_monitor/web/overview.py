"""The first page: all syncs, attention first, fifty at a time, and the worst of them in full."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from sync_monitor.history import queries
from sync_monitor.history.chart_queries import marks_of
from sync_monitor.model import Severity, Sync
from sync_monitor.verdicts import Look
from sync_monitor.web.cards import Card, make_cards
from sync_monitor.web.charts import STRIP_DAYS, days_of, strip
from sync_monitor.web.detail import Detail, read_detail
from sync_monitor.web.notices import Notified, read_notified
from sync_monitor.web.site import Site
from sync_monitor.web.sparklines import with_sparks
from sync_monitor.web.states import State, count_by_severity
from sync_monitor.web.sync_rows import Row, looked_last, make_row
from sync_monitor.web.words import GLYPHS, NOTHING, WORDS

PAGE = 50
RUNS = 6
ALL, ATTENTION, STREAMS = "all", "attention", "streams"
#: Without a choice: those that need attention, and of the others as many as make a table.
FRONT, LEAST_ROWS = "", 8


@dataclass(frozen=True)
class Filter:
    """A choice of syncs, with how many it holds."""

    key: str
    words: str
    count: int


@dataclass(frozen=True)
class Overview:
    """The first page.

    Parameters:
        chosen: the filter's key.
        number: of this page of syncs, from 1, and how many there are.
        others_notified: how many syncs have confirmed issues and are not among those shown.
    """

    cards: Sequence[Card]
    counts: Mapping[Severity, int]
    filters: Sequence[Filter]
    chosen: str
    rows: Sequence[Row]
    number: int
    pages: int
    detail: Detail | None
    notified: Sequence[Notified]
    others_notified: int
    runs: Sequence[Look]
    all_runs: int
    last_look: datetime | None
    total: int
    left_out: int


def read_overview(
    connection: sqlite3.Connection, site: Site, chosen: str, number: int, asked: frozenset[str]
) -> Overview:
    """Return the first page, all of it of one moment of the history.

    Parameters:
        asked: as asking_claude.read_advice has it.
    """
    now = site.now()
    states = site.states.read(connection, now)
    shown = choose(states, chosen)
    pages = max(1, -(-len(shown) // PAGE))
    number = max(1, min(number, pages))
    rows: list[Row] = []
    for state in shown[PAGE * (number - 1) : PAGE * number]:
        rows.append(row_of(connection, state, site, now))
    detail = None
    if rows:
        detail = read_detail(connection, site, rows[0].state, now, asked)
    notified, others = read_notified(connection, site.clock, now)
    return Overview(
        cards=with_sparks(connection, make_cards(states, site.clock), now),
        counts=count_by_severity(states),
        filters=filters_of(states),
        chosen=chosen,
        rows=rows,
        number=number,
        pages=pages,
        detail=detail,
        notified=notified,
        others_notified=others,
        runs=queries.looks(connection, limit=RUNS),
        all_runs=queries.newest_run_id(connection),
        last_look=looked_last(states),
        total=len(states),
        left_out=len(states) - len(shown) if chosen == FRONT else 0,
    )


def row_of(connection: sqlite3.Connection, state: State, site: Site, now: datetime) -> Row:
    """Return a sync as the table shows it."""
    if state.sync.stream:
        return make_row(state, Markup(NOTHING), site.clock)
    marks = marks_of(connection, state.name, now - timedelta(days=STRIP_DAYS + 1))
    return make_row(state, strip(state.name, days_of(marks, state.sync, now)), site.clock)


def needs_attention(state: State) -> bool:
    """Return whether a person should look at a sync."""
    return state.severity is not Severity.OK


def choose(states: Sequence[State], chosen: str) -> list[State]:
    """Return the syncs that a filter holds, all for one that nobody knows."""
    if chosen == FRONT:
        return list(states[: max(LEAST_ROWS, sum(map(needs_attention, states)))])
    if chosen == ATTENTION:
        return [state for state in states if needs_attention(state)]
    found = [state for state in states if tab_of(state.sync) == chosen]
    return found or list(states)


def filters_of(states: Sequence[State]) -> list[Filter]:
    """Return the filters: of attention, of all, of each engine and of streams if several are."""
    found = [
        Filter(ATTENTION, "Needs attention", sum(map(needs_attention, states))),
        Filter(ALL, "All", len(states)),
    ]
    tabs: dict[str, int] = {}
    for state in states:
        tab = tab_of(state.sync)
        tabs[tab] = tabs.get(tab, 0) + 1
    if len(tabs) > 1:
        for tab, number in sorted(tabs.items(), key=lambda each: (each[0] == STREAMS, each[0])):
            found.append(Filter(tab, NAMES.get(tab, tab.capitalize()), number))
    return found


def tab_of(sync: Sync) -> str:
    """Return the key of the filter that holds a sync, beside those that hold any."""
    if sync.stream:
        return STREAMS
    return sync.engine.value


NAMES = {"duckdb": "DuckDB"}


def headline(counts: Mapping[Severity, int]) -> str:
    """Return the worst in a few words, as the title of a tab shows it."""
    for severity, number in counts.items():
        if number and severity is not Severity.OK:
            return f"{GLYPHS[severity]} {number} {WORDS[severity].lower()}"
    if not counts.get(Severity.OK):
        return f"{GLYPHS[Severity.UNKNOWN]} no sync"
    return f"{GLYPHS[Severity.OK]} all OK"
