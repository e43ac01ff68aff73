"""The history: what is written is read again, whole, by any thread and any process."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from oracle_cdc.errors import SettingsError
from sync_monitor.history import queries
from sync_monitor.history.chart_queries import marks_of
from sync_monitor.history.consultations import (
    answered_before,
    count_asked,
    newest_consultation,
    write_consultation,
)
from sync_monitor.history.notices import (
    due_notices,
    notices_of,
    silences,
    write_notice,
    write_silence,
)
from sync_monitor.history.reader import Reader
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs, write_entries
from sync_monitor.measurements import CellState
from sync_monitor.records import Consultation, Entry, Known, Notice, NoticeKind, Silence
from sync_monitor.verdicts import IssueKind
from tests.monitor.building import EMPLOYEES, NOW, at
from tests.monitor.entries import failed, faulty

NAME = EMPLOYEES.name


def record(store: Store, *entries: Entry) -> list[int]:
    return store.write(lambda connection: write_entries(connection, entries))


def test_what_a_look_left_behind_is_read_again(tmp_path: Path) -> None:
    entry = faulty()
    with Store(tmp_path) as store:
        store.write(lambda connection: declare_syncs(connection, [NAME], at(-100)))
        assert record(store, entry) == [1]
    with Store(tmp_path) as store:
        look = store.read(lambda connection: queries.look(connection, 1))
        assert look == replace(entry.look, run_id=1)
        assert store.read(queries.newest_looks) == {NAME: look}
        cells = store.read(lambda connection: queries.cells(connection, NAME))
        assert tuple(cells.values()) == entry.cells
        spans = store.read(lambda connection: queries.spans(connection, NAME, at(-100)))
        assert tuple(spans) == entry.spans
        known = store.read(queries.known_syncs)
        assert known == {NAME: Known(NAME, at(-100), entry.standing, 1)}


def test_issues_get_numbers_and_the_looks_that_saw_them(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        record(store, faulty())
        first = store.read(queries.open_issues)
        assert [(each.number, each.kind, each.first_look) for each in first] == [
            (1, IssueKind.ROWS_MISSING, 1),
            (2, IssueKind.NO_PARTITION, 1),
            (3, IssueKind.SCHEMA, 1),
        ]
        seen = replace(first[0], last_look=None)
        closed = replace(first[1], closed_at=at(1))
        record(store, replace(failed(at(1)), issues=(seen, closed)))
        after = store.read(lambda connection: queries.issues(connection, NAME))
        assert [(each.number, each.last_look, each.closed_at) for each in after] == [
            (3, 1, None),
            (2, 1, at(1)),
            (1, 2, None),
        ]
        assert store.read(lambda connection: queries.issue(connection, 2)) == after[1]


def test_an_issue_that_is_open_is_not_opened_again(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        record(store, faulty(), faulty(at(1)))
        found = store.read(queries.open_issues)
        assert [each.number for each in found] == [1, 2, 3]
        assert {(each.opened_at, each.first_look, each.last_look) for each in found} == {
            (NOW, 1, 2)
        }


def test_a_failed_look_is_in_the_trail(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        record(store, faulty(), failed(at(1)), faulty(at(2), "OTHER"))
        trail = store.read(queries.looks)
        assert [each.run_id for each in trail] == [3, 2, 1]
        assert (trail[1].error_code, trail[1].figures, trail[1].by) == ("ORA-01031", None, "m.levi")
        of_one = store.read(lambda connection: queries.looks(connection, NAME, before=2))
        assert [each.run_id for each in of_one] == [1]
        since = store.read(lambda connection: queries.trend(connection, NAME, at(0.5)))
        assert [each.run_id for each in since] == [2]


def test_a_strip_reads_how_each_partition_of_a_sync_is(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        record(store, faulty(), faulty(sync="OTHER"))
        marks = store.read(lambda connection: marks_of(connection, NAME, at(-96)))
        assert marks == [("2026-11-21", CellState.NO_PARTITION), ("2026-11-22", CellState.OK)]


def test_a_sync_that_is_no_longer_declared_is_not_shown(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        record(store, faulty(), faulty(sync="OTHER"))
        store.write(lambda connection: declare_syncs(connection, ["OTHER"], at(1)))
        assert list(store.read(queries.known_syncs)) == ["OTHER"]
        store.write(lambda connection: declare_syncs(connection, [NAME, "OTHER"], at(2)))
        assert list(store.read(queries.known_syncs)) == [NAME, "OTHER"]


def test_work_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        write_entries(connection, [faulty()])
        raise ZeroDivisionError

    with Store(tmp_path) as store:
        with pytest.raises(ZeroDivisionError):
            store.write(fail)
        assert store.read(queries.looks) == []
        assert store.read(queries.open_issues) == []
        assert record(store, faulty()) == [1]


def test_any_thread_reads_and_writes(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def work(store: Store, name: str) -> None:
        try:
            for hour in range(5):
                record(store, failed(at(hour), name))
                store.read(queries.looks)
        except BaseException as error:
            failures.append(error)

    with Store(tmp_path) as store:
        threads = []
        for number in range(4):
            threads.append(threading.Thread(target=work, args=(store, f"S{number}")))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert len(store.read(queries.looks)) == 20


def test_another_process_reads_while_one_writes(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        reader = Reader(store.path)
        record(store, faulty())
        assert len(reader.read(queries.looks)) == 1
        record(store, failed())
        assert len(reader.read(queries.looks)) == 2
        with pytest.raises(Exception, match="this user must not write"):
            reader.read(lambda connection: write_entries(connection, [failed()]))
        reader.close()


def test_a_second_monitor_is_refused_and_the_first_is_named(tmp_path: Path) -> None:
    with Store(tmp_path), pytest.raises(SettingsError, match=r"MONITOR_DIRECTORY.*process \d+"):
        Store(tmp_path)
    Store(tmp_path).close()


def test_notices_are_due_until_they_are_sent(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        record(store, faulty())
        notice = Notice(1, "slack", NoticeKind.OPENED, due_at=NOW)
        number = store.write(lambda connection: write_notice(connection, notice))
        (due,) = store.read(lambda connection: due_notices(connection, NOW))
        assert due == replace(notice, number=number)
        assert store.read(lambda connection: due_notices(connection, at(-1))) == []
        sent = replace(due, sent_at=at(1), ended_at=at(1), tries=2, result="200")
        assert store.write(lambda connection: write_notice(connection, sent)) == number
        assert store.read(lambda connection: due_notices(connection, at(9))) == []
        assert store.read(lambda connection: notices_of(connection, 1)) == [sent]


def test_a_notice_of_no_issue_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path) as store, pytest.raises(Exception, match="FOREIGN KEY"):
        notice = Notice(7, "slack", NoticeKind.OPENED, due_at=NOW)
        store.write(lambda connection: write_notice(connection, notice))


def test_silences_end(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        silence = Silence(NAME, "m.levi", "load is repaired", NOW, at(2))
        number = store.write(lambda connection: write_silence(connection, silence))
        (found,) = store.read(lambda connection: silences(connection, at(1)))
        assert found == replace(silence, number=number)
        assert store.read(lambda connection: silences(connection, at(2))) == []
        ended = replace(found, ends=at(0.5))
        assert store.write(lambda connection: write_silence(connection, ended)) == number
        assert store.read(lambda connection: silences(connection, at(1))) == []


def test_an_answer_is_found_by_what_was_asked(tmp_path: Path) -> None:
    asked = Consultation(NAME, 1, "claude", "some-model", "ab" * 32, "{}", "{}", NOW, 700, 90)
    with Store(tmp_path) as store:
        number = store.write(lambda connection: write_consultation(connection, asked))
        found = store.read(lambda connection: answered_before(connection, asked.payload_key))
        assert found == replace(asked, number=number)
        assert store.read(lambda c: newest_consultation(c, NAME, "claude")) == found
        assert store.read(lambda c: newest_consultation(c, NAME, "rules")) is None
        assert store.read(lambda c: count_asked(c, at(-1))) == 1
        assert store.read(lambda c: count_asked(c, NOW + timedelta(1))) == 0
