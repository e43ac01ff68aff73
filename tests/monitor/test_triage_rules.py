"""The rules of triage: each fault gets its own cause, what it rests on, and what is to be done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync_monitor.commands.triage import well_words
from sync_monitor.measurements import Differences, SchemaDifference
from sync_monitor.rules.severity import judge
from sync_monitor.triage.answer import ActionCode, Cause, Confidence, FigureId
from sync_monitor.triage.case import Case
from sync_monitor.triage.causes import RULES
from sync_monitor.triage.diagnosis import diagnose
from tests.monitor.building import at, cell, figures_of, newest, with_changes
from tests.monitor.cases import DAYS, SYNC, absent, case_of, differing, failed_case

STALE = newest("2026-11-25 09:00", "2026-11-24 19:30")
TWICE = Differences(0, 12, changed=0, doubled=12, compared=100)
GONE = Differences(0, 12, changed=0, doubled=0, compared=100)
CHANGED = Differences(0, 0, changed=5, doubled=0, compared=100)
PARTIAL = Differences(40, 0, changed=0, doubled=0, compared=60)
SCHEMA = SchemaDifference(10, missing=("TAX_CODE",))
MOVED = {
    **differing("2026-11-20", 96, Differences(4, 0, changed=0, doubled=0, compared=96)),
    **differing("2026-11-21", 104, Differences(0, 4, changed=0, doubled=0, compared=100)),
}
EXPECTED = with_changes(SYNC, expect_rows_every=timedelta(hours=24))
IDLE = newest("2026-11-23 09:00", "2026-11-23 09:00")


@pytest.mark.parametrize(
    ("case", "cause"),
    [
        (failed_case("ORA-01031"), Cause.NOT_MEASURED),
        (case_of(), None),
        (Case(SYNC, at(0), case_of().verdict), None),
        (case_of(MOVED), Cause.ZONE_SHIFT),
        (case_of(absent("2026-11-20"), unregistered=()), Cause.PARTITION_DROPPED),
        (case_of(absent("2026-11-20")), Cause.PARTITION_DROPPED),
        (case_of(absent("2026-11-20"), unregistered=("2026-11-20",)), Cause.PARTITION_UNREGISTERED),
        (case_of(absent("2026-11-23", "2026-11-24")), Cause.LOAD_NEVER_RAN),
        (case_of(newest=STALE), Cause.LOAD_NEVER_RAN),
        (case_of(newest=STALE, stopped_at=(at(-14),)), Cause.LOADER_STOPPED),
        (case_of(newest=STALE, stopped_at=(at(-20),)), Cause.LOAD_NEVER_RAN),
        (case_of(newest=IDLE, sync=EXPECTED), Cause.SOURCE_LATE),
        (
            case_of(differing("2026-11-20", 112, TWICE), cdc_lag=timedelta(hours=2)),
            Cause.LOAD_RETRIED,
        ),
        (
            case_of(
                differing("2026-11-20", 112, TWICE),
                cdc_lag=timedelta(hours=2),
                cdc_limit=timedelta(hours=1),
            ),
            Cause.CDC_LAG,
        ),
        (case_of(differing("2026-11-20", 60, PARTIAL)), Cause.PARTIAL_WRITE),
        (case_of(differing("2026-11-20", 112, GONE)), Cause.DELETES_NOT_CARRIED),
        (case_of(differing("2026-11-20", 100, CHANGED)), Cause.UPDATES_NOT_CARRIED),
        (case_of(schema=SCHEMA), Cause.SCHEMA_DRIFT),
        (case_of(absent(*DAYS), lake_count_before=700), Cause.TRUNCATED),
        (case_of(absent(*DAYS[1:]), lake_count_before=7000), Cause.TRUNCATED),
        (case_of(expected_low=("2026-11-20",)), Cause.SOURCE_LOW),
        (case_of(absent(*DAYS)), Cause.OTHER),
    ],
)
def test_a_fault_gets_its_cause(case: Case, cause: Cause | None) -> None:
    answer = diagnose(case)
    found = None
    if answer is not None:
        found = answer.cause
    assert found is cause


def test_both_sides_empty_is_a_cause() -> None:
    empty = cell("2026-11-20", 0, 0)
    nothing = figures_of(empty)
    answer = diagnose(Case(SYNC, at(0), judge(SYNC, nothing), nothing, (empty,)))
    assert answer is not None
    assert answer.cause is Cause.BOTH_EMPTY


def test_before_anything_is_judged_there_is_no_cause() -> None:
    nothing = figures_of()
    case = Case(SYNC, at(0), judge(SYNC, nothing), nothing)
    assert diagnose(case) is None
    assert well_words(case) == "nothing was judged yet"


def test_what_is_not_measured_yet_has_no_cause_and_is_not_called_well() -> None:
    some = figures_of(cell("2026-11-20", 5, 5), unmeasured_count=3)
    case = Case(SYNC, at(0), judge(SYNC, some), some)
    assert diagnose(case) is None
    assert well_words(case) == "nothing is wrong in what was measured, which is not all"
    assert well_words(case_of()) == "nothing is wrong"


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("ORA-01031", ActionCode.ASK_FOR_GRANT),
        ("ORA-00942", ActionCode.ASK_FOR_GRANT),
        ("ORA-28000", ActionCode.CHECK_LOGIN),
        ("ORA-12541", ActionCode.CHECK_REACHABLE),
        ("LakeUnavailable", ActionCode.CHECK_REACHABLE),
        ("STREAM-UNSWEPT", ActionCode.CHECK_PIPELINE),
    ],
)
def test_a_failed_look_is_for_who_can_end_it(code: str, action: ActionCode) -> None:
    answer = diagnose(failed_case(code))
    assert answer is not None
    assert [each.code for each in answer.actions] == [action]
    assert answer.evidence == (FigureId.ERROR_CODE,)


def test_what_was_not_measured_is_not_ruled_out() -> None:
    failed = diagnose(failed_case("ORA-01031"))
    assert failed is not None
    assert failed.ruled_out == (Cause.PARTITION_UNREGISTERED,)
    measured = diagnose(case_of(absent("2026-11-20")))
    assert measured is not None
    assert Cause.PARTITION_UNREGISTERED not in measured.ruled_out
    assert Cause.ZONE_SHIFT in measured.ruled_out


def test_two_faults_are_both_in_the_answer() -> None:
    changed = {**absent("2026-11-20"), **differing("2026-11-23", 60, PARTIAL)}
    answer = diagnose(case_of(changed, newest=STALE, stopped_at=(at(-14),)))
    assert answer is not None
    assert (answer.cause, answer.confidence) == (Cause.PARTITION_DROPPED, Confidence.STRONG)
    assert "2026-11-20 is absent as a whole" in answer.summary
    assert "The loader stands still" in answer.summary
    codes = [(each.code, each.target, each.runbook) for each in answer.actions]
    assert codes == [
        (ActionCode.LOOK_FOR_FILES, "T1", None),
        (ActionCode.RUN_RUNBOOK, "T1", 1),
        (ActionCode.RUN_RUNBOOK, "T1", 2),
        (ActionCode.CHECK_LOADER, "L1", None),
    ]


def test_doubles_beside_a_missing_row_are_no_zone_shift() -> None:
    doubles = Differences(0, 4, changed=0, doubled=4, compared=100)
    missing = Differences(4, 0, changed=0, doubled=0, compared=96)
    changed = {
        **differing("2026-11-20", 96, missing),
        **differing("2026-11-21", 104, doubles),
    }
    answer = diagnose(case_of(changed))
    assert answer is not None
    assert Cause.ZONE_SHIFT in answer.ruled_out


def test_days_apart_are_no_zone_shift() -> None:
    apart = {
        **differing("2026-11-19", 96, Differences(4, 0, changed=0, doubled=0, compared=96)),
        **differing("2026-11-22", 104, Differences(0, 4, changed=0, doubled=0, compared=100)),
    }
    answer = diagnose(case_of(apart))
    assert answer is not None
    assert answer.cause is Cause.PARTIAL_WRITE


def test_a_zone_shift_is_seen_in_counts_alone() -> None:
    counts = {
        "2026-11-20": cell("2026-11-20", 100, 80),
        "2026-11-21": cell("2026-11-21", 100, 119),
    }
    answer = diagnose(case_of(counts))
    assert answer is not None
    assert answer.cause is Cause.ZONE_SHIFT


def test_rows_that_are_in_a_neighbour_are_not_to_be_loaded_again() -> None:
    answer = diagnose(case_of(MOVED))
    assert answer is not None
    assert [action.code for action in answer.actions] == [ActionCode.CHECK_ZONES]
    assert Cause.PARTIAL_WRITE in answer.ruled_out
    assert "some of its rows" not in answer.summary


def test_what_is_to_be_registered_is_not_to_be_loaded() -> None:
    answer = diagnose(case_of(absent("2026-11-20"), unregistered=("2026-11-20",)))
    assert answer is not None
    assert [action.code for action in answer.actions] == [ActionCode.REGISTER_PARTITION]
    assert "dropped" not in answer.summary
    answer = diagnose(case_of(absent("2026-11-20", "2026-11-22"), unregistered=("2026-11-20",)))
    assert answer is not None
    assert ActionCode.RUN_RUNBOOK in [action.code for action in answer.actions]


def test_a_day_that_has_doubles_and_lacks_rows_is_named_among_the_doubles() -> None:
    both = Differences(2, 2, changed=0, doubled=2, compared=98)
    answer = diagnose(case_of(differing("2026-11-20", 100, both)))
    assert answer is not None
    assert answer.cause is Cause.LOAD_RETRIED
    assert "Rows of 2026-11-20 are there twice" in answer.summary


def test_a_summary_names_few_days() -> None:
    doubles = differing(DAYS[0], 112, TWICE)
    for day in DAYS[1:6]:
        doubles |= differing(day, 112, TWICE)
    named = diagnose(case_of(doubles))
    assert named is not None
    assert "2026-11-22 and 1 more" in named.summary


def test_each_cause_has_one_rule() -> None:
    causes = [rule.cause for rule in RULES]
    assert causes == list(Cause)[:-1]
