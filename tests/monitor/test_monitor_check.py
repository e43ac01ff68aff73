"""`monitor check`: what it says of a lake that is not as the settings say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sync_monitor.demo.standin import stand_in
from tests.monitor.conftest import Run


def test_a_lake_without_files_is_why_rows_are_not_compared(run: Run, tmp_path: Path) -> None:
    run("seed")
    for file in (tmp_path / "monitor" / "lake").rglob("*.parquet"):
        file.unlink()
    assert "not compared: no file in the lake to see columns in" in run("check")[1]


def test_rows_that_may_have_no_time_are_said_to_be_in_no_figure(run: Run, tmp_path: Path) -> None:
    run("seed")
    said = "HR.EMPLOYEES: UPDATED_AT may be NULL in Oracle: such rows are in no figure"
    assert said not in run("check")[1]
    with stand_in(tmp_path / "monitor" / "standin") as place, place.dba() as connection:
        connection.cursor().execute("ALTER TABLE HR.EMPLOYEES MODIFY (UPDATED_AT NULL)")
    code, text = run("check")
    assert code == 0
    assert said in text


@pytest.mark.parametrize("name", ["year=2026", "dt=20261123", "dt=23.11.2026", "2026-11-23"])
def test_directories_that_are_called_otherwise_are_named(
    run: Run, tmp_path: Path, name: str
) -> None:
    run("seed")
    lake = tmp_path / "monitor/lake/hr/employees"
    assert "no partition of the window is there" not in run("check")[1]
    shutil.rmtree(lake)
    (lake / name).mkdir(parents=True)
    code, text = run("check")
    assert code == 0
    assert f"no partition of the window is there, but: {name}; allowed: directories such" in text


@pytest.mark.parametrize("action", ["seed", "check", "once", "run"])
@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_file_in_the_place_of_the_directory_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, below: str
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MONITOR_DIRECTORY", f"{tmp_path}/file{below}")
    code, text = run(action)
    assert code == 2
    assert f"MONITOR_DIRECTORY: given '{tmp_path}/file{below}'; allowed: a directory" in text


def test_a_lake_that_is_absent_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("seed")
    monkeypatch.setenv("MONITOR_LAKE_DIRECTORY", str(tmp_path / "nowhere"))
    code, text = run("check")
    assert code == 5
    assert f"LAKE-ABSENT at {tmp_path / 'nowhere'}" in text


def test_one_sync_is_checked_by_its_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = {"a": {"source": "A.A"}, "b": {"source": "A.B"}}
    monkeypatch.setenv("MONITOR_SYNCS", json.dumps(syncs))
    run("seed")
    code, text = run("check", "--sync", "b")
    assert (code, "b: the stand-in" in text, "a: the stand-in" in text) == (0, True, False)
    code, text = run("check", "--sync", "x")
    assert (code, "no sync is named 'x'; there are: a, b" in text) == (2, True)


def test_a_setting_of_no_known_name_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_INTERVALL_SECONDS", "60")
    run("seed")
    assert "MONITOR_INTERVALL_SECONDS" in run("check")[1]
