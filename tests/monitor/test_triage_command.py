"""`monitor triage`: the rules, and the model where somebody asks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from oracle_cdc.cli import Origin, main
from oracle_cdc.errors import ExitCode
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from tests.monitor.entries import faulty
from tests.monitor.loopback import Loopback


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working directory with a history in which a sync is not well."""
    monkeypatch.chdir(tmp_path)
    for name in ("USE_REAL_ORACLE", "PORT", "FLASK_ENV", "USE_CLAUDE_API", "CLAUDE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with Store(tmp_path / "monitor") as store:
        store.write(lambda connection: write_entries(connection, [faulty()]))
    return tmp_path


def triage(place: Path, *arguments: str) -> int:
    return int(main(["monitor", "triage", "HR.EMPLOYEES", *arguments], Origin(directory=place)))


def test_the_model_is_asked_where_somebody_wants_it(
    place: Path,
    api: Loopback,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert triage(place) == ExitCode.DONE
    assert api.received == []
    monkeypatch.setenv("USE_CLAUDE_API", "true")
    monkeypatch.setenv("CLAUDE_API_KEY", "planted-secret")
    monkeypatch.setenv("CLAUDE_BASE_URL", api.url)
    assert triage(place, "--ask") == ExitCode.DONE
    assert len(api.received) == 1
    assert "claude-haiku-5-5" in capsys.readouterr().out
    # It is kept: what was asked is not asked again.
    assert triage(place) == ExitCode.DONE
    assert "The loader stands still." in capsys.readouterr().out
    assert len(api.received) == 1


def test_without_a_model_it_says_what_is_needed(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert triage(place, "--ask") == ExitCode.SETTINGS
    assert "USE_CLAUDE_API" in capsys.readouterr().err


def test_names_are_in_the_payload_only_where_that_is_asked_for(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    triage(place, "--show-payload")
    assert "EMPLOYEES" not in capsys.readouterr().out
    monkeypatch.setenv("TRIAGE_SEND_NAMES", "true")
    triage(place, "--show-payload")
    assert '"T1":"HR.EMPLOYEES"' in capsys.readouterr().out
