"""Guards of events that are published once more: replays, stretches, what is set aside."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import MARIADB_SQL, named

REPLAY = "oracle_cdc.events.replay"
RELAY_BACKFILL = "oracle_cdc.relay.backfill.Backfill"
COMMANDS = "oracle_cdc.commands"
FAILURES = "acceptance/test_event_failures"
BACKFILL = "acceptance/test_event_backfill"
ON_DOUBLES = "relay/test_event_replay"
BACKFILL_TESTS = "relay/test_backfill"
TABLE = "mariadb/test_set_aside"
BOTH = "acceptance/test_failures_of_both"

MUTATIONS = (
    mutation(
        "replay of events: deleted before the stream has it",
        "a row leaves ETL_SET_ASIDE only after the stream acknowledged it",
        f"{REPLAY}.Replay.publish",
        "if row.key in delivered.handled - refused:",
        "if row.key not in refused:",
        tests=named(ON_DOUBLES, "what_was_not_acknowledged_stays_set_aside"),
    ),
    mutation(
        "replay of events: what is refused again is forgotten",
        "a row that is refused again is kept",
        f"{REPLAY}.Replay.publish",
        "delivered.handled - refused",
        "delivered.handled",
        tests=named(FAILURES, "a_row_that_is_refused_again_is_kept_with_the_newest_reason"),
    ),
    mutation(
        "replay of events: as patient as the service",
        "a refused row is tried once",
        f"{REPLAY}.make_replay",
        'update={"max_retries": 0}',
        "update={}",
        tests=named(FAILURES, "a_row_that_is_refused_again_is_kept_with_the_newest_reason"),
    ),
    mutation(
        "replay of events: all rows of a time",
        "a replay publishes the rows that were chosen",
        f"{REPLAY}.Replay.run_time",
        "if name_key(row.key) in waiting",
        "if waiting",
        tests=named(FAILURES, "only_the_rows_that_are_named_are_published")
        + named(ON_DOUBLES, "the_rest_of_a_time_is_not_read_once_all_are_found"),
    ),
    mutation(
        "replay of events: long keys are not found",
        "a row is found by its key as the table has it",
        f"{REPLAY}.Replay.run_time",
        "if name_key(row.key) in waiting",
        "if row.key in waiting",
        tests=named(
            FAILURES, "rows_are_found_by_a_date_and_by_a_long_key_among_many_of_one_second"
        ),
    ),
    mutation(
        "a blank at the end of a key is none",
        "keys that differ in the blanks at their ends are rows of their own",
        "oracle_cdc.mariadb.names.name_key",
        'key.endswith(" ")',
        "False",
        tests=named(
            "mariadb/test_set_aside",
            "keys_that_differ_in_the_blanks_at_their_ends_are_rows_of_their_own",
        ),
    ),
    mutation(
        "replay of events: keys as a former version wrote them are not found",
        "a key with a blank at its end is found as a former version wrote it",
        f"{REPLAY}.Replay.run_time",
        "{name_key(row.key): row for row in rows}",
        "{row.key: row for row in rows}",
        tests=named(
            ON_DOUBLES, "a_key_with_a_blank_at_its_end_is_found_as_a_former_version_wrote_it"
        ),
    ),
    mutation(
        "replay of events: keys as a former version wrote them stay",
        "what was published leaves the table by its key as that has it",
        f"{REPLAY}.Replay.publish",
        "[waiting[key].key for key in published]",
        "published",
        tests=named(
            ON_DOUBLES, "a_key_with_a_blank_at_its_end_is_found_as_a_former_version_wrote_it"
        ),
    ),
    mutation(
        "replay of events: reads on",
        "the rest of a time is not read once all are found",
        f"{REPLAY}.Replay.run_time",
        "if not waiting:\n                    break",
        "pass",
        tests=named(ON_DOUBLES, "the_rest_of_a_time_is_not_read_once_all_are_found"),
    ),
    mutation(
        "replay of events: other programs' rows",
        "what another program or another share set aside is not listed",
        f"{MARIADB_SQL}:list_set_aside",
        "PROGRAM_NAME = %(program)s",
        "PROGRAM_NAME <> ''",
        tests=named(TABLE, "another_program_and_another_share_see_none_of_it"),
    ),
    mutation(
        "set aside: attempts are counted from 0",
        "a row that is refused again is kept with all attempts",
        f"{MARIADB_SQL}:keep_aside",
        "ATTEMPTS = LEAST(COALESCE(ATTEMPTS, 0) + %(attempts)s, 2147483647)",
        "ATTEMPTS = %(attempts)s",
        tests=named(
            TABLE, "a_row_that_is_refused_again_is_kept_with_the_newest_reason_and_all_attempts"
        ),
    ),
    mutation(
        "backfill of events: what is done is sent again",
        "no row is sent twice after a lost snapshot",
        f"{RELAY_BACKFILL}.send",
        "for row in rows if row.key not in self.done",
        "for row in rows",
        tests=named(
            BACKFILL_TESTS, "a_lost_snapshot_is_taken_up_where_it_was_and_no_row_is_sent_twice"
        ),
    ),
    mutation(
        "backfill of events: a failed batch is passed",
        "what waits for the destination comes with the next step",
        f"{RELAY_BACKFILL}.send",
        "if delivered.error is not None:\n            raise delivered.error\n        self.advance",
        "self.advance",
        tests=named(BACKFILL_TESTS, "what_waits_for_the_destination_comes_with_the_next_step"),
    ),
    mutation(
        "backfill of events: a refused row counts as done",
        "a row that could not be set aside is not passed",
        f"{RELAY_BACKFILL}.send",
        "self.done |= delivered.handled - aside",
        "self.done |= delivered.handled",
        tests=named(BACKFILL_TESTS, "a_row_that_could_not_be_set_aside_is_not_passed"),
    ),
    mutation(
        "backfill of events: no rate",
        "the next batch waits as long as the rate wants",
        f"{RELAY_BACKFILL}.pause_after",
        "if not self.rate:",
        "if True:",
        tests=named(BACKFILL_TESTS, "the_next_batch_waits_as_long_as_the_rate_wants"),
    ),
    mutation(
        "backfill of events: into the future",
        "a range that ends in the future is refused",
        "oracle_cdc.events.backfill.make_backfill",
        "if stretch.end > now:",
        "if False:",
        tests=named(BACKFILL, "what_has_no_meaning_exits_2"),
    ),
    mutation(
        "backfill of events: waits for MariaDB",
        "MariaDB that is not there ends it",
        f"{COMMANDS}.events.backfill.may_pass",
        "return error.is_retryable and error.exit_code != ExitCode.STORE",
        "return error.is_retryable",
        tests=named(BACKFILL, "outages_of_oracle_and_nats_are_waited_for_and_nothing_else"),
    ),
    mutation(
        "backfill of events: a stream of other subjects",
        "a stream that takes other subjects is refused before anything is read",
        "oracle_cdc.events.backfill.make_backfill",
        "events.publisher.facts()",
        "pass",
        tests=named(
            BACKFILL, "a_stream_that_takes_other_subjects_is_refused_before_anything_is_read"
        ),
    ),
    mutation(
        "failures: one pipeline hides the other",
        "a pipeline that can not be asked keeps the other from nothing",
        f"{COMMANDS}.failures.Command.noting_failure",
        "except SettingsError:",
        "except CdcError:",
        tests=named(BOTH, "a_pipeline_that_can_not_be_asked_keeps_the_other_from_nothing"),
    ),
    mutation(
        "failures: a part passes for the whole",
        "JSON is printed only where every pipeline could be asked",
        f"{COMMANDS}.failures.Command.show_all",
        "if self.options.as_json and not self.codes:",
        "if self.options.as_json:",
        tests=named(BOTH, "a_pipeline_that_can_not_be_asked_keeps_the_other_from_nothing"),
    ),
    mutation(
        "failures: nobody knows, and it says no",
        "an id is missing only where both say so",
        f"{COMMANDS}.failures.Command.complain_missing",
        "if not self.codes:",
        "if True:",
        tests=named(BOTH, "an_id_is_missing_only_where_both_say_so"),
    ),
)
