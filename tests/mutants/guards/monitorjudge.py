"""Ways in which a monitor that compares is wrong and looks right."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

CONFIRMATION = "monitor/test_confirmation"
FIGURES = "monitor/test_figures"
LAG_UNKNOWN = "a_lag_that_nothing_says_is_not_ok_and_keeps_its_issue_open"

MUTATIONS = (
    mutation(
        "nobody says that rows may have no time",
        "rows that may have no time are said to be in no figure",
        "sync_monitor.source.catalog.read_table",
        "sync.time_column in nullable",
        "False",
        tests=named(
            "monitor/test_monitor_check",
            "rows_that_may_have_no_time_are_said_to_be_in_no_figure",
        ),
    ),
    mutation(
        "runbooks double what lies in a neighbour",
        "page and API load nothing that triage says is in a neighbour",
        "sync_monitor.issue_runbooks.repair_of",
        "is_shifted=bool(zone_shift(case))",
        "is_shifted=False",
        tests=named(
            "monitor/test_runbook_zones",
            "page_and_api_load_nothing_that_triage_says_is_in_a_neighbour",
        ),
    ),
    mutation(
        "XOR for SUM",
        "a checksum sees doubles",
        "sync_monitor.rows.canonical.Expressions.checksum",
        "SUM(",
        "BIT_XOR(",
        tests=named("monitor/test_canonical", "checksums_are_the_last_digits_of_md5"),
    ),
    mutation(
        "filter on one side",
        "both sides count the rows of the same day",
        "sync_monitor.source.tables.Source.rows",
        'condition = f"{self.time} >= {begin} AND {self.time} < {end}"',
        'condition = "1 = 1"',
        tests=named("acceptance/test_injections", "doubles_leave_the_totals_equal_and_are_not_ok"),
    ),
    mutation(
        "UNKNOWN as OK",
        "a look that failed claims nothing",
        "sync_monitor.rules.severity.not_measured",
        "Severity.UNKNOWN",
        "Severity.OK",
        tests=named(
            "monitor/test_looks", "a_failed_look_keeps_what_is_known_and_claims_none_of_it"
        ),
    ),
    mutation(
        "what was not judged is called well",
        "nothing is green that was not measured",
        "sync_monitor.commands.triage.well_words",
        "case.verdict.has(Reason.NOTHING_JUDGED)",
        "False",
        tests=named("monitor/test_triage_rules", "before_anything_is_judged_there_is_no_cause"),
    ),
    mutation(
        "what is measured in part is called well",
        "what is not measured yet has no cause and is not called well",
        "sync_monitor.commands.triage.well_words",
        "case.verdict.has(Reason.PARTLY_MEASURED)",
        "False",
        tests=named(
            "monitor/test_triage_rules",
            "what_is_not_measured_yet_has_no_cause_and_is_not_called_well",
        ),
    ),
    mutation(
        "no lag is well",
        "a lag that nothing says is not OK and keeps its issue open",
        "sync_monitor.rules.severity.judge_times",
        "elif figures.is_lag_unknown:",
        "elif False:",
        tests=named(FIGURES, LAG_UNKNOWN),
    ),
    mutation(
        "no lag ends an issue",
        "a lag that nothing says is not OK and keeps its issue open",
        "sync_monitor.rules.issues.may_stand",
        "if issue.kind is IssueKind.LAG and verdict.has(Reason.LAG_NOT_MEASURED):",
        "if False:",
        tests=named(FIGURES, LAG_UNKNOWN),
    ),
    mutation(
        "an old source needs a lag",
        "a source whose rows are all before the window needs no lag",
        "sync_monitor.rules.figures.is_lag_unknown",
        "newest.oracle >= begin and",
        "",
        tests=named(FIGURES, "a_source_whose_rows_are_all_before_the_window_needs_no_lag"),
    ),
    mutation(
        "contents beyond a cap are well",
        "contents that differ beyond what is compared are no OK",
        "sync_monitor.rules.severity.judge_rows",
        "if figures.confirmed_changed or figures.confirmed_other:",
        "if figures.confirmed_changed:",
        tests=named(FIGURES, "contents_that_differ_beyond_what_is_compared_are_no_ok"),
    ),
    mutation(
        "status shows what stood before",
        "the status shows no OK beside what was not measured",
        "sync_monitor.rules.severity.shown",
        "if look.outcome is Outcome.FAILED:",
        "if False:",
        tests=named(
            "monitor/test_failed_looks", "the_status_shows_no_ok_beside_what_was_not_measured"
        ),
    ),
    mutation(
        "other ways of being bad are as well as none",
        "a sync that is bad at each look in other ways is as bad as the least of them",
        "sync_monitor.rules.hysteresis.follow",
        "not are_beside(before, severity, standing.severity):",
        "before is not severity:",
        tests=named(
            CONFIRMATION,
            "a_sync_that_is_bad_at_each_look_in_other_ways_is_as_bad_as_the_least_of_them",
        ),
    ),
    mutation(
        "the worst of two looks",
        "what two looks find is as bad as both at least",
        "sync_monitor.rules.hysteresis.nearer",
        "min(",
        "max(",
        tests=named(
            CONFIRMATION,
            "a_sync_that_is_bad_at_each_look_in_other_ways_is_as_bad_as_the_least_of_them",
        ),
    ),
    mutation(
        "one good look ends an issue of the whole sync",
        "a sync that wobbles has one issue of it and not one each time",
        "sync_monitor.rules.issues.may_stand",
        "return is_of_sync and not is_standing",
        "return False",
        tests=named(
            "monitor/test_looks", "a_sync_that_wobbles_has_one_issue_of_it_and_not_one_each_time"
        ),
    ),
    mutation(
        "an issue of the whole sync counts at once",
        "an issue of the whole sync needs two looks whatever else is wrong",
        "sync_monitor.rules.conclusion.finish",
        "is_first = before.standing is None or is_decisive",
        "is_first = True",
        tests=named(
            "monitor/test_looks",
            "an_issue_of_the_whole_sync_needs_two_looks_whatever_else_is_wrong",
        ),
    ),
    mutation(
        "what stood before a hole is shown behind it",
        "the first look behind a hole decides what is shown",
        "sync_monitor.rules.conclusion.standing_before",
        "if standing is None or is_stale(standing.looked_at, taken.began, taken.interval):",
        "if False:",
        tests=named("monitor/test_looks", "the_first_look_behind_a_hole_decides_what_is_shown"),
    ),
    mutation(
        "a look without a second one waits for it",
        "what a look finds that no second one follows counts at once",
        "sync_monitor.rules.conclusion.finish",
        "is_decisive = taken.trigger is Trigger.ONCE",
        "is_decisive = False",
        tests=named(
            "monitor/test_looks", "what_a_look_finds_that_no_second_one_follows_counts_at_once"
        ),
    ),
    mutation(
        "age for lag",
        "an idle source has no lag",
        "sync_monitor.rules.figures.freshness_lag",
        "newest.oracle - newest.lake",
        "newest.now - newest.lake",
        tests=named("monitor/test_edge_cases", "an_idle_source_has_no_lag"),
    ),
)
