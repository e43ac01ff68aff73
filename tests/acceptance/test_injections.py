"""Every kind of damage, done to real data: found by its cause, and healed, through real edges."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from oracle_cdc.commands.monitor_arguments import INJECTED
from sync_monitor.commands.check import warnings
from sync_monitor.commands.shared.in_words import line_of
from sync_monitor.demo.injecting import INJECTIONS, inject
from sync_monitor.demo.nightly_load import days_of, load_day
from sync_monitor.demo.play import CAUSES, HEALED_BY_RUNBOOK
from sync_monitor.explaining import questions
from sync_monitor.history import queries
from sync_monitor.history.runbooks import runbook
from sync_monitor.lake.seam import NULL_PARTITION
from sync_monitor.looks.trying import try_both
from sync_monitor.model import Severity
from sync_monitor.rounds import Rounds
from sync_monitor.verdicts import Outcome, Trigger
from sync_monitor.web.detail import Sum, sums_of
from sync_monitor.web.states import State
from sync_monitor.web.sync_rows import why_of_figures
from sync_monitor.wiring.edges import make_looker
from tests.monitor.edges import Stage, settings_in, staged

WARNINGS = {"partial_partition", "doubles", "changed", "lake_ahead", "deleted", "column_added"}
UNKNOWN = {"no_rights", "oracle_down", "lake_down", "both_empty"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(settings_in(tmp_path_factory.mktemp("monitor"))) as found:
        yield found


def severity_of(kind: str) -> Severity:
    if kind in WARNINGS:
        return Severity.WARNING
    return Severity.UNKNOWN if kind in UNKNOWN else Severity.CRITICAL


@pytest.mark.parametrize("kind", INJECTED)
def test_each_kind_is_found_by_its_cause_within_two_looks_and_healed(
    stage: Stage, kind: str
) -> None:
    act = stage.play.play(kind)
    assert act.looks is not None
    assert act.looks <= 2
    assert (act.cause, act.severity) == (CAUSES[kind], severity_of(kind))
    assert act.healed_by == ("runbook" if kind in HEALED_BY_RUNBOOK else "undo")
    assert act.is_well


def test_rows_without_a_partition_are_in_no_figure_and_said(stage: Stage) -> None:
    stage.reset()
    (file,) = stage.target.glob(f"*={stage.samples[0].days[-5]}/*.parquet")
    place = stage.target / f"{stage.sync.partition_column}={NULL_PARTITION}"
    shutil.copytree(file.parent, place)
    look = stage.look(Trigger.TIMER).entry.look
    shutil.rmtree(place)
    assert look.verdict.severity is Severity.OK
    assert look.figures is not None
    assert look.figures.lake_count == look.figures.oracle_count
    words = why_of_figures(stage.sync, look, look.figures)
    assert words.endswith("rows agree, others have no dt")
    state = State(stage.sync, look=look, is_old=False)
    assert sums_of(state)[-1] == Sum("in the lake without dt", "in no figure")
    assert "without a partition are in no figure" in line_of(look)


def test_a_partition_that_is_no_day_is_in_no_figure_and_said(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.reset()
    (file,) = stage.target.glob(f"*={stage.samples[0].days[-5]}/*.parquet")
    place = file.parent.with_name(f"{file.parent.name}-late")
    shutil.copytree(file.parent, place)
    look = stage.look(Trigger.TIMER).entry.look
    checked = warnings(stage.sync, try_both(stage.rounds.looker, stage.sync))
    shutil.rmtree(place)
    assert look.figures is not None
    assert look.figures.lake_count == look.figures.oracle_count
    words = f"{place.name} is no day: its rows are in no figure; partitions like it: 1"
    assert words in caplog.text
    assert words in checked
    caplog.clear()
    stage.look(Trigger.TIMER)
    assert "is no day" not in caplog.text


def test_a_lake_that_is_loaded_from_oracle_day_by_day_is_well(stage: Stage) -> None:
    stage.reset()
    shutil.rmtree(stage.target)
    sample, loaded = stage.samples[0], 0
    with stage.place.dba() as connection:
        for day in days_of(sample):
            assert stage.look().entry.look.verdict.severity is not Severity.OK
            loaded += load_day(connection, sample, day)
    look = stage.look().entry.look
    assert loaded == sample.count
    assert look.verdict.severity is Severity.OK
    assert look.figures is not None
    assert look.figures.lake_count == sample.count


def test_the_arguments_name_each_kind_that_there_is() -> None:
    assert tuple(INJECTIONS) == INJECTED


def test_doubles_leave_the_totals_equal_and_are_not_ok(stage: Stage) -> None:
    stage.reset()
    inject("doubles", stage.place, stage.samples)
    figures = stage.look().entry.look.figures
    assert figures is not None
    assert figures.oracle_count == figures.lake_count
    assert (figures.sync_gap, figures.extra_rows) == (2, 2)


def test_what_only_shows_rows_is_a_runbook_that_writes_nothing(stage: Stage) -> None:
    stage.reset()
    inject("lake_ahead", stage.place, stage.samples)
    stage.look()
    before = sorted(stage.target.rglob("*.parquet"))
    (issue,) = stage.store.read(lambda connection: queries.open_issues(connection))
    kept = stage.store.read(lambda connection: runbook(connection, issue.number or 0))
    assert kept is not None
    assert "COPY" not in kept.text
    stage.play.heal()
    assert sorted(stage.target.rglob("*.parquet")) == before


def test_what_a_person_may_ask_has_what_the_newest_look_knew(stage: Stage) -> None:
    stage.reset()
    find = questions(stage.rounds.case)
    assert stage.store.read(lambda each: find(each, stage.sync)) is None
    inject("unregistered", stage.place, stage.samples)
    stage.look()
    question = stage.store.read(lambda each: find(each, stage.sync))
    assert question is not None
    assert question.case.unregistered == (stage.samples[0].days[-6],)
    assert question.rules.cause.value == "PARTITION_UNREGISTERED"
    # A monitor that has just begun knows what the history has.
    find = questions(Rounds(stage.store, stage.parts.looker, stage.rounds.pace).case)
    question = stage.store.read(lambda each: find(each, stage.sync))
    assert question is not None
    assert (question.case.unregistered, question.rules.cause.value) == (
        None,
        "PARTITION_UNREGISTERED",
    )


@pytest.mark.parametrize("kind", ["missing_partition", "changed", "zone_shift", "unregistered"])
def test_a_look_of_the_timer_measures_what_changed_in_the_lake(stage: Stage, kind: str) -> None:
    stage.reset()
    assert stage.look(Trigger.TIMER).entry.cells == ()
    inject(kind, stage.place, stage.samples)
    entry = stage.look(Trigger.TIMER).entry
    assert entry.look.verdict.severity is severity_of(kind)


@pytest.mark.parametrize("kind", ["missing_partition", "changed", "zone_shift"])
def test_what_changed_in_the_lake_while_no_monitor_ran_is_found_by_the_first_look(
    stage: Stage, kind: str
) -> None:
    stage.reset()
    inject(kind, stage.place, stage.samples)
    looker = make_looker(stage.parts.edges, stage.parts.pace)
    begun = replace(stage, rounds=Rounds(stage.store, looker, stage.rounds.pace))
    assert begun.look(Trigger.TIMER).entry.look.verdict.severity is severity_of(kind)


def test_a_monitor_that_begins_measures_nothing_again_that_is_as_it_was(stage: Stage) -> None:
    stage.reset()
    looker = make_looker(stage.parts.edges, stage.parts.pace)
    begun = replace(stage, rounds=Rounds(stage.store, looker, stage.rounds.pace))
    assert begun.look(Trigger.TIMER).entry.cells == ()


def test_a_file_that_is_written_over_in_its_place_is_measured_again(stage: Stage) -> None:
    stage.reset()
    day, other = stage.samples[0].days[-5], stage.samples[0].days[-6]
    (file,) = stage.target.glob(f"*={day}/*.parquet")
    (foreign,) = stage.target.glob(f"*={other}/*.parquet")
    before = file.parent.stat().st_mtime_ns
    file.write_bytes(foreign.read_bytes())
    assert file.parent.stat().st_mtime_ns == before
    entry = stage.look(Trigger.TIMER).entry
    assert [cell.partition.key for cell in entry.cells] == [day]
    assert entry.look.verdict.severity is not Severity.OK


def test_a_look_of_the_timer_asks_no_more_of_what_has_not_changed(stage: Stage) -> None:
    stage.reset()
    cost = stage.look(Trigger.TIMER).entry.look.cost
    assert (cost.oracle_statements, cost.lake_statements) == (1, 1)
    assert cost.oracle_rows + cost.lake_rows == 2


def test_a_failed_look_names_its_code_and_leaves_the_cells(stage: Stage) -> None:
    stage.reset()
    before = stage.store.read(lambda connection: queries.cells(connection, stage.sync.name))
    inject("lake_down", stage.place, stage.samples)
    entry = stage.look().entry
    assert (entry.look.outcome, entry.look.error_code) == (Outcome.FAILED, "LAKE-ABSENT")
    assert entry.cells == ()
    after = stage.store.read(lambda connection: queries.cells(connection, stage.sync.name))
    assert after == before
