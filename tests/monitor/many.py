"""A thousand syncs that looks have seen, written in bulk: what the page must hold out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs, write_entries
from sync_monitor.measurements import Cell
from sync_monitor.model import Sync
from sync_monitor.records import Entry
from sync_monitor.web.site import Site
from tests.monitor.building import NOW
from tests.monitor.entries import failed
from tests.monitor.scene import INTERVAL
from tests.monitor.stories import Story, make_site, make_sync

#: Of this number one is like the first, the second, and so on.
KINDS = 40
LOOKS = 30


def templates() -> list[Story]:
    """Return what the syncs are like: two with faults, the others well."""
    return [
        Story(make_sync("WELL"), 20),
        Story(make_sync("ABSENT"), 20, dropped=("2026-11-23",)),
        Story(make_sync("DOUBLED"), 20, doubled={"2026-11-19": 2}),
    ]


def kind_of(number: int) -> int:
    """Return which template a sync is like."""
    if number % KINDS == 7:
        return 1
    return 2 if number % KINDS == 19 else 0


def entries_of(syncs: list[Sync]) -> list[Entry]:
    """Return the newest looks at each sync, all of them in the order of their times."""
    every = [list(story.entries()) for story in templates()]
    found: list[Entry] = []
    for number, sync in enumerate(syncs):
        entries = every[kind_of(number)]
        newest = entries[-LOOKS:]
        for place, entry in enumerate(newest):
            issues = [replace(issue, sync=sync.name) for issue in entry.issues]
            cells = entry.cells
            if place == 0:
                cells = whole(entries)
            look = replace(entry.look, sync=sync.name)
            found.append(replace(entry, look=look, issues=tuple(issues), cells=cells))
        if number % KINDS == 33:
            found.append(failed(NOW, sync.name))
    found.sort(key=lambda entry: entry.look.began)
    return found


def whole(entries: list[Entry]) -> tuple[Cell, ...]:
    """Return the newest cells that a template has of each partition."""
    cells: dict[str, Cell] = {}
    for entry in entries:
        for cell in entry.cells:
            cells[cell.partition.key] = cell
    return tuple(cells.values())


@contextmanager
def many_syncs(directory: Path, number: int) -> Iterator[Site]:
    """Lend the page of a number of syncs."""
    syncs = [make_sync(f"AREA{each % 9}.TABLE_{each:04}") for each in range(number)]
    with Store(directory) as store:
        names = [sync.name for sync in syncs]
        store.write(lambda each: declare_syncs(each, names, NOW - timedelta(days=40)))
        entries = entries_of(syncs)
        store.write(lambda each: write_entries(each, entries))
        yield make_site(store, syncs, now=lambda: NOW + INTERVAL / 10)
