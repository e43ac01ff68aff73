"""A command that a demo runs as an operator does, and what it says when that fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from oracle_cdc.demo.children import Children, DemoError, python
from oracle_cdc.demo.isolation import is_setting
from oracle_cdc.demo.program import Program


class Saying(Program):
    """A program whose commands say a line and end with a code."""

    code = 0

    def command(self, *arguments: str) -> list[str]:
        said = f"print('did', {arguments!r}); raise SystemExit({self.code})"
        return [sys.executable, "-c", said]


def test_a_command_returns_what_it_said_or_fails_with_it(tmp_path: Path) -> None:
    program = Saying(tmp_path, cast("Children", None), "shipper")
    assert program.call("dlq", "process") == "did ('dlq', 'process')\n"
    program.code = 3
    with pytest.raises(DemoError, match=r"dlq process ended with 3\ndid \('dlq', 'process'\)"):
        program.call("dlq", "process")


def test_a_child_is_started_from_another_directory_by_a_relative_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", os.path.relpath(sys.executable))
    command = python("-c", "print('here')")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "here\n"


@pytest.mark.parametrize(
    "name", ["ORACLE_DSN", "PIPELINES", "NATS_SERVERS", "AWS_PROFILE", "MONITOR_SYNCS", "PORT"]
)
def test_no_setting_of_another_system_gets_into_a_demo(name: str) -> None:
    assert is_setting(name)
    assert not is_setting("PATH")
