"""Looks that fail halfway: what they leave behind, and what the next ones make of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_monitor.demo.injecting import inject
from sync_monitor.look_parts import Asked
from sync_monitor.model import Severity
from sync_monitor.verdicts import Outcome, Trigger
from tests.monitor.edges import Stage, settings_in, staged


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(settings_in(tmp_path_factory.mktemp("monitor"))) as found:
        yield found


@pytest.fixture
def stage(shared: Stage) -> Stage:
    """Lend a stage that is well, and that a look of the timer knows."""
    shared.reset()
    assert shared.look(Trigger.TIMER).entry.cells == ()
    return shared


def half_a_file(stage: Stage, back: int) -> Path:
    """Begin to write a file into a day of the lake, counted back from the newest."""
    day = stage.samples[0].days[-back]
    file = next(stage.target.glob(f"*={day}")) / "half.parquet"
    file.write_bytes(b"PAR1")
    return file


def test_a_change_is_found_though_the_look_that_measured_it_failed_behind_it(stage: Stage) -> None:
    inject("partial_partition", stage.place, stage.samples)
    half = half_a_file(stage, 9)
    failed = stage.look(Trigger.TIMER).entry.look
    assert (failed.outcome, failed.error_code) == (Outcome.FAILED, "LAKE-FILE")
    half.unlink()
    found = stage.look(Trigger.TIMER).entry
    assert [cell.partition.key for cell in found.cells if cell.is_faulty] == [
        stage.samples[0].days[-7]
    ]
    assert found.look.verdict.severity is Severity.WARNING


def test_what_was_measured_and_never_written_is_measured_again(stage: Stage) -> None:
    inject("partial_partition", stage.place, stage.samples)
    lost = stage.rounds.look(stage.sync, Asked(Trigger.TIMER)).entry
    assert lost.look.verdict.severity is Severity.WARNING
    assert stage.look(Trigger.TIMER).entry.look.verdict.severity is Severity.WARNING
