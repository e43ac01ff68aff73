"""Looks that fail halfway: what they leave behind, and what the next ones make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync_monitor.commands.status import state_of
from sync_monitor.demo.injecting import inject
from sync_monitor.demo.standin import MONITOR_USER
from sync_monitor.history import queries
from sync_monitor.history.chain import verify
from sync_monitor.history.runbooks import runbook
from sync_monitor.looks.pace import Asked
from sync_monitor.measurements import CellState
from sync_monitor.model import Severity
from sync_monitor.verdicts import IssueKind, Look, Outcome, Trigger
from tests.monitor.edges import Stage, count_judged, settings_in, staged


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
    assert found.look.verdict.severity is Severity.WARNING
    assert [issue.partition for issue in found.issues if issue.partition] == [
        stage.samples[0].days[-7]
    ]


@pytest.mark.parametrize("back", [1, 9])
def test_a_look_names_the_partition_that_the_lake_can_not_read(stage: Stage, back: int) -> None:
    half_a_file(stage, back)
    failure = stage.look().failure
    assert failure is not None
    assert str(failure).endswith(f", dt={stage.samples[0].days[-back]}")
    assert str(failure).count("dt=") == 1


def test_what_was_measured_and_never_written_is_measured_again(stage: Stage) -> None:
    inject("partial_partition", stage.place, stage.samples)
    lost = stage.rounds.look(stage.sync, Asked(Trigger.TIMER)).entry
    assert lost.look.verdict.severity is Severity.WARNING
    assert stage.look(Trigger.TIMER).entry.look.verdict.severity is Severity.WARNING


def test_what_was_measured_before_a_look_failed_is_kept_and_none_of_it_is_claimed(
    stage: Stage,
) -> None:
    inject("partial_partition", stage.place, stage.samples)
    half_a_file(stage, 9)
    entry = stage.look(Trigger.TIMER).entry
    day = stage.samples[0].days[-7]
    assert [cell.partition.key for cell in entry.cells] == [day]
    assert entry.look.figures is None
    assert [issue.kind for issue in entry.issues] == [IssueKind.NOT_MEASURED]
    assert entry.look.verdict.severity is Severity.UNKNOWN
    known = stage.store.read(lambda connection: queries.cells(connection, stage.sync.name))
    assert (known[day].state, known[day].is_confirmed) == (CellState.ROWS_MISSING, True)


def test_a_failed_look_opens_closes_and_explains_no_issue_of_what_it_measured(stage: Stage) -> None:
    inject("partial_partition", stage.place, stage.samples)
    stage.look(Trigger.TIMER)
    before = stage.store.read(lambda connection: queries.open_issues(connection))
    (issue,) = before
    kept = stage.store.read(lambda connection: runbook(connection, issue.number or 0))
    assert kept is not None
    inject("changed", stage.place, stage.samples)
    half_a_file(stage, 10)
    failed = stage.look(Trigger.TIMER).entry
    assert len([cell for cell in failed.cells if cell.is_faulty]) == 2
    after = stage.store.read(lambda connection: queries.open_issues(connection))
    assert [each for each in after if each.kind is not IssueKind.NOT_MEASURED] == before
    assert kept == stage.store.read(lambda connection: runbook(connection, issue.number or 0))


def test_what_a_look_measured_is_kept_though_nothing_could_be_concluded_of_it(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    inject("partial_partition", stage.place, stage.samples)
    broken = replace(stage.sync, limits=None)  # type: ignore[arg-type]
    look = stage.rounds.look(broken, Asked(Trigger.TIMER)).entry.look
    stage.rounds.record([stage.sync])
    assert (look.outcome, look.error_code) == (Outcome.FAILED, "CdcError")
    assert f"{broken.name}: a bug: AttributeError" in caplog.text
    assert stage.look(Trigger.TIMER).entry.look.verdict.severity is Severity.WARNING


def test_a_sync_becomes_ok_though_each_look_loses_a_statement(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with staged(settings) as stage:
        looks: list[Look] = []
        measured: list[str] = []
        while not looks or looks[-1].verdict.severity is not Severity.OK:
            stage.place.misbehave(f"drop on execute 8 for {MONITOR_USER}")
            entry = stage.look(Trigger.TIMER).entry
            looks.append(entry.look)
            # A day whose promise is to come is said, and not measured.
            measured += [cell.partition.key for cell in entry.cells if cell.checked_at]
            assert len(looks) <= count_judged(settings)
        assert len(looks) > 3
        assert {look.verdict.severity for look in looks[:-1]} == {Severity.UNKNOWN}
        assert len(measured) == len(set(measured)) == count_judged(settings)
        assert stage.store.read(verify).is_whole
        # How many statements the last look asked depends on the hour.
        stage.place.misbehave("")
        assert stage.look(Trigger.TIMER).entry.standing.severity is Severity.OK


def test_a_sync_with_many_faults_is_judged_though_each_look_loses_a_statement(stage: Stage) -> None:
    inject("zone_shift", stage.place, stage.samples)
    assert stage.look(Trigger.TIMER).entry.look.verdict.severity is Severity.CRITICAL
    verdicts: list[Severity] = []
    while not verdicts or verdicts[-1] is Severity.UNKNOWN:
        stage.place.misbehave(f"drop on execute 12 for {MONITOR_USER}")
        verdicts.append(stage.look(Trigger.TIMER).entry.look.verdict.severity)
        assert len(verdicts) <= len(stage.samples[0].days)
    assert len(verdicts) > 2
    assert verdicts[-1] is Severity.CRITICAL
    # Behind one that came to its end all faults are measured again.
    stage.place.misbehave("")
    assert len(stage.look(Trigger.TIMER).entry.cells) > 10


def test_the_status_shows_no_ok_beside_what_was_not_measured(stage: Stage) -> None:
    half_a_file(stage, 9)
    inject("partial_partition", stage.place, stage.samples)
    entry = stage.look(Trigger.TIMER).entry
    assert (entry.look.outcome, entry.standing.severity) == (Outcome.FAILED, Severity.OK)
    found = stage.store.read(lambda each: state_of(each, stage.sync, lambda _: False))
    assert found.as_json()["severity"] == "UNKNOWN"
    assert found.since == entry.look.began
    assert found.lines()[0].startswith("? UNKNOWN")
