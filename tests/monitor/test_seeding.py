"""What seeding writes over: its own, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.monitor.conftest import Run


def test_a_lake_that_no_seed_wrote_is_left_as_it_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("seed")
    lake = tmp_path / "real"
    file = lake / "hr/employees/dt=2026-11-01/part.parquet"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"precious")
    monkeypatch.setenv("MONITOR_LAKE_DIRECTORY", str(lake))
    code, text = run("seed")
    assert code == 2
    assert f"{str(lake / 'hr/employees')!r} holds what no seed wrote" in text
    assert "USE_REAL_ORACLE=true" in text
    for arguments in (("inject", "missing_partition"), ("inject", "stale", "--undo")):
        code, text = run(*arguments)
        assert code == 2
        assert "nothing is seeded yet" in text
    assert [each for each in lake.rglob("*") if each.is_file()] == [file]


def test_what_was_injected_is_undone_whatever_it_was(run: Run) -> None:
    run("seed")
    run("inject", "missing_partition")
    assert run("once", "--fail-on", "critical")[0] == 6
    assert run("inject", "--undo") == (0, "all is as it was seeded\n")
    assert run("once", "--fail-on", "warning")[0] == 0
    code, text = run("inject")
    assert code == 2
    assert "a KIND is missing, or --undo" in text


def test_a_demo_leaves_a_lake_that_the_settings_name_as_it_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "real/dt=2026-11-01/part.parquet"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"precious")
    syncs = {"orders": {"source": "SALES.ORDERS", "target": str(tmp_path / "real")}}
    monkeypatch.setenv("MONITOR_SYNCS", json.dumps(syncs))
    code, text = run("demo")
    assert code == 2
    assert "holds what no seed wrote" in text
    assert file.read_bytes() == b"precious"


def test_a_seed_is_written_anew_where_the_last_one_ended_halfway(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs = {"a": {"source": "A.A"}, "b": {"source": "A.B", "target": "file/b"}}
    monkeypatch.setenv("MONITOR_SYNCS", json.dumps(syncs))
    lake = tmp_path / "monitor/lake"
    lake.mkdir(parents=True)
    (lake / "file").write_bytes(b"")
    code, text = run("seed")
    assert code == 2
    assert f"{str(lake / 'file/b')!r} can't be written: Not a directory" in text
    assert (lake / "a/a").exists()
    (lake / "file").unlink()
    assert run("seed")[0] == 0
