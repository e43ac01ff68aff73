"""Guards of the monitor: what makes it green for nothing, forget, or say too much."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

CELLS = "sync_monitor.rules.cells"
HISTORY = "sync_monitor.history"
EDGE_CASES = "monitor/test_edge_cases"
CONFIRMATION = "monitor/test_confirmation"
TROUBLE = "monitor/test_history_trouble"

MUTATIONS = (
    mutation(
        "totals instead of partitions",
        "a double in one partition hides no missing row of another",
        "sync_monitor.rules.figures.measure",
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
        "if count >= looks or verdict.is_confirmed:",
        "if True:",
        tests=named(CONFIRMATION, "a_sync_that_wobbles_keeps_its_state"),
    ),
    mutation(
        "a failed look closes issues",
        "what a look did not see may be there still",
        "sync_monitor.rules.issues.follow_issues",
        "if is_failed or issue.partition in unseen:",
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
        "end of the chain not noted",
        "looks that are taken off the end are missed",
        f"{HISTORY}.chain.verify",
        "if head(connection)[1] != at:",
        "if False:",
        tests=named("monitor/test_history_chain", "what_is_changed_later_is_found"),
    ),
    mutation(
        "half a look is kept",
        "a look is whole or absent",
        f"{HISTORY}.store.transact",
        'connection.execute("ROLLBACK")',
        'connection.execute("COMMIT")',
        tests=named("monitor/test_history", "work_that_fails_leaves_nothing_behind"),
    ),
    mutation(
        "purge without an anchor",
        "a purge leaves an anchor that leads over what it took out",
        f"{HISTORY}.purging.leave_anchor",
        'put(connection, "anchor", {**columns, "prev_hash": prev_hash, "hash": new_hash})',
        "pass",
        tests=named("monitor/test_history_chain", "looks_are_thinned_to_one_an_hour"),
    ),
    mutation(
        "damage ends writing",
        "a damaged history is moved aside and a new one is begun",
        f"{HISTORY}.store.Store._run",
        "if not isinstance(translated, HistoryDamaged):",
        "if True:",
        tests=named(TROUBLE, "a_file_that_is_damaged_meanwhile_is_moved_aside_and_writing_goes_on"),
    ),
    mutation(
        "newer history taken over",
        "a file of a newer program is refused",
        f"{HISTORY}.migrations.migrate",
        "if found > newest:",
        "if False:",
        tests=named(TROUBLE, "a_file_of_a_newer_program_is_refused_and_left_as_it_is"),
    ),
    mutation(
        "history on any file system",
        "a directory on a file system of many hosts is refused",
        f"{HISTORY}.places.take_directory",
        "refuse_many_hosts(directory)",
        "pass",
        tests=named(TROUBLE, "a_directory_on_a_file_system_of_many_hosts_is_refused"),
    ),
    mutation(
        "full disk loses looks",
        "what a full disk refuses waits in memory",
        f"{HISTORY}.recorder.Recorder.record",
        "self._drop_oldest()",
        "self._waiting.clear()",
        tests=named(TROUBLE, "a_full_disk_stops_no_look_and_leaves_no_hole"),
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
)
