"""Directories and files of the logs that are not what they should be."""

from __future__ import annotations

import logging
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.log_files import FILES
from oracle_cdc.running.lock import lock_directory
from oracle_cdc.running.log_setup import (
    close_logs,
    configure_console,
    configure_logging,
    reopen,
)
from tests.unit.log_lines import ROOT, files_with, lines_of, settings_for

pytestmark = pytest.mark.usefixtures("logging_restored")

LOCK_IN_A_PROCESS = """
import sys
from pathlib import Path
from oracle_cdc.running.lock import lock_directory
file = lock_directory(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOCK_IN_A_PROCESS, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "locked\n"
        with pytest.raises(SettingsError, match=rf"LOG_DIR.*locked by process {first.pid}\b"):
            configure_logging(settings_for(tmp_path), FILES)
        assert not list(tmp_path.glob("*.log"))
        # A process that is killed leaves the file, not the lock.
        first.kill()
    configure_logging(settings_for(tmp_path), FILES)


def test_closing_lets_the_directory_go(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    close_logs()
    close_logs()
    lock_directory(tmp_path).close()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        SettingsError,
        match=r"LOG_DIR: given '.*/file/logs'; allowed: a directory that this user may",
    ):
        configure_logging(settings_for(tmp_path / "file" / "logs"), FILES)


def test_a_file_that_cannot_be_opened_is_named_and_the_directory_let_go(tmp_path: Path) -> None:
    (tmp_path / "cdc_sqs.log").mkdir()
    with pytest.raises(SettingsError, match="cdc_sqs"):
        configure_logging(settings_for(tmp_path), FILES)
    lock_directory(tmp_path).close()


ODD = {
    "a link": lambda path, victim: path.symlink_to(victim),
    "a link that leads nowhere": lambda path, victim: path.symlink_to(victim.with_name("nowhere")),
    "a second name": lambda path, victim: path.hardlink_to(victim),
    "a FIFO": lambda path, victim: os.mkfifo(path),
    "a socket": lambda path, victim: bind(path),
}


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("name", ["cdc_service.lock", "cdc_service.log", "cdc_errors.log"])
@pytest.mark.parametrize("kind", ODD)
def test_a_link_a_fifo_or_a_socket_in_place_of_a_file_is_named_and_left_alone(
    tmp_path: Path, name: str, kind: str
) -> None:
    directory, victim = tmp_path / "logs", tmp_path / "victim"
    directory.mkdir()
    victim.write_text("as it was")
    ODD[kind](directory / name, victim)

    with pytest.raises(
        SettingsError, match=rf"LOG_DIR: .*{name} is (a|no) .*; allowed: regular files"
    ):
        configure_logging(settings_for(directory), FILES)

    assert victim.read_text() == "as it was"
    assert not (tmp_path / "nowhere").exists()


def test_a_link_that_appears_while_it_runs_is_not_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    file, victim = tmp_path / "cdc_service.log", tmp_path / "victim"
    victim.touch()
    file.rename(tmp_path / "moved")
    file.symlink_to(victim)
    reopen()
    logging.getLogger("oracle_cdc.oracle").info("a line")
    assert (victim.read_text(), len(lines_of(tmp_path, "moved"))) == ("", 1)
    assert f"{file} can't be written" in capsys.readouterr().err


def test_a_directory_of_logs_may_be_a_link_itself(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "logs").symlink_to(tmp_path / "var")
    configure_logging(settings_for(tmp_path / "logs"), FILES)
    assert {path.name for path in (tmp_path / "var").glob("*.log")} == set(FILES)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_others_cannot_read_the_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        configure_logging(settings_for(tmp_path / "logs"), FILES)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "logs").iterdir()}
    assert modes == dict.fromkeys((*FILES, "cdc_service.lock"), 0o640)
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o750


def test_other_commands_log_to_stderr_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    configure_console("INFO")
    logging.getLogger("oracle_cdc.oracle").info("a claim")
    shown = capsys.readouterr()
    assert shown.err.endswith("oracle_cdc.oracle: a claim\n")
    assert shown.out == ""
    assert files_with(tmp_path, "a claim") == set()


def test_a_thread_that_dies_is_logged_without_what_its_error_quotes(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    thread = threading.Thread(target=lambda: {}["054-1234567"], name="results")
    thread.start()
    thread.join()
    text = (tmp_path / "cdc_errors.log").read_text(encoding="utf-8")
    assert "thread results ends by an error" in text
    assert text.endswith("KeyError\n")
