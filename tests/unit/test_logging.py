"""The log files: which lines they get, how they rotate and are opened again."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oracle_cdc.log_files import FILES, PERFORMANCE
from oracle_cdc.running import log_setup
from oracle_cdc.running.log_setup import (
    configure_console,
    configure_logging,
    reopen,
)
from tests.unit.log_lines import ROOT, files_with, lines_of, settings_for

pytestmark = pytest.mark.usefixtures("logging_restored")


def test_each_line_goes_to_the_files_that_are_for_it(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    logging.getLogger("oracle_cdc.conversations.outbound.cycle").debug("a step")
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
    logging.getLogger("oracle_cdc.conversations.outbound.cycle").warning("will be retried")
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
    logging.getLogger("oracle_cdc.conversations.outbound.cycle").info(
        "call %s sent: %s", "1001", "שלום 📊\nnext"
    )
    (line,) = lines_of(tmp_path, "cdc_service.log")
    shown = json.loads(line)
    assert shown["message"] == "call 1001 sent: שלום 📊\\nnext"
    assert (shown["level"], shown["logger"], shown["thread"]) == (
        "INFO",
        "oracle_cdc.conversations.outbound.cycle",
        "MainThread",
    )
    assert "שלום" in line


def test_files_are_utf8_whatever_the_platform(tmp_path: Path) -> None:
    code = (
        "import logging, sys; from pathlib import Path\n"
        "from oracle_cdc.log_files import FILES; from oracle_cdc.running.log_setup "
        "import configure_logging\n"
        "from oracle_cdc.settings.sections import LoggingSettings\n"
        "configure_logging(LoggingSettings(directory=Path(sys.argv[1])), FILES)\n"
        "logging.getLogger('oracle_cdc').info('\\u05e9\\u05dc\\u05d5\\u05dd \\U0001f4ca %s', "
        "chr(0xD800))\n"
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
        logging.getLogger("oracle_cdc.conversations.outbound.cycle").debug("line %s", number)
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
        logging.getLogger("oracle_cdc.conversations.outbound.cycle").debug("line %s", number)
    # Then
    numbers = [int(line.split()[-1]) for line in lines_of(tmp_path, "cdc_service.log")]
    assert numbers == list(range(10))


def test_reopening_follows_a_file_that_was_moved_away(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    log = logging.getLogger("oracle_cdc.conversations.outbound.cycle")
    log.info("before")
    (tmp_path / "cdc_service.log").rename(tmp_path / "moved")
    reopen()
    log.info("after")
    assert [line.split()[-1] for line in lines_of(tmp_path, "moved")] == ["before"]
    assert [line.split()[-1] for line in lines_of(tmp_path, "cdc_service.log")] == ["after"]


def test_reopening_without_files_does_nothing() -> None:
    reopen()


def test_without_a_directory_standard_error_has_every_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    configure_logging(settings_for("none"), FILES)
    logging.getLogger("oracle_cdc.oracle").debug("a step")
    logging.getLogger(PERFORMANCE).info("a timing")
    reopen()
    logging.getLogger("oracle_cdc.oracle").info("after it")
    shown = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[-1] for line in shown] == ["a step", "a timing", "after it"]
    assert list(tmp_path.iterdir()) == []


def test_without_a_directory_the_level_and_the_format_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(settings_for("none", format="json", level="WARNING"), FILES)
    logging.getLogger("oracle_cdc.oracle").info("a claim")
    logging.getLogger("oracle_cdc.oracle").warning("a wait")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "a wait"


def test_files_that_stood_are_closed_once_there_is_no_directory(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    configure_logging(settings_for("none"), FILES)
    logging.getLogger("oracle_cdc.oracle").info("elsewhere")
    assert files_with(tmp_path, "elsewhere") == set()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
def test_a_full_disk_breaks_nothing_and_is_reported_once(
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
    logging.getLogger("oracle_cdc.conversations.outbound.cycle").debug("%d calls", "secret")
    assert "secret" not in capsys.readouterr().err


def test_logging_can_be_set_up_again_in_the_same_process(tmp_path: Path) -> None:
    configure_logging(settings_for(tmp_path), FILES)
    configure_logging(settings_for(tmp_path), FILES)
    logging.getLogger("oracle_cdc.oracle").info("once")
    assert len(lines_of(tmp_path, "cdc_oracle.log")) == 1
