"""Where the history may lie, and what it needs."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from oracle_cdc.errors import ExitCode, SettingsError
from sync_monitor.commands.check import check_history
from sync_monitor.history import directory
from sync_monitor.history.store import Store
from tests.monitor.edges import settings_in


def test_an_sqlite_without_strict_tables_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(SettingsError, match=r"needs SQLite 3\.37"):
        Store(tmp_path)


MOUNTS = """\
22 1 0:21 / / rw,relatime shared:1 - overlay overlay rw
30 22 0:40 / /data rw,relatime shared:2 - nfs4 filer:/export rw
31 30 8:1 / /data/local\\040disk rw shared:3 - ext4 /dev/sda1 rw
32 22 0:41 / /home rw - fuse.sshfs host:/home rw
"""


@pytest.mark.parametrize(
    ("path", "kind", "is_refused"),
    [
        ("/var/lib", "overlay", False),
        ("/data", "nfs4", True),
        ("/data/monitor", "nfs4", True),
        ("/database", "overlay", False),
        ("/data/local disk/x", "ext4", False),
        ("/home/m", "fuse.sshfs", True),
    ],
)
def test_a_file_system_of_many_hosts_is_known(path: str, kind: str, is_refused: bool) -> None:
    assert directory.file_system(MOUNTS, Path(path)) == kind
    assert directory.is_of_many_hosts(kind) is is_refused


def test_a_directory_on_a_file_system_of_many_hosts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("22 1 0:21 / / rw - nfs filer:/ rw\n", encoding="utf-8")
    monkeypatch.setattr(directory, "MOUNTS", mounts)
    with pytest.raises(SettingsError, match="which is on nfs"):
        Store(tmp_path / "history")


@pytest.mark.parametrize("denied", ["history", "history.db", "history.db-wal", "monitor.lock"])
def test_a_history_that_this_user_may_not_write_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, denied: str
) -> None:
    # As a run as another user leaves it. The user of tests may be root, who may write anything.
    directory = tmp_path / "history"
    directory.mkdir()
    for name in ("history.db", "history.db-wal", "monitor.lock"):
        (directory / name).touch()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != denied)
    with pytest.raises(SettingsError, match=f"{denied} may not be written; it belongs to"):
        Store(directory)


def test_a_directory_that_may_not_be_made_is_refused_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(SettingsError, match=f"{tmp_path.name} may not be written"):
        directory.refuse_unwritable(tmp_path / "not" / "there")
    assert list(tmp_path.iterdir()) == []


def test_check_says_that_the_history_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert check_history(settings_in(tmp_path)) == ExitCode.SETTINGS
    assert capsys.readouterr().out.startswith("❌ history: MONITOR_DIRECTORY: given ")


@pytest.mark.skipif(os.name != "posix", reason="a file in the way is said so by POSIX")
def test_a_directory_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="MONITOR_DIRECTORY"):
        Store(tmp_path / "file" / "history")
