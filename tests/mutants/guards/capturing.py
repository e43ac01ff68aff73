"""Guards of what people ask for of row changes: models, installing, ending, snapshots."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CHANGES, named

COMMANDS = "acceptance/changecommands/test_change_commands"
MODELS = "changes/test_model_commands"
CAPTURED = "acceptance/changecommands/test_captured_tables"
HEARTBEAT = "integration/test_change_heartbeat"
DESCRIBING = "unit/test_change_describing"
SNAPSHOT = "integration/test_change_snapshot"
REGISTRY = "integration/test_change_registry"
FINDINGS = "integration/test_change_findings"
INSTALLATION = "integration/test_change_installation"
MEMORY = "integration/test_change_memory"
ASKED = "oracle_cdc.commands.capturing"

MUTATIONS = (
    mutation(
        "changes: a model written anew forgets what was confirmed",
        "what a person confirmed in a model stays",
        f"{CHANGES}.describing.keep_confirmed",
        "known.oracle_type == column.oracle_type",
        "False",
        tests=named(DESCRIBING, "what_was_confirmed_of_another_type_does_not_stay"),
    ),
    mutation(
        "changes: a number by its value",
        "a NUMBER of more than 15 digits is text",
        f"{CHANGES}.describing.json_type_of",
        "<= MOST_DIGITS",
        "<= 38",
        tests=named(DESCRIBING, "a_type_is_described_by_itself_and_read_back"),
    ),
    mutation(
        "changes: a heartbeat that nobody ships",
        "the heartbeat is shipped also where tables are named",
        "oracle_cdc.changes.transformation.choose_tables",
        "return (*tables, heartbeat_table.TABLE)",
        "return tables",
        tests=named(HEARTBEAT, "the_leg_beats_and_ships_it_without_a_model_or_a_transformer"),
    ),
    mutation(
        "changes: DDL waits for nobody",
        "a change table that is written into gets its columns once its writers are done",
        f"{CHANGES}.installing.install_own",
        "session.run(WAIT_FOR_WRITERS)",
        "pass",
        tests=named(
            "integration/test_change_installation",
            "a_change_table_gets_its_column_as_soon_as_who_writes_into_it_is_done",
        ),
    ),
    mutation(
        "changes: a change table goes before its triggers",
        "a change table goes only when no trigger writes into it",
        f"{ASKED}.uninstall.carry_out",
        "if not drop(session, look):",
        "if not drop(session, look) and False:",
        tests=named(CAPTURED, "triggers_that_may_not_be_dropped_keep_what_they_write_into"),
    ),
    mutation(
        "changes: what was not shipped is lost without asking",
        "uninstall asks where changes would be lost",
        f"{ASKED}.uninstall.uninstall",
        "if not confirm(describe(look), options.yes):",
        "if not confirm(describe(look), True):",
        tests=named(CAPTURED, "uninstall_asks_where_changes_would_be_lost"),
    ),
    mutation(
        "changes: what was captured while uninstall asked is lost",
        "a change table goes only with as many rows as were agreed to be lost",
        f"{ASKED}.uninstall.find_reason_to_wait",
        "if rows <= known:",
        "if True:",
        tests=named(CAPTURED, "rows_that_are_captured_while_it_asks_stay_until_they_are_shipped"),
    ),
    mutation(
        "changes: rows that an open transaction captured are not waited for",
        "a change table goes only when no open transaction writes into it",
        f"{ASKED}.uninstall.find_reason_to_wait",
        "if not has_no_writer(session, registered.log):",
        "if False:",
        tests=named(CAPTURED, "uninstall_leaves_what_an_open_transaction_has_captured"),
    ),
    mutation(
        "changes: strict takes large objects",
        "with --strict a table of which changes can go by unseen is refused",
        f"{ASKED}.install.refuse_lobs",
        "if lobs and is_strict:",
        "if False:",
        tests=named(COMMANDS, "what_can_not_be_done_is_refused_and_said"),
    ),
    mutation(
        "changes: a model has a key that is no column",
        "a model is written only with keys that are columns of its table",
        f"{CHANGES}.describing.refuse_strange",
        "if field not in columns:",
        "if False:",
        tests=named(MODELS, "a_key_that_is_no_column_leaves_the_models_as_they_were"),
    ),
    mutation(
        "changes: a command that is shown names another table",
        "a command that is shown for a table in quotes names this one",
        "oracle_cdc.oracle.identifiers.spell",
        "if PLAIN.fullmatch(name) and name == name.upper():",
        "if True:",
        tests=named(CAPTURED, "commands_that_are_shown_for_a_name_in_quotes_can_be_pasted"),
    ),
    mutation(
        "changes: a view is taken for a table",
        "a view is refused before anything is made for it",
        f"{CHANGES}.dictionary.read_source",
        'if session.query("may_be_view", owner=place.owner, table_name=place.name):',
        "if False:",
        tests=named(COMMANDS, "a_view_is_refused_before_anything_is_made"),
    ),
    mutation(
        "changes: a table that is never published is captured",
        "a table that nothing publishes is not captured",
        f"{ASKED}.install.need_transformer",
        "if content is None:",
        "if content is None and False:",
        tests=named(COMMANDS, "what_can_not_be_done_is_refused_and_said"),
    ),
    mutation(
        "changes: columns that are gone stay in the change table",
        "a column that is gone leaves the change table once no trigger fills it",
        f"{CHANGES}.installing.find_unwanted",
        "if not wanted.is_seen:",
        "if True:",
        tests=named(COMMANDS, "who_may_installs_widens_and_drops_what_is_gone"),
    ),
    mutation(
        "changes: a trigger of another service is replaced",
        "a trigger of our name that writes elsewhere is not replaced",
        f"{CHANGES}.installing.refuse_others",
        "not state.writes_into(capture.log)",
        "False",
        tests=named(REGISTRY, "a_trigger_that_is_anothers_is_not_replaced"),
    ),
    mutation(
        "changes: a trigger of another service is dropped",
        "uninstall leaves a trigger of our name that writes elsewhere",
        f"{ASKED}.uninstall.drop",
        "if place.name in others:",
        "if False:",
        tests=named(CAPTURED, "uninstall_leaves_a_trigger_that_is_anothers"),
    ),
    mutation(
        "changes: triggers that do not compile stay",
        "what install makes does not stop the application",
        f"{ASKED}.install.carry_out",
        "if is_made and fault.stops_application:",
        "if False:",
        tests=named(COMMANDS, "triggers_that_do_not_compile_do_not_stop_the_application"),
    ),
    mutation(
        "changes: triggers of the script that do not compile stay",
        "what the script makes does not stop the application",
        f"{CHANGES}.script.print_triggers",
        'EXAMINER}", examine(capture.source))',
        'EXAMINER}", ())',
        tests=named(
            INSTALLATION,
            "a_trigger_of_the_script_that_does_not_compile_does_not_stop_the_application",
        ),
    ),
    mutation(
        "changes: a table of the same name is looked at with another's change table",
        "each table is held to its own change table",
        f"{CHANGES}.findings.expect",
        "return replace(capture, log=registered.log)",
        "return capture",
        tests=named(FINDINGS, "tables_of_one_name_are_each_looked_at_with_their_change_table"),
    ),
    mutation(
        "changes: numbers begin again unseen",
        "numbers that begin below those that were shipped are found",
        f"{CHANGES}.numbering.find_greater",
        'int(record["last_number"]) <= shipped',
        "False",
        tests=named(
            FINDINGS, "numbers_that_begin_again_are_found_and_nothing_is_installed_on_them"
        ),
    ),
    mutation(
        "changes: a snapshot ends at a row without a key",
        "rows without a key keep no other from being written down",
        f"{CHANGES}.keys.KeySql.present",
        '" AND ".join(f"{name} IS NOT NULL" for name in self.names)',
        '"1 = 1"',
        tests=named(SNAPSHOT, "rows_without_a_key_are_found_and_keep_no_other_from_being_written"),
    ),
    mutation(
        "changes: a model is written over that of another table",
        "a model is not written over that of another table",
        f"{ASKED}.models.refuse_taken",
        "other.source != model.source",
        "False",
        tests=named(MODELS, "a_model_is_not_written_over_that_of_another_table"),
    ),
    mutation(
        "changes: a table that is made anew is taken for unseen as ever",
        "a table that is seen no more is found",
        f"{CHANGES}.minute_check.Watch.run_once",
        "*self.earlier.find_lost(survey)",
        "",
        tests=named(FINDINGS, "a_table_that_was_made_anew_is_found_by_who_saw_it_before"),
    ),
    mutation(
        "changes: a key that is disabled later is no finding",
        "a primary key that holds no more is found",
        f"{CHANGES}.findings.find_broken_key",
        "look.key is None or not look.key.reason",
        "True",
        tests=named(
            MEMORY, "a_key_that_is_disabled_after_it_was_installed_is_found_until_it_is_enabled"
        ),
    ),
    mutation(
        "changes: a key that is dropped is no finding",
        "a primary key that is seen no more is found",
        f"{CHANGES}.earlier_looks.EarlierLooks.find_lost",
        "not look.key and self.keyed.get(table) == look.registered.keys",
        "False",
        tests=named(MEMORY, "a_key_that_is_dropped_is_found_by_who_saw_it_before"),
    ),
    mutation(
        "changes: keys that a model names are a primary key that is gone",
        "a table whose rows are known by other columns now has lost no primary key",
        f"{CHANGES}.earlier_looks.EarlierLooks.find_lost",
        "self.keyed.get(table) == look.registered.keys",
        "table in self.keyed",
        tests=named(MEMORY, "a_key_of_other_columns_than_rows_are_known_by_is_none_of_ours"),
    ),
    mutation(
        "changes: DDL between two looks leaves no trace",
        "triggers that were disabled and enabled between two looks are said",
        f"{CHANGES}.earlier_looks.EarlierLooks.explain_ddl",
        "look.altered_at <= former",
        "True",
        tests=named(
            MEMORY,
            "ddl_between_two_looks_is_said_once_with_the_snapshot_that_shows_what_went_by",
        ),
    ),
    mutation(
        "changes: DDL on the application's triggers is said",
        "only DDL on the table and our triggers is said",
        f"{CHANGES}.survey.read_survey",
        'if one["trigger_name"] in names',
        "",
        tests=named(MEMORY, "ddl_on_other_triggers_of_the_table_is_not_said"),
    ),
    mutation(
        "changes: a snapshot behind disabled triggers",
        "no snapshot is made where changes behind it would be lost",
        f"{ASKED}.snapshot.require_sound",
        'raise OracleConfigurationError(f"no snapshot: {finding}")',
        "pass",
        tests=named(CAPTURED, "a_snapshot_writes_what_was_there_before"),
    ),
    mutation(
        "changes: a snapshot that is older than what is captured goes on",
        "a snapshot that was begun before an install begins anew",
        "oracle_cdc/changes/capture/snapshot.sql:begin_snapshot",
        "OR BEGAN_AT <= (",
        "OR BEGAN_AT IS NULL AND BEGAN_AT <= (",
        tests=named(SNAPSHOT, "what_broke_off_before_more_was_captured_begins_anew"),
    ),
    mutation(
        "changes: older transactions are not waited for",
        "a snapshot waits for transactions that are older than the triggers",
        f"{CHANGES}.open_transactions.has_no_writer",
        "return False",
        "return True",
        tests=named(SNAPSHOT, "transactions_that_are_older_than_the_triggers_are_waited_for"),
    ),
    mutation(
        "changes: each copy beats",
        "several copies beat once",
        f"{CHANGES}.heartbeat.Heartbeat.run_once",
        "seconds=self.every_seconds * SHARED",
        "seconds=0",
        tests=named(HEARTBEAT, "several_copies_beat_once"),
    ),
    mutation(
        "changes: a heartbeat that can't be captured is registered",
        "without the right to make triggers nothing is left of a heartbeat",
        f"{CHANGES}.heartbeat.ensure_captured",
        'if not session.query("may_create_triggers"):',
        "if False:",
        tests=named(HEARTBEAT, "without_the_right_nothing_is_left_and_the_right_is_named"),
    ),
)
