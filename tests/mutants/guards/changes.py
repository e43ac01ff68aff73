"""Guards of capturing: what the generated triggers write, and what is refused."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CHANGES, named

DEFINITIONS = "unit/test_change_definitions"
CHOOSING = "unit/test_change_choosing"
CAPTURE = "integration/test_change_capture"
INSTALLATION = "integration/test_change_installation"
SNAPSHOT = "integration/test_change_snapshot"
WATCH = "integration/test_change_watch"
REGISTRY = "integration/test_change_registry"

MUTATIONS = (
    mutation(
        "changes: numbers without ORDER",
        "numbers that would not rise on all instances are refused",
        f"{CHANGES}.installing.require_order",
        'records[0]["order_flag"] != "Y"',
        "False",
        tests=named(REGISTRY, "a_sequence_without_order_is_refused"),
    ),
    mutation(
        "changes: a second run changes the switch",
        "a table that is installed again keeps its switch and its count",
        f"{CHANGES}.registry.register",
        "WHEN MATCHED THEN UPDATE SET\\n  {given}\\n",
        "WHEN MATCHED THEN UPDATE SET\\n  {given}, t.IS_ENABLED = 1, t.TOTAL_SHIPPED = 0\\n",
        tests=named(REGISTRY, "a_second_run_widens_and_keeps_switch_and_count"),
    ),
    mutation(
        "changes: one name for two tables",
        "two tables never have one name in events",
        f"{CHANGES}.installing.find_known",
        "elif each.table == wanted.table:",
        "elif False:",
        tests=named(REGISTRY, "a_name_of_another_table_is_refused"),
    ),
    mutation(
        "changes: a change table that can't take the values",
        "a trigger that could not write is never made",
        f"{CHANGES}.installation.Installation.refuse",
        "not holds(known[column.name], needed)",
        "False",
        tests=named(DEFINITIONS, "a_change_table_that_can_t_take_the_values_is_refused"),
    ),
    mutation(
        "changes: the images of an update have two numbers",
        "the two images of an update have one number",
        f"{CHANGES}.definitions.create_trigger",
        '("NEXTVAL", "CURRVAL")',
        '("NEXTVAL", "NEXTVAL")',
        tests=named(CAPTURE, "each_change_is_written_with_its_images"),
    ),
    mutation(
        "changes: a deleted row has no values",
        "a delete is written with the values that the row had",
        f"{CHANGES}.definitions.IMAGES",
        '(("D", "OLD"),)',
        '(("D", "NEW"),)',
        tests=named(CAPTURE, "each_change_is_written_with_its_images"),
    ),
    mutation(
        "changes: large objects of both images",
        "no update writes a large object twice",
        f"{CHANGES}.definitions.insert",
        'is_lob(column) and row == "OLD"',
        "False",
        tests=named(DEFINITIONS, "large_objects_are_written_of_new_images_only"),
    ),
    mutation(
        "changes: a trigger of any length",
        "a trigger that Oracle would refuse is refused before",
        f"{CHANGES}.definitions.create_trigger",
        "len(text.encode()) > LONGEST_TRIGGER",
        "False",
        tests=named(DEFINITIONS, "a_trigger_that_is_too_long_for_oracle_is_refused"),
    ),
    mutation(
        "changes: lines of any length",
        "SQL*Plus can read each line of a script",
        f"{CHANGES}.definitions.join",
        "if lines[-1] and len(lines[-1]) + len(item) > 96:",
        "if False:",
        tests=named(DEFINITIONS, "no_line_is_longer_than_sqlplus_reads"),
    ),
    mutation(
        "changes: what is not included is captured",
        "a column that is not included never leaves the source",
        f"{CHANGES}.choosing.choose",
        "if included is not None and column.name not in (*included, *table.keys):",
        "if False:",
        tests=named(CHOOSING, "a_column_that_is_not_included_is_never_written_down"),
    ),
    mutation(
        "changes: keys are not captured",
        "the keys are always captured",
        f"{CHANGES}.choosing.choose",
        "(*included, *table.keys)",
        "included",
        tests=named(CHOOSING, "a_column_that_is_not_included_is_never_written_down"),
    ),
    mutation(
        "changes: tables without a key",
        "a table without a key is refused",
        f"{CHANGES}.choosing.find_mistakes",
        "if not table.keys:",
        "if False:",
        tests=named(CHOOSING, "a_table_that_can_t_be_captured_is_refused"),
    ),
    mutation(
        "changes: one change table for two tables",
        "tables of one name in two schemas have change tables of their own",
        f"{CHANGES}.naming.name_log",
        "if name in taken:",
        "if False:",
        tests=named(
            DEFINITIONS, "tables_of_one_name_in_two_schemas_have_change_tables_of_their_own"
        ),
    ),
    mutation(
        "changes: a column that is gone is no drift",
        "a column that is gone is drift",
        f"{CHANGES}.drift.find_drift",
        "removed.append(name)",
        "pass",
        tests=named(
            INSTALLATION, "a_column_that_goes_is_drift_and_stops_the_application_until_it_is_cured"
        ),
    ),
    mutation(
        "changes: a key that may be broken for a while",
        "a primary key that is deferrable is refused",
        f"{CHANGES}.dictionary.why_broken",
        'return "is deferrable"',
        'return ""',
        tests=named(CHOOSING, "a_key_that_may_be_broken_for_a_while_is_refused"),
    ),
    mutation(
        "changes: an invalid trigger is no fault",
        "a trigger that stops the application is found",
        f"{CHANGES}.faults.find_faults",
        "state.is_valid is False",
        "False",
        tests=named(INSTALLATION, "a_fault_of_a_trigger_is_found_with_the_statement_that_cures_it"),
    ),
    mutation(
        "changes: a trigger for other columns is no fault",
        "a trigger that was made for other columns is found",
        f"{CHANGES}.faults.find_faults",
        "not is_body_of(text, state.body)",
        "False",
        tests=named(INSTALLATION, "a_fault_of_a_trigger_is_found_with_the_statement_that_cures_it"),
    ),
    mutation(
        "changes: what can't be seen is taken for well",
        "triggers that can't be seen are reported as unseen",
        f"{CHANGES}.findings.find_unseen",
        "if not look.sees_triggers:",
        "if False:",
        tests=named(WATCH, "what_the_user_can_not_see_is_never_taken_for_well"),
    ),
    mutation(
        "changes: a trigger whose validity is not seen counts as seen",
        "whether triggers compile is seen with DEBUG, not with SELECT",
        f"{CHANGES}.survey.read_survey",
        '"DEBUG" in here',
        "bool(here)",
        tests=named(WATCH, "what_the_user_can_not_see_is_never_taken_for_well"),
    ),
    mutation(
        "changes: unseen triggers are reported as missing",
        "triggers that can't be seen are not reported as missing",
        f"{CHANGES}.findings.find_switched",
        "if not look.sees_triggers:",
        "if False:",
        tests=named(WATCH, "what_the_user_can_not_see_is_never_taken_for_well"),
    ),
    mutation(
        "changes: a dropped change table is no finding",
        "a change table that is gone is reported",
        f"{CHANGES}.findings.find_of_table",
        "if not look.logged:",
        "if False:",
        tests=named(WATCH, "a_change_table_that_is_gone_is_found"),
    ),
    mutation(
        "changes: a change table may grow for ever",
        "a change table that grows is reported",
        f"{CHANGES}.findings.find_backlog",
        "rows <= limits.rows and age_seconds <= limits.age_seconds",
        "True",
        tests=named(WATCH, "a_change_table_that_grows_is_found"),
    ),
    mutation(
        "changes: NOORDER is no finding",
        "a sequence without ORDER is reported",
        f"{CHANGES}.findings.find_all",
        'survey.order_flag == "N"',
        "False",
        tests=named(WATCH, "numbers_without_order_are_found"),
    ),
    mutation(
        "changes: a finding that is over is not said to be",
        "what is well again is reported",
        f"{CHANGES}.watch.Watch.report",
        "self.repeats.recovered(former.subject)",
        "pass",
        tests=named(WATCH, "a_finding_is_logged_once_as_critical_and_then_that_it_is_over"),
    ),
    mutation(
        "changes: rows found locked are given up",
        "a row that is locked is visited again",
        f"{CHANGES}.snapshot_steps.Steps.write_rows",
        'session.execute_array("keep_locked", kept)',
        "pass",
        tests=named(SNAPSHOT, "a_row_that_is_locked_is_visited_again_and_keeps_nobody_waiting"),
    ),
    mutation(
        "changes: a locked row is forgotten",
        "a row that is locked still is visited once more",
        f"{CHANGES}.snapshot_steps.Steps.visit",
        "if not rows and fetch_exactly(session, self.sql.find, binds):",
        "if False:",
        tests=named(SNAPSHOT, "rows_found_locked_are_known_after_a_restart"),
    ),
    mutation(
        "changes: a snapshot waits for locks",
        "a snapshot keeps nobody waiting and waits for nobody",
        f"{CHANGES}.snapshot_sql.SnapshotSql.locking",
        "FOR UPDATE SKIP LOCKED",
        "FOR UPDATE NOWAIT",
        tests=named(SNAPSHOT, "a_row_that_is_locked_is_visited_again_and_keeps_nobody_waiting"),
    ),
    mutation(
        "changes: a snapshot writes rows that it has not locked",
        "the numbers of a row's later changes are greater than its snapshot's",
        f"{CHANGES}.snapshot_sql.SnapshotSql.locking",
        "\\nFOR UPDATE SKIP LOCKED",
        "",
        tests=named(SNAPSHOT, "a_row_that_is_locked_is_visited_again_and_keeps_nobody_waiting"),
    ),
    mutation(
        "changes: a snapshot begins anew after a restart",
        "what broke off goes on behind what was written",
        f"{CHANGES}.snapshot_steps.Steps.advance",
        "last_key = self.read(session).last_key",
        "last_key = None",
        tests=named(SNAPSHOT, "what_broke_off_goes_on_behind_what_was_written"),
    ),
)
