"""The copies of a round: none is started while it runs, whoever asks for it and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from tests.chaos.harness.copies import KILLED, Copies
from tests.chaos.harness.processes import Processes


class Commands:
    """Notes which processes a launcher would have started."""

    def __init__(self) -> None:
        self.started: list[str] = []

    def send(self, *, name: str, **_: Any) -> None:
        self.started.append(name)


class Untimed(Copies):
    """Copies that are started again when a test asks for it."""

    def start_later(self, copy: str) -> None:
        pass


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def copies(tmp_path: Path, commands: Commands) -> Copies:
    """Make copies of which one runs."""
    copies = Untimed(tmp_path, {}, freeze_seconds=0.0, restart_seconds=0.0)
    copies.processes = cast(Processes, commands)
    copies.start("A")
    return copies


def end(copies: Copies, name: str) -> None:
    copies.listen({"event": "ended", "name": name, "code": KILLED, "at": 0.0})


def test_a_copy_that_ended_before_a_downtime_was_over_is_started_once(
    copies: Copies, commands: Commands
) -> None:
    copies.is_down = True
    end(copies, "A1")
    copies.resume()
    # What waited since it ended comes now.
    copies.start("A")
    assert commands.started == ["A1", "A2"]


def test_a_copy_that_has_not_ended_when_a_downtime_is_over_is_started_once_it_has(
    copies: Copies, commands: Commands
) -> None:
    copies.is_down = True
    copies.resume()
    assert commands.started == ["A1"]
    end(copies, "A1")
    copies.start("A")
    assert commands.started == ["A1", "A2"]


def test_a_copy_whose_process_was_not_reported_yet_is_not_started_beside_it(
    copies: Copies, commands: Commands
) -> None:
    copies.resume()
    assert commands.started == ["A1"]
