"""Guards of what people ask of row changes: settings and commands."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import LAYERS, named

SETTINGS = "unit/test_streaming_settings"
DICTIONARY = "unit/test_table_dictionary"
CHECK = "processor/test_check_and_status"
CHECKPOINT = "processor/test_checkpoint_commands"
LETTERS = "processor/test_dead_letter_commands"
LOGS = "processor/test_logs_command"
FAILURES = "processor/test_failures_command"
CHANGE_COMMANDS = "integration/test_change_commands"
STREAMS = "oracle_cdc.commands.check_on_aws"
COMMANDS = "oracle_cdc.commands.processor"

MUTATIONS = (
    mutation(
        "streaming settings: a pause that ends before it begins",
        "the longest pause between two tries is no shorter than the first",
        "oracle_cdc.processor.settings.delays_backwards",
        "if base_ms > max_ms:",
        "if False:",
        tests=named(SETTINGS, "times_of_the_processor_that_contradict_are_refused"),
    ),
    mutation(
        "streaming settings: tries that outlast the watchdog",
        "the pauses between tries end before the watchdog gives the loop up",
        "oracle_cdc.processor.settings.tries_outlast_the_watchdog",
        "if deadline_seconds <= total:",
        "if False:",
        tests=named(SETTINGS, "times_of_the_processor_that_contradict_are_refused"),
    ),
    mutation(
        "streaming settings: a start without a zone",
        "a start is a moment, so its zone must be said",
        "oracle_cdc.processor.settings._start",
        "if value.tzinfo is None:",
        "if False:",
        tests=named(SETTINGS, "what_the_processor_can_not_take_is_refused"),
    ),
    mutation(
        "streaming settings: AWS's own source",
        "events never say that they come from AWS itself, which the bus refuses",
        "oracle_cdc.settings.change_kinds._event_source",
        'or value.lower().startswith("aws.")',
        "",
        tests=named(SETTINGS, "what_the_processor_can_not_take_is_refused"),
    ),
    mutation(
        "tables: the last of two wins",
        "a table or key that is there twice is refused",
        "oracle_cdc.settings.json_keys.keys_once",
        "if key in found:",
        "if False:",
        tests=named(DICTIONARY, "what_is_no_dictionary_of_dictionaries_is_refused"),
    ),
    mutation(
        "tables: the last of two wins in YAML",
        "a table or key that is there twice is refused with its line",
        f"{LAYERS}.yaml_file.Walk.read_dictionary",
        "or key in found",
        "",
        tests=named(DICTIONARY, "a_mistake_in_the_yaml_file_has_its_line"),
    ),
    mutation(
        "check: any account is well",
        "the account of the keys is the one that is set",
        f"{STREAMS}.check_account",
        "elif wanted != account:",
        "elif False:",
        tests=named(CHECK, "check_compares_the_account_with_that_of_the_keys"),
    ),
    mutation(
        "check: a right that is lacking is said and forgotten",
        "a right that is lacking fails the check",
        f"{STREAMS}.check_needs",
        "is_lacking = True",
        "pass",
        tests=named(CHECK, "check_proves_rights_by_iam"),
    ),
    mutation(
        "check: redaction may be off",
        "the check is red while redaction is off",
        f"{STREAMS}.check_redaction",
        "if not settings.enable_data_redaction:",
        "if False:",
        tests=named(CHECK, "check_is_red_while_redaction_is_off"),
    ),
    mutation(
        "check: whole events may rest in the open",
        "a queue that does not encrypt whole events is a warning",
        f"{STREAMS}.check_dead_letters",
        "if keeps_event and not facts.is_encrypted:",
        "if False:",
        tests=named(CHANGE_COMMANDS, "check_warns_of_what_endangers_changes"),
    ),
    mutation(
        "check: findings are no failure",
        "what is wrong with captured tables fails the check",
        "oracle_cdc.commands.changes.check.report",
        "if findings:",
        "if False:",
        tests=named(CHANGE_COMMANDS, "check_says_what_stops_the_application_and_how_to_free_it"),
    ),
    mutation(
        "status: paused tables are late",
        "a table that a person paused is not late",
        "oracle_cdc.commands.changes.status.make_report",
        ' if table["enabled"]',
        "",
        tests=named("integration/test_change_status", "a_paused_table_is_no_lag"),
    ),
    mutation(
        "checkpoint: shards that are read are reset without a word",
        "a shard that is read at this moment is reset by agreement only",
        f"{COMMANDS}.checkpoint.is_alive",
        "return now - datetime.fromisoformat(lease.updated_at) < limit",
        "return False",
        tests=named(CHECKPOINT, "a_shard_that_is_read_at_this_moment_is_reset_only_by_agreement"),
    ),
    mutation(
        "checkpoint: records are given up without a word",
        "what may give records up is done by agreement only",
        f"{COMMANDS}.checkpoint.gives_up",
        "if position.sequence_number is None:",
        "if False:",
        tests=named(CHECKPOINT, "what_may_give_records_up_is_done_only_by_agreement"),
    ),
    mutation(
        "checkpoint: one number for all shards",
        "a sequence number means one shard",
        f"{COMMANDS}.checkpoint.move",
        "if position.sequence_number is not None and len(leases) > 1:",
        "if False:",
        tests=named(CHECKPOINT, "a_sequence_number_means_one_shard"),
    ),
    mutation(
        "dlq: letters to a bus that is not there",
        "dead letters are tried only where the bus is there, for any other accepts them",
        f"{COMMANDS}.dlq.process",
        "Startup(processor).ensure_bus()",
        "pass",
        tests=named(LETTERS, "letters_are_not_sent_to_a_bus_that_is_not_there"),
    ),
    mutation(
        "logs: the last lines of a file that was rotated away",
        "what was added before a file was rotated away is printed",
        f"{COMMANDS}.logs.print_added",
        """        for line in file:
            say(line.rstrip("\\n"))
        if is_over:
            return
""",
        """        if is_over:
            return
        for line in file:
            say(line.rstrip("\\n"))
""",
        tests=named(LOGS, "what_is_added_is_printed_until_the_file_was_rotated_away"),
    ),
    mutation(
        "failures: letters to a bus that is not there",
        "dead letters are replayed only where the bus is there",
        f"{COMMANDS}.failures.FailedChanges.replay",
        "self.startup.ensure_bus()",
        "pass",
        tests=named(FAILURES, "nothing_is_replayed_to_a_bus_that_is_not_there"),
    ),
    mutation(
        "failures: letters stay hidden",
        "what a command does not take out of the queue others see again at once",
        f"{COMMANDS}.failures.FailedChanges.close",
        "self.queue.give_back(list(self.taken.values()))",
        "pass",
        tests=named(FAILURES, "letters_are_listed_oldest_first_and_stay_where_they_are"),
    ),
    mutation(
        "invoke: a function that failed is well",
        "a function that fails is exit code 1",
        f"{COMMANDS}.invoke.invoke_remote",
        "if answer.error is not None:",
        "if False:",
        tests=named("processor/test_invoke_command", "a_function_that_fails_is_exit_code_1"),
    ),
    mutation(
        "health: one part is enough",
        "one part that is not well is exit code 1",
        f"{COMMANDS}.health.health",
        "if are_well(findings):",
        "if findings:",
        tests=named(
            "processor/test_health_command",
            "one_part_that_is_not_well_is_exit_code_1_and_keeps_no_other_from_being_asked",
        ),
    ),
)
