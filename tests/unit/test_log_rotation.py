"""The log files while others move, delete or read them."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import sys
from pathlib import Path

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.log_files import FILES
from oracle_cdc.running.lock import LOCK_FILE, lock_directory
from oracle_cdc.running.log_rotation import LogDirectory, LogFile
from oracle_cdc.running.log_setup import close_logs, configure_logging
from tests.unit.log_lines import lines_of, settings_for

pytestmark = [
    pytest.mark.usefixtures("logging_restored"),
    pytest.mark.skipif(sys.platform == "win32", reason="what is open can't be moved there"),
]

log = logging.getLogger("oracle_cdc.conversations.outbound.cycle")


def last_words(directory: Path, name: str) -> list[str]:
    return [line.split()[-1] for line in lines_of(directory, name)]


def test_a_file_that_was_deleted_is_there_again_at_the_next_line(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    log.error("before")
    (tmp_path / "cdc_errors.log").unlink()
    log.error("after")
    assert last_words(tmp_path, "cdc_errors.log") == ["after"]
    assert last_words(tmp_path, "cdc_service.log") == ["before", "after"]


def test_a_file_that_was_moved_away_takes_no_more_lines(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    log.info("before")
    (tmp_path / "cdc_service.log").rename(tmp_path / "moved")
    log.info("after")
    assert last_words(tmp_path, "moved") == ["before"]
    assert last_words(tmp_path, "cdc_service.log") == ["after"]


def test_a_file_that_was_emptied_where_it_stands_goes_on_at_its_beginning(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    log.info("before")
    (tmp_path / "cdc_service.log").write_bytes(b"")
    log.info("after")
    assert last_words(tmp_path, "cdc_service.log") == ["after"]


def test_a_directory_that_was_deleted_is_made_again_and_locked_again(tmp_path: Path) -> None:
    directory = tmp_path / "logs"
    configure_logging(settings_for(directory), FILES)
    log.info("before")
    shutil.rmtree(directory)
    log.info("after")
    assert last_words(directory, "cdc_service.log") == ["after"]
    with pytest.raises(SettingsError, match="locked by process"):
        lock_directory(directory)


def test_a_directory_that_another_process_took_meanwhile_is_left_to_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "logs"
    configure_logging(settings_for(directory), FILES)
    shutil.rmtree(directory)
    directory.mkdir()
    with lock_directory(directory):
        log.error("elsewhere")
        assert [path.name for path in directory.iterdir() if path.name != LOCK_FILE] == []
    assert "locked by process" in capsys.readouterr().err


def test_a_full_disk_keeps_nobody_from_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: files that are there, so that only the number of the process takes space
    configure_logging(settings_for(tmp_path), FILES)
    close_logs()

    def fail(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", fail)
    # When
    configure_logging(settings_for(tmp_path), FILES)
    # Then
    with pytest.raises(SettingsError, match="locked by process unknown"):
        lock_directory(tmp_path)


class Read(LogFile):
    """A log file that somebody reads on Windows: its own name can't be taken away."""

    def rotate(self, source: str, dest: str) -> None:
        raise PermissionError(source)


def test_a_rotation_that_fails_at_each_line_moves_older_files_once(tmp_path: Path) -> None:
    # Given: two older files, which a rotation moves up
    for number in (1, 2):
        (tmp_path / f"cdc_service.log.{number}").write_text(f"older {number}")
    directory = LogDirectory(tmp_path)
    file = Read(directory, "cdc_service.log", max_bytes=10, backup_count=5)
    # When: each line is one that should begin a file
    for number in range(20):
        file.handle(logging.makeLogRecord({"msg": f"line number {number}"}))
    file.close()
    # Then
    assert len(lines_of(tmp_path, "cdc_service.log")) == 20
    older = {path.name: path.read_text() for path in tmp_path.glob("cdc_service.log.*")}
    assert older == {"cdc_service.log.2": "older 1", "cdc_service.log.3": "older 2"}
