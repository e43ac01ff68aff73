"""What waits for the history: a full disk, and a look that no history takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from oracle_cdc.cli import Origin, main
from oracle_cdc.errors import ExitCode
from oracle_cdc.running.progress import Progress
from sync_monitor.history.chain import verify
from sync_monitor.history.recorder import Recorder, Written
from sync_monitor.history.store import Store
from sync_monitor.records import Entry, Retention
from sync_monitor.rounds import Rounds
from sync_monitor.service import Monitor, Plan
from sync_monitor.verdicts import Cost, IssueKind
from tests.monitor.building import at
from tests.monitor.entries import failed, faulty
from tests.monitor.test_service import PACE, SYNCS, HangingLooker


def test_a_full_disk_stops_no_look_and_leaves_no_hole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(tmp_path) as store:
        recorder = Recorder(store)
        assert run_ids(recorder.record([faulty()])) == [1]
        limit(store, pages=1)
        for hour in range(1, 41):
            recorder.record([faulty(at(hour))])
        assert recorder.waiting > 0
        assert "disk is full" in caplog.text
        assert store.read(verify).is_whole
        limit(store, pages=1_000_000)
        recorder.record()
        assert recorder.waiting == 0
        assert store.read(verify).looks == 41


def run_ids(written: Sequence[Written]) -> list[int]:
    return [each.run_id for each in written]


def impossible(hour: float, sync: str = "POOR") -> Entry:
    """Return what a look left behind that no history takes: more rows than a number of it has."""
    entry = failed(at(hour), sync)
    return replace(entry, look=replace(entry.look, cost=Cost(oracle_rows=2**63)))


def test_a_look_that_can_not_be_written_is_set_aside_and_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(tmp_path) as store:
        recorder = Recorder(store)
        before, behind = failed(at(0)), failed(at(2))
        written = recorder.record([before, impossible(1), behind])
        assert [each.entry for each in written] == [before, behind]
        assert (recorder.waiting, recorder.set_aside, recorder.lost) == (0, 1, 0)
        assert "POOR: a look can't be written, it is set aside" in caplog.text
        assert run_ids(recorder.record([failed(at(3))])) == [3]
        assert store.read(verify).is_whole


def test_a_look_is_set_aside_only_if_it_alone_fails(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        recorder = Recorder(store)
        assert recorder.record([impossible(0)]) == []
        assert recorder.record([impossible(1), impossible(2)]) == []
        assert (recorder.waiting, recorder.set_aside) == (3, 0)
        written = recorder.record([failed(at(hour)) for hour in range(3, 8)])
        assert run_ids(written) == list(range(1, 6))
        assert (recorder.waiting, recorder.set_aside) == (0, 3)


def test_a_look_that_breaks_a_rule_of_the_schema_is_no_history_that_takes_nothing(
    tmp_path: Path,
) -> None:
    entry = failed(at(1), "POOR")
    (issue,) = [each for each in faulty(sync="POOR").issues if each.kind is IssueKind.SCHEMA]
    twice = replace(entry, issues=(replace(issue, number=7), replace(issue, number=8)))
    with Store(tmp_path) as store:
        recorder = Recorder(store)
        assert run_ids(recorder.record([failed(), twice])) == [1]
        assert (recorder.waiting, recorder.set_aside) == (0, 1)


@pytest.mark.parametrize("is_full", [True, False])
def test_what_waits_for_the_history_is_written_at_the_end_or_said_to_be_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_full: bool
) -> None:
    with Store(tmp_path) as store:
        rounds = Rounds(store, HangingLooker(hangs=()), PACE)
        plan = Plan(SYNCS, PACE, Retention(), 1, PACE.interval)
        monitor = Monitor(store, rounds, plan, Progress())
        limit(store, pages=1)
        many = [failed(at(hour)) for hour in range(500)]
        assert rounds.recorder.record(many) == []
        if not is_full:
            limit(store, pages=1_000_000)
        monitor.finish()
        assert store.read(verify).looks == (0 if is_full else 500)
    assert ("took nothing until the end: 500" in caplog.text) is is_full


def test_once_says_that_the_history_did_not_take_its_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("USE_REAL_ORACLE", raising=False)
    here = Origin(directory=tmp_path)
    for action in ("seed", "once"):
        assert main(["monitor", action], here) == 0
    refusal = "BEGIN SELECT RAISE(ABORT, 'nothing more'); END"
    with closing(sqlite3.connect(tmp_path / "monitor" / "history.db")) as history:
        history.execute(f"CREATE TRIGGER refuse BEFORE INSERT ON look {refusal}")

    assert main(["monitor", "once"], here) == ExitCode.STORE
    assert "history took nothing until the end: 1" in capsys.readouterr().err


def limit(store: Store, pages: int) -> None:
    """Have the file grow no further than it is, or than some pages."""
    store.write(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}"))


def test_what_waits_for_a_full_disk_is_bounded_and_counted(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        recorder = Recorder(store, most_waiting=5)
        limit(store, pages=1)
        recorder.record([failed(at(hour)) for hour in range(500)])
        assert (recorder.waiting, recorder.lost) == (5, 495)
        limit(store, pages=1_000_000)
        recorder.record()
        assert store.read(verify).looks == 5
