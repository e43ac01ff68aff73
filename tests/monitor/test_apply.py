"""A runbook that is piped into what applies it."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import ExitCode
from sync_monitor.demo.apply import main


@pytest.mark.parametrize("text", ["", " \n"])
def test_no_runbook_at_all_is_a_mistake_in_one_line(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(text) == ExitCode.SETTINGS
    said = capsys.readouterr().err
    assert "no SQL came on standard input" in said
    assert said.count("\n") == 1
