"""Syncs over a month as looks have seen them, in a real history: what the page is tested with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync_monitor.explaining import case_of_history, keep_explanation
from sync_monitor.history import queries
from sync_monitor.history.notices import write_notice
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs, write_entries
from sync_monitor.model import Column, Engine, Kind, Sync
from sync_monitor.records import Entry, KeptRunbook, Notice, NoticeKind
from sync_monitor.rows.dialects import DIALECT_OF
from sync_monitor.rules.periods import day_partition, partition_named
from sync_monitor.runbooks.repair import Repair
from sync_monitor.runbooks.sql import write_runbook
from sync_monitor.triage.diagnosis import diagnose
from sync_monitor.verdicts import Issue
from sync_monitor.web.access import Access
from sync_monitor.web.site import Site
from sync_monitor.web.words import Clock
from tests.monitor.building import EMPLOYEES, NOW, with_changes
from tests.monitor.scene import INTERVAL, Row, Scene

DAYS = 62
#: Between looks of long ago.
EARLIER = timedelta(hours=12)
COLUMNS = (
    Column("ORDER_ID", Kind.INTEGER),
    Column("SKU", Kind.TEXT),
    Column("AMOUNT", Kind.DECIMAL, scale=2),
    Column("UPDATED_AT", Kind.TIMESTAMP),
)

#: What looks of a story leave behind, by all that the story says.
LEFT_BEHIND: dict[str, Sequence[Entry]] = {}


def make_sync(name: str, engine: Engine = Engine.TRINO, **changes: object) -> Sync:
    """Return a sync that is named as its table."""
    return with_changes(
        EMPLOYEES,
        name=name,
        source=name,
        target=f"{'hive.' if engine is Engine.TRINO else ''}{name.lower()}",
        engine=engine,
        keys=("ORDER_ID",),
        loader="nightly",
        **changes,
    )


@dataclass
class Story:
    """A table, when its rows reach the lake, and what goes wrong.

    Parameters:
        dropped: days that the lake loses, from NOW's day on.
        lacking: day -> rows that never arrive.
        doubled: day -> rows that arrive twice.
        stops: since when nothing arrives.
        refused: since when Oracle refuses, with ORA-01031.
        late: a day whose rows arrive long behind its promise.
        is_short: only the last looks were taken, not those of a month.
    """

    sync: Sync
    rows_a_day: int = 40
    dropped: Sequence[str] = ()
    lacking: dict[str, int] = field(default_factory=dict)
    doubled: dict[str, int] = field(default_factory=dict)
    stops: datetime | None = None
    refused: datetime | None = None
    late: str = ""
    is_short: bool = False

    def rows(self) -> list[Row]:
        """Return all rows of Oracle, up to NOW."""
        found: list[Row] = []
        for back in range(DAYS, -1, -1):
            day = day_partition((NOW - timedelta(days=back)).date(), self.sync.zone)
            step = timedelta(days=1) / self.rows_a_day
            for number in range(self.rows_a_day):
                found.append((len(found), day.begin + step * number, f"row {number}"))
        return [row for row in found if row[1] < NOW]

    def arrivals(self, rows: Sequence[Row]) -> Iterator[tuple[datetime, str, Row]]:
        """Yield when a row reaches the lake, and its day there, for each that ever does."""
        for row in rows:
            day = row[1].date().isoformat()
            arrives = row[1] + timedelta(minutes=40 + 9 * (row[1].day % 7))
            if day == self.late:
                arrives = row[1] + timedelta(hours=34)
            if not self.stops or arrives < self.stops:
                yield arrives, day, row

    def lake(
        self, arrivals: Sequence[tuple[datetime, str, Row]], now: datetime
    ) -> dict[str, list[Row]]:
        """Return what the lake holds at a moment."""
        found: dict[str, list[Row]] = {}
        for arrives, day, row in arrivals:
            if arrives < now:
                found.setdefault(day, []).append(row)
        for day in self.dropped:
            if now > NOW - timedelta(hours=9):
                found.pop(day, None)
        for day, number in self.lacking.items():
            found[day] = found.get(day, [])[number:]
        for day, number in self.doubled.items():
            if day in found:
                found[day] = [*found[day], *found[day][:number]]
        return found

    def entries(self) -> Sequence[Entry]:
        """Return what its looks leave behind, worked out once for all stories that are alike."""
        what = repr(self)
        if what not in LEFT_BEHIND:
            LEFT_BEHIND[what] = tuple(self.take_looks())
        return LEFT_BEHIND[what]

    def take_looks(self) -> Iterator[Entry]:
        """Yield what its looks leave behind: twice a day for a month, then four times an hour."""
        rows = self.rows()
        arrivals = list(self.arrivals(rows))
        scene = Scene(self.sync, [], {})
        for moment in moments(self.is_short):
            scene.now = moment
            scene.oracle = [row for row in rows if row[1] < moment]
            scene.lake = self.lake(arrivals, moment)
            is_refused = self.refused is not None and moment >= self.refused
            scene.error_code = "ORA-01031" if is_refused else ""
            scene.interval = INTERVAL
            if moment < NOW - timedelta(days=1):
                scene.interval = EARLIER
            yield scene.look()


def moments(is_short: bool) -> Iterator[datetime]:
    """Yield when looks are taken."""
    if is_short:
        for step in range(5, -1, -1):
            yield NOW - INTERVAL * step
        return
    for step in range(60, 1, -1):
        yield NOW - EARLIER * step - timedelta(hours=3, minutes=40)
    for step in range(95, -1, -1):
        yield NOW - INTERVAL * step


def write_stories(store: Store, stories: Sequence[Story]) -> None:
    """Write the looks of all stories in the order of their times, then what explains the last."""
    names = [story.sync.name for story in stories]
    store.write(lambda each: declare_syncs(each, names, NOW - timedelta(days=40)))
    found: list[Entry] = []
    for story in stories:
        found.extend(story.entries())
    found.sort(key=lambda entry: entry.look.began)
    store.write(lambda each: [write_entries(each, [entry]) for entry in found])
    for story in stories:
        store.write(lambda each, story=story: explain(each, story.sync))  # type: ignore[misc]


def explain(connection: sqlite3.Connection, sync: Sync) -> None:
    """Keep the rules' answer and the runbooks of a sync, as a round does."""
    case = case_of_history(connection, sync)
    runbooks: list[KeptRunbook] = []
    for issue in case.issues:
        kept = runbook_of(connection, sync, issue)
        if kept is not None:
            runbooks.append(kept)
        if issue.number is not None and issue.confirmed_at is not None:
            write_notice(
                connection,
                Notice(
                    issue.number,
                    "slack",
                    NoticeKind.OPENED,
                    issue.confirmed_at,
                    issue.confirmed_at,
                    1,
                    "200",
                ),
            )
    keep_explanation(connection, case, diagnose(case), runbooks)


def runbook_of(connection: sqlite3.Connection, sync: Sync, issue: Issue) -> KeptRunbook | None:
    """Return what heals an issue of a partition."""
    if not issue.partition or issue.number is None:
        return None
    cell = queries.cells(connection, sync.name)[issue.partition]
    repair = Repair(
        sync,
        issue,
        partition_named(issue.partition, sync),
        issue.last_look or 0,
        NOW,
        NOW + INTERVAL,
        cell.oracle_rows or 0,
        cell.lake_rows or 0,
        COLUMNS,
        DIALECT_OF[sync.engine],
        f"oracle.{sync.source.lower()}",
        sync.target,
    )
    try:
        written = write_runbook(repair)
    except ValueError:
        # A name that the engine can't quote.
        return None
    if written is None:
        return None
    return KeptRunbook(
        issue.number, repair.run_id, written.dialect.value, written.text, repair.void_after
    )


def make_site(store: Store, syncs: Sequence[Sync], **changes: object) -> Site:
    """Return the page of a history, whose clock stands behind the last look."""
    settings: dict[str, object] = {
        "writable": store,
        "access": Access(),
        "channels": ("Slack #data-ops",),
    }
    settings.update(changes)
    access = settings.pop("access")
    now = settings.pop("now", lambda: NOW + timedelta(seconds=36))
    clock = Clock(EMPLOYEES.zone, now)  # type: ignore[arg-type]
    return Site(store, syncs, INTERVAL, clock, access, **settings)  # type: ignore[arg-type]


def faults() -> list[Story]:
    """Return syncs of which some are not well."""
    return [
        Story(
            make_sync("SALES.ORDER_LINES"),
            60,
            dropped=("2026-11-23",),
            lacking={"2026-11-24": 3},
            doubled={"2026-11-19": 5},
            stops=NOW - timedelta(hours=9),
            late="2026-11-05",
        ),
        Story(
            make_sync("HR.EMPLOYEES"),
            lacking={"2026-11-18": 40, "2026-11-24": 2},
        ),
        Story(make_sync("FIN.GL_ENTRIES"), refused=NOW - timedelta(minutes=38)),
        Story(make_sync("BILLING.INVOICES", Engine.HIVE), doubled={"2026-11-20": 1}),
        Story(make_sync("SALES.ORDERS", Engine.HIVE), late="2026-11-05"),
        Story(make_sync("CRM.CUSTOMERS", Engine.HIVE)),
    ]


def wells() -> list[Story]:
    """Return syncs that are all well."""
    names = ("SALES.ORDER_LINES", "HR.EMPLOYEES", "SALES.ORDERS", "CRM.CUSTOMERS")
    return [Story(make_sync(name)) for name in names]
