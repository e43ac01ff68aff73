"""Where log lines go: the five files, their owner, and what happens when they can't be written."""

from __future__ import annotations

import json
import logging
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
from oracle_cdc.conversations.log_files import FILES, PERFORMANCE
from oracle_cdc.errors import SettingsError
from oracle_cdc.running import log_setup
from oracle_cdc.running.lock import lock_directory
from oracle_cdc.running.log_setup import (
    close_logs,
    configure_console,
    configure_logging,
    reopen,
)
from oracle_cdc.settings.sections import LoggingSettings

ROOT = Path(config.__file__).parent
HOLD_DIRECTORY = """
import sys
from pathlib import Path
from oracle_cdc.running.lock import lock_directory
file = lock_directory(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """These tests set up the logging of the whole process; others expect it untouched."""
    root = logging.getLogger()
    named = [
        logging.getLogger(name)
        for names in (*[lines.loggers for lines in FILES.values()], log_setup.FOREIGN_LOGGERS)
        for name in names
        if name
    ]
    before = list(root.handlers), root.level, [each.level for each in named]
    hooks = sys.excepthook, threading.excepthook, logging.raiseExceptions
    yield
    close_logs()
    root.handlers[:], level, levels = before
    root.setLevel(level)
    for each, its_level in zip(named, levels, strict=True):
        each.setLevel(its_level)
    sys.excepthook, threading.excepthook, logging.raiseExceptions = hooks


def settings_for(directory: Path, **changes: object) -> LoggingSettings:
    return LoggingSettings.model_validate({"directory": directory, "level": "DEBUG", **changes})


def lines_of(directory: Path, name: str) -> list[str]:
    return (directory / name).read_text(encoding="utf-8").splitlines()


def files_with(directory: Path, text: str) -> set[str]:
    return {name for name in FILES if text in (directory / name).read_text(encoding="utf-8")}


def test_each_line_goes_to_the_files_that_are_for_it(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    logging.getLogger("oracle_cdc.conversations.outbound.capture").debug("a step")
    logging.getLogger("oracle_cdc.conversations.tables.ledger").info("a claim")
    logging.getLogger("oracle_cdc.aws.sqs.outbound").error("a refusal")
    logging.getLogger("oracle_cdc.aws.session").info("a key")
    logging.getLogger(PERFORMANCE).info("a timing")
    assert files_with(tmp_path, "a step") == {"cdc_service.log"}
    assert files_with(tmp_path, "a claim") == {"cdc_service.log", "cdc_oracle.log"}
    assert files_with(tmp_path, "a refusal") == {"cdc_service.log", "cdc_sqs.log", "cdc_errors.log"}
    assert files_with(tmp_path, "a key") == {"cdc_service.log", "cdc_sqs.log"}
    assert files_with(tmp_path, "a timing") == {"cdc_service.log", "cdc_performance.log"}


def test_the_directory_is_made_with_all_five_files(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path / "a" / "b"), FILES)
    assert {path.name for path in (tmp_path / "a" / "b").glob("*.log")} == set(FILES)


def test_lines_below_the_level_are_left_out(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path, level="ERROR"), FILES)
    logging.getLogger("oracle_cdc.conversations.outbound.capture").warning("will be retried")
    assert files_with(tmp_path, "will be retried") == set()


@pytest.mark.parametrize(
    "name", ["boto3", "botocore.endpoint", "urllib3.connectionpool", "oracledb", "s3transfer"]
)
def test_libraries_that_log_what_they_carry_never_go_below_warning(
    tmp_path: Path, name: str
) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING
    configure_console("DEBUG")
    assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING


def test_libraries_are_as_silent_as_the_service(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path, level="ERROR"), FILES)
    assert not logging.getLogger("botocore").isEnabledFor(logging.WARNING)


def test_json_lines_are_whole_objects(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path, format="json"), FILES)
    logging.getLogger("oracle_cdc.conversations.outbound.capture").info(
        "call %s sent: %s", "1001", "שלום 📊\nnext"
    )
    (line,) = lines_of(tmp_path, "cdc_service.log")
    shown = json.loads(line)
    assert shown["message"] == "call 1001 sent: שלום 📊\\nnext"
    assert (shown["level"], shown["logger"], shown["thread"]) == (
        "INFO",
        "oracle_cdc.conversations.outbound.capture",
        "MainThread",
    )
    assert "שלום" in line


def test_files_are_utf8_whatever_the_platform(tmp_path: Path) -> None:
    code = (
        "import logging, sys; from pathlib import Path\n"
        "from oracle_cdc.conversations.log_files import FILES; from oracle_cdc.running.log_setup import configure_logging\n"
        "from oracle_cdc.settings.sections import LoggingSettings\n"
        "configure_logging(LoggingSettings(directory=Path(sys.argv[1])), FILES)\n"
        "logging.getLogger('oracle_cdc').info('\\u05e9\\u05dc\\u05d5\\u05dd \\U0001f4ca %s', chr(0xD800))\n"
    )
    environment = {
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
    }
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=60,
    )
    (line,) = lines_of(tmp_path, "cdc_service.log")
    assert line.endswith("שלום 📊 \\ud800")


def test_files_rotate_by_size_and_keep_so_many(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path, max_bytes=200, backup_count=2), FILES)
    for number in range(50):
        logging.getLogger("oracle_cdc.conversations.outbound.capture").debug("line %s", number)
    assert {path.name for path in tmp_path.glob("cdc_service.log*")} == {
        "cdc_service.log",
        "cdc_service.log.1",
        "cdc_service.log.2",
    }


def test_a_failed_rotation_loses_no_line(tmp_path: Path) -> None:
    # Given: a directory where the first older file should go
    (tmp_path / "cdc_service.log.1" / "x").mkdir(parents=True)
    configure_logging(settings_for(tmp_path, max_bytes=100, backup_count=1), FILES)
    # When
    for number in range(10):
        logging.getLogger("oracle_cdc.conversations.outbound.capture").debug("line %s", number)
    # Then
    assert [line.split()[-1] for line in lines_of(tmp_path, "cdc_service.log")] == [
        str(n) for n in range(10)
    ]


def test_reopening_follows_a_file_that_was_moved_away(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    log = logging.getLogger("oracle_cdc.conversations.outbound.capture")
    log.info("before")
    (tmp_path / "cdc_service.log").rename(tmp_path / "moved")
    reopen()
    log.info("after")
    assert [line.split()[-1] for line in lines_of(tmp_path, "moved")] == ["before"]
    assert [line.split()[-1] for line in lines_of(tmp_path, "cdc_service.log")] == ["after"]


def test_reopening_without_files_does_nothing() -> None:
    reopen()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
def test_a_full_disk_breaks_nothing_and_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    (file,) = (
        each for _, each in log_setup._log_files() if each.baseFilename.endswith("cdc_service.log")
    )
    with Path("/dev/full").open("w") as full:
        os.dup2(full.fileno(), file.stream.fileno())
    for number in range(100):
        logging.getLogger("oracle_cdc.oracle").debug("line %s", number)
    assert len(lines_of(tmp_path, "cdc_oracle.log")) == 100
    (complaint,) = capsys.readouterr().err.splitlines()
    assert complaint.endswith("cdc_service.log can't be written: OSError (ENOSPC)")


def test_a_line_with_a_wrong_format_breaks_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    logging.getLogger("oracle_cdc.conversations.outbound.capture").debug("%d calls", "secret")
    assert "secret" not in capsys.readouterr().err


def test_a_second_process_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD_DIRECTORY, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(SettingsError, match=rf"LOG_DIR.*locked by process {first.pid}\b"):
            configure_logging(settings_for(tmp_path), FILES)
        assert not list(tmp_path.glob("*.log"))
        # A process that is killed leaves the file, not the lock.
        first.kill()
    configure_logging(settings_for(tmp_path), FILES)


def test_logging_can_be_set_up_again_in_the_same_process(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    configure_logging(settings_for(tmp_path), FILES)
    logging.getLogger("oracle_cdc.oracle").info("once")
    assert len(lines_of(tmp_path, "cdc_oracle.log")) == 1


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


# Others write into the directory


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
