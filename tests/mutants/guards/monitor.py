"""Guards of the monitor: what makes it green for nothing, forget, or say too much."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

CELLS = "sync_monitor.rules.cells"
EDGE_CASES = "monitor/test_edge_cases"
CONFIRMATION = "monitor/test_confirmation"
PARTLY = "monitor/test_partly_measured"

MUTATIONS = (
    mutation(
        "a look that failed is done",
        "a side that can't be used is no success of `once`, whatever is asked for",
        "sync_monitor.commands.once.exit_code",
        "return worst(each.failure.exit_code for each in looked if each.failure)",
        "return ExitCode.DONE",
        tests=named(
            "monitor/test_monitor_commands",
            "a_side_that_can_not_be_used_is_no_success_whatever_is_asked_for",
        ),
    ),
    mutation(
        "totals instead of partitions",
        "a double in one partition hides no missing row of another",
        "sync_monitor.rules.figures.differing_rows",
        "gap += found.missing",
        "gap += found.missing - found.extra",
        tests=named(EDGE_CASES, "a_double_in_one_partition_hides_no_missing_row_of_another"),
    ),
    mutation(
        "above a limit only",
        "at a limit itself a figure is a warning",
        "sync_monitor.rules.severity.reaches",
        "100 * part >= percent * total",
        "100 * part > percent * total",
        tests=named("monitor/test_figures", "a_limit_is_decided_on_whole_numbers"),
    ),
    mutation(
        "nothing on both sides is well",
        "0 rows on both sides are UNKNOWN unless that is declared",
        "sync_monitor.rules.severity.judge_rows",
        "return [Finding(Reason.BOTH_EMPTY, Severity.UNKNOWN)]",
        "return []",
        tests=named(EDGE_CASES, "counts_of_a_partition_are_judged"),
    ),
    mutation(
        "equal counts are enough",
        "equal counts with other checksums are a fault",
        f"{CELLS}.state_of_rows",
        "if found.changed or found.has_other_sum:",
        "if found.changed:",
        tests=named(
            EDGE_CASES,
            "a_double_hides_no_missing_row_of_the_same_partition_once_checksums_are_there",
        ),
    ),
    mutation(
        "bounds are timestamps",
        "no time column is compared with a timestamp, which would convert each DATE",
        "sync_monitor.rows.dialects.oracle_time",
        "f\"TO_DATE('{moment.isoformat(sep=' ')}', 'YYYY-MM-DD HH24:MI:SS')\"",
        "timestamp_literal(moment)",
        tests=named(
            "monitor/test_source",
            "no_time_column_is_compared_with_a_timestamp_which_would_convert_each_date",
        ),
    ),
    mutation(
        "checksums do not add up",
        "a checksum sees doubles",
        "sync_monitor.rows.canonical.Expressions.checksum",
        "SUM(",
        "MAX(",
        tests=named("monitor/test_canonical", "checksums_are_the_last_digits_of_md5"),
    ),
    mutation(
        "multiplicity forgotten",
        "a drill finds what arithmetic of multisets says",
        "sync_monitor.rows.differences.compare_rows",
        "extra=(keys_there - keys_here).total(),",
        "extra=len(keys_there - keys_here),",
        tests=named("monitor/test_differences", "a_drill_finds_what_set_arithmetic_says"),
    ),
    mutation(
        "promise forgotten",
        "a partition is awaited until its promise",
        f"{CELLS}.settle",
        "if promised > now:",
        "if False:",
        tests=named(CONFIRMATION, "a_partition_is_awaited_until_its_promise"),
    ),
    mutation(
        "one look is enough",
        "a fault counts once a second look finds it again",
        f"{CELLS}.is_confirmed",
        "return now - since >= confirm",
        "return True",
        tests=named(CONFIRMATION, "a_fault_counts_once_a_second_look_finds_it_again"),
    ),
    mutation(
        "state follows each look",
        "a sync that wobbles keeps its state",
        "sync_monitor.rules.hysteresis.follow",
        "if verdict.is_confirmed or is_decisive:",
        "if True:",
        tests=named(CONFIRMATION, "a_sync_that_wobbles_keeps_its_state"),
    ),
    mutation(
        "a failed look closes issues",
        "what a look did not see may be there still",
        "sync_monitor.rules.issues.may_stand",
        "if verdict.has(Reason.NOT_MEASURED) or issue.partition in unseen:",
        "if issue.partition in unseen:",
        tests=named(CONFIRMATION, "a_failed_look_closes_no_issue"),
    ),
    mutation(
        "holes are as what was before",
        "between looks that are far apart nothing is known",
        "sync_monitor.rules.compliance.record",
        "if is_stale(last.end, at, interval):",
        "if False:",
        tests=named("monitor/test_compliance", "a_hole_between_looks_is_unknown"),
    ),
    mutation(
        "any error code leaves",
        "an error leaves by its code alone",
        "sync_monitor.triage.payload.describe_figures",
        "if KNOWN_CODE.fullmatch(case.error_code):",
        "if True:",
        tests=named("monitor/test_triage_payload", "an_error_leaves_by_its_code_alone"),
    ),
    mutation(
        "any name of a lake leaves",
        "partitions that are no days do not leave",
        "sync_monitor.triage.payload.keys",
        "return [key for key in partitions if PARTITION_KEY.fullmatch(key)]",
        "return list(partitions)",
        tests=named("monitor/test_triage_payload", "partitions_that_are_no_days_do_not_leave"),
    ),
    mutation(
        "any target of a reply",
        "what is unknown in a reply is dropped",
        "sync_monitor.triage.answer.known_action",
        "if not isinstance(target, str) or target not in aliases:",
        "if False:",
        tests=named("monitor/test_triage_answers", "what_is_unknown_is_dropped"),
    ),
    mutation(
        "runbook of a first look",
        "what is not confirmed has no runbook",
        "sync_monitor.runbooks.writing.write_runbook",
        "if repair.issue.confirmed_at is None:",
        "if False:",
        tests=named("monitor/test_runbooks", "what_is_not_confirmed_has_no_runbook"),
    ),
    mutation(
        "runbook loads what is there",
        "a partition that has appeared meanwhile is left alone",
        "sync_monitor.runbooks.writing.load_partition",
        r'condition = f"WHERE {within(repair)}\n  AND NOT EXISTS (SELECT 1',
        r'condition = f"WHERE {within(repair)}\n  AND EXISTS (SELECT 1',
        tests=named(
            "monitor/test_runbooks", "a_partition_that_has_appeared_meanwhile_is_left_alone"
        ),
    ),
    mutation(
        "names end where they like",
        "a name that ends a line is refused",
        "sync_monitor.rows.dialects.quote_name",
        "if not name or not name.isprintable():",
        "if not name:",
        tests=named("monitor/test_dialects", "a_name_that_ends_a_line_is_refused"),
    ),
    mutation(
        "nothing judged is well",
        "before a partition is judged a sync is not well",
        "sync_monitor.rules.severity.judge_rows",
        "if not figures.judged_count:",
        "if False:",
        tests=named(EDGE_CASES, "before_a_partition_is_judged_a_sync_is_not_well"),
    ),
    mutation(
        "what was not rechecked is claimed",
        "what was not measured again for a day is not claimed",
        "sync_monitor.rules.rechecks.is_overdue",
        "return is_due_again(cell, now - GRACE, sync)",
        "return False",
        tests=named(
            "monitor/test_rechecks", "what_was_not_measured_again_for_a_day_is_not_claimed"
        ),
    ),
    mutation(
        "what is measured in part is well",
        "what is measured in part is not OK and says how much is",
        "sync_monitor.rules.severity.judge_reach",
        "if figures.judged_count and figures.unmeasured_count:",
        "if False:",
        tests=named(PARTLY, "what_is_measured_in_part_is_not_ok_and_says_how_much_is"),
    ),
    mutation(
        "faults beyond a budget are forgotten",
        "a confirmed fault that no look reaches stays one",
        "sync_monitor.rules.conclusion.cells_of_window",
        "is_overdue(cell, now, sync) and not cell.is_confirmed",
        "is_overdue(cell, now, sync)",
        tests=named(PARTLY, "a_confirmed_fault_that_no_look_reaches_stays_one"),
    ),
    mutation(
        "a look at all begins with what is known",
        "a large table is OK once looks have filled all of it",
        "sync_monitor.rules.rechecks.due_partitions",
        "elif partition.key in changed:",
        "elif is_of_all or partition.key in changed:",
        tests=named(PARTLY, "a_large_table_is_ok_once_looks_have_filled_all_of_it"),
    ),
    mutation(
        "each look measures all",
        "a steady look measures no partition again",
        "sync_monitor.rules.rechecks.due_partitions",
        "elif is_due_again(cell, now, sync):",
        "else:",
        tests=named("monitor/test_looks", "a_steady_look_measures_no_partition_again"),
    ),
    mutation(
        "times of two zones compared",
        "plain times of two zones are not compared",
        "sync_monitor.rules.columns.comparable",
        "if column.kind is Kind.TIMESTAMP and sync.source_zone != sync.lake_zone:",
        "if False:",
        tests=named("monitor/test_columns", "plain_times_of_two_zones_are_not_compared"),
    ),
    mutation(
        "any name of a bucket",
        "a name that is no bucket is refused",
        "sync_monitor.rows.statements.any_of",
        "if not name or set(name) - HEXADECIMAL:",
        "if False:",
        tests=named("monitor/test_statements", "a_name_that_is_no_bucket_is_refused"),
    ),
)
