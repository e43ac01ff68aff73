"""Ways in which a monitor that compares is wrong and looks right."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

MUTATIONS = (
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
        tests=named("monitor/test_injections", "doubles_leave_the_totals_equal_and_are_not_ok"),
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
        "age for lag",
        "an idle source has no lag",
        "sync_monitor.rules.figures.freshness_lag",
        "newest.oracle - newest.lake",
        "newest.now - newest.lake",
        tests=named("monitor/test_edge_cases", "an_idle_source_has_no_lag"),
    ),
)
