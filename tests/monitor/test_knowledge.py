"""Cells that are kept between looks are those of the history, whatever became of it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync_monitor.errors import HistoryUnavailable
from sync_monitor.history import queries
from sync_monitor.history.recorder import Recorder, Written
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs, write_entries
from sync_monitor.knowledge import Knowledge
from sync_monitor.measurements import Cell
from sync_monitor.records import Entry
from tests.monitor.building import EMPLOYEES, NOW
from tests.monitor.stories import Story

STEP = timedelta(minutes=15)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as store:
        store.write(lambda connection: declare_syncs(connection, [EMPLOYEES.name], NOW))
        yield store


@pytest.fixture
def entries() -> list[Entry]:
    """Return looks of which the first and the last leave cells behind."""
    story = Story(EMPLOYEES, 20, is_short=True)
    found = list(story.entries())
    assert found[0].cells
    return found


def in_history(store: Store, now: datetime = NOW) -> dict[str, Cell]:
    begin = now - timedelta(days=EMPLOYEES.window_days)
    return store.read(lambda connection: queries.cells(connection, EMPLOYEES.name, begin))


def look(store: Store, knowledge: Knowledge, entry: Entry) -> None:
    """Write a look as a round does."""
    knowledge.before(EMPLOYEES, entry.look.began)
    (run_id,) = store.write(lambda connection: write_entries(connection, [entry]))
    knowledge.keep([entry], [Written(entry, run_id)])


def test_cells_are_read_once_and_then_kept_as_looks_left_them(
    store: Store, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge = Knowledge(store)
    for entry in entries:
        look(store, knowledge, entry)
    expected = in_history(store)

    def refuse(*_: object) -> None:
        raise AssertionError("the cells are read again")

    with monkeypatch.context() as patch:
        patch.setattr("sync_monitor.knowledge.queries.cells", refuse)
        assert dict(knowledge.before(EMPLOYEES, NOW).cells) == expected


def test_cells_are_read_again_where_another_look_was_written(
    store: Store, entries: list[Entry]
) -> None:
    knowledge = Knowledge(store)
    look(store, knowledge, entries[0])
    # A look that hangs is written by the loop, and this one by another process after a restart.
    store.write(lambda connection: write_entries(connection, [entries[-1]]))
    store.write(lambda connection: connection.execute("DELETE FROM cell"))
    assert knowledge.before(EMPLOYEES, NOW).cells == {}


def test_cells_are_read_again_where_looks_had_waited_for_the_disk(
    store: Store, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge, recorder = Knowledge(store), Recorder(store)
    first, last = entries[0], entries[-1]
    knowledge.before(EMPLOYEES, first.look.began)

    def full(*_: object) -> None:
        raise HistoryUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", full)
        assert recorder.record([first]) == []
    knowledge.before(EMPLOYEES, last.look.began)
    knowledge.keep([last], recorder.record([last]))
    assert dict(knowledge.before(EMPLOYEES, NOW).cells) == in_history(store)


def test_cells_that_no_look_asks_for_are_let_go(store: Store, entries: list[Entry]) -> None:
    knowledge = Knowledge(store)
    for entry in entries:
        look(store, knowledge, entry)
    later = NOW + timedelta(days=200)
    assert dict(knowledge.before(EMPLOYEES, later).cells) == {}
