"""Standard output that takes nothing, or is not there."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.process import ROOT
from tests.world import World


@pytest.mark.parametrize("line", ["settings --json", "status", "init-tables --print"])
def test_an_output_that_takes_nothing_is_said_and_no_traceback(
    world: World, tmp_path: Path, line: str
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, str(ROOT / "cdc_service.py"), *line.split()],
            env=world.environment(str(tmp_path)),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.endswith("❌ standard output: No space left on device\n")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_command_that_is_started_without_output_does_its_work(
    world: World, tmp_path: Path, closed: str
) -> None:
    # With a name that is warned of, so that there is something to write on both.
    variables = {**world.environment(str(tmp_path)), "ORACLE_PASWORD": "geheim"}
    command = f'"{sys.executable}" "{ROOT}/cdc_service.py" settings {closed}'
    ended = subprocess.run(
        ["/bin/sh", "-c", command], env=variables, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0
    assert "Traceback" not in ended.stdout + ended.stderr


def test_wrong_settings_end_with_2_also_where_standard_error_takes_nothing(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "cdc_service.py"), "run"]
    environment = {"HEALTH_PORT": "x", "LOG_DIR": str(tmp_path)}
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(command, env=environment, stderr=full, check=False)
    assert ended.returncode == 2


#: Standard error is not there to say what is wrong, so the exit code does.
STREAMS = """
import sys
from oracle_cdc.cli import open_missing_streams
open_missing_streams()
streams = (sys.stdin, sys.stdout, sys.stderr)
sys.exit([stream.fileno() for stream in streams] != [0, 1, 2] or sys.stdin.isatty())
"""


@pytest.mark.parametrize("closed", ["<&-", "<&- >&-", "<&- >&- 2>&-"])
def test_no_connection_or_log_file_takes_the_place_of_a_missing_stream(closed: str) -> None:
    command = f"{shlex.join([sys.executable, '-c', STREAMS])} {closed}"
    ended = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, check=False)
    assert ended.returncode == 0
