"""Guards of dead letters: no record stops those behind it, and nothing private rests in one."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

PUBLISHING = "oracle_cdc.processor.publishing"
REDRIVING = "processor/test_redriving"
BURYING = "changes/test_dead_letter_writer"
PROCESSING, CANARIES = "processor/test_processing", "processor/test_canaries"
UNREAD = "processor/test_unread_letters"

MUTATIONS = (
    mutation(
        "processor: a letter that the queue does not take",
        "a letter that is too large says where its record is",
        f"{PUBLISHING}.dead_letter_writer.DeadLetterWriter.send",
        "suppress(MessageRefused, RecursionError, ValueError)",
        "suppress(RecursionError, ValueError)",
        tests=named(PROCESSING, "a_queue_that_does_not_take_a_letter_gets_the_place_of_its_record"),
    ),
    mutation(
        "processor: a table whose name is no text",
        "a record stops nobody, whatever its table is called",
        f"{PUBLISHING}.dead_letter_writer.DeadLetterWriter.send",
        "suppress(MessageRefused, RecursionError, ValueError)",
        "suppress(MessageRefused, RecursionError)",
        tests=named(PROCESSING, "a_table_that_is_called_anything_stops_nothing_behind_it"),
    ),
    mutation(
        "processor: names that begin lines of the log",
        "a line of the log is one line, whoever writes into the stream",
        "oracle_cdc.changes.rules.values.printed",
        "if not name.isprintable():",
        "if False:",
        tests=named(PROCESSING, "a_table_that_is_called_anything_stops_nothing_behind_it"),
    ),
    mutation(
        "processor: a letter as the record came",
        "a change that is too large for the bus is a dead letter as it would have been published",
        f"{PUBLISHING}.preparing.Preparing.make_event",
        "item.change, item.is_redacted = transformed.change, True",
        "pass",
        tests=named(CANARIES, "what_is_too_large_for_the_bus_rests_without_what_is_personal"),
    ),
    mutation(
        "processor: letters of a run in the same run",
        "a letter is tried once in a run",
        "oracle_cdc.processor.redriving.Successors.send",
        "self.ids.add(self.queue.send(document, attributes))",
        "self.queue.send(document, attributes)",
        tests=named(
            "processor/test_redriving",
            "what_fails_again_is_tried_once_in_a_run_whatever_the_clock_of_the_queue_says",
        ),
    ),
    mutation(
        "processor: a letter whose time has no zone",
        "what is no dead letter stays in its queue and stops no other",
        "oracle_cdc.instants.read_instant",
        "if moment.tzinfo is None:",
        "if False:",
        tests=named("changes/test_dead_letters", "what_is_no_dead_letter_is_said_to_be_none"),
    ),
    mutation(
        "processor: an empty read is the end of a record",
        "a record is gone only where its shard says so",
        "oracle_cdc.processor.fetching.Fetching.read_on",
        "batch.records or batch.next_iterator is None or not batch.millis_behind",
        "True",
        tests=named(REDRIVING, "a_record_that_comes_only_behind_empty_reads_is_found"),
    ),
    mutation(
        "processor: a record that did not come is gone",
        "a letter whose record did not come yet waits",
        "oracle_cdc.processor.redriving.Redriving.open",
        "opened.waiting += 1",
        "opened.foreign += 1",
        tests=named(REDRIVING, "a_letter_whose_record_did_not_come_yet_waits_and_stops_no_other"),
    ),
    mutation(
        "processor: a record is waited for beyond the stop",
        "no wait for a record outlasts the stop",
        "oracle_cdc.processor.fetching.Fetching.keep_pace",
        "if seconds and self.stop.wait(seconds):",
        "if seconds and self.stop.wait(seconds) and False:",
        tests=named(REDRIVING, "no_wait_for_a_record_outlasts_the_stop"),
    ),
    mutation(
        "processor: letters read without a pace",
        "a shard is read for its letters no more often than it answers",
        "oracle_cdc.processor.fetching.Fetching.keep_pace",
        "self.paces.get(place.shard_id, Pace())",
        "Pace()",
        tests=named(REDRIVING, "a_shard_is_read_for_its_letters_no_more_often_than_it_answers"),
    ),
    mutation(
        "processor: a shard that refuses once ends the run",
        "a shard that others read too often is asked again",
        "oracle_cdc.processor.fetching.Fetching.fetch",
        "if self.clock() >= until:",
        "if True:",
        tests=named(REDRIVING, "a_shard_that_others_read_too_often_is_asked_again"),
    ),
    mutation(
        "processor: a run goes round with what stays",
        "what stays is tried once in a run however long that takes",
        "oracle_cdc.processor.redriving.Redriving.run",
        "if each.message_id not in in_queue",
        "",
        tests=named(REDRIVING, "what_stays_is_tried_once_in_a_run_however_long_that_takes"),
    ),
    mutation(
        "failures: letters are taken without an end",
        "letters that reappear meanwhile are taken once",
        "oracle_cdc.commands.processor.failures.FailedChanges.take_all",
        "len(self.taken) > known_count",
        "True",
        tests=named(
            "processor/test_failures_command",
            "letters_that_reappear_meanwhile_are_taken_once",
        ),
    ),
    mutation(
        "dlq: an outage hides what was done before it",
        "what was done before an outage is said",
        "oracle_cdc.processor.redriving.Redriving.run",
        "if redriven == Redriven():",
        "if True:",
        tests=named(
            "processor/test_dead_letter_commands",
            "what_was_done_before_an_outage_is_said_and_the_next_run_goes_on",
        ),
    ),
    mutation(
        "dlq: a moment of throttling ends the run",
        "what waits is tried again shortly before all is left to the next run",
        "oracle_cdc.processor.redriving.Redriving.process",
        "range(MORE_TRIES)",
        "range(0)",
        tests=named("processor/test_redriving", "a_bus_that_throttles_for_a_moment_ends_no_run"),
    ),
    mutation(
        "dlq: threads of its own for each run",
        "one invocation of the function after another needs no further threads",
        "oracle_cdc.processor.wiring.make_redriving",
        "workers=processor.means.processing.requests.workers,",
        'workers=Workers(settings.processor.requests_in_flight, "put-events"),',
        tests=named(
            "lambdas/test_other_functions",
            "one_invocation_after_another_needs_no_further_threads",
        ),
    ),
    mutation(
        "shipping: a letter with a value that was not read",
        "a change of which a value was not read is never published, not from its letter either",
        "oracle_cdc.changes.outbound.building.Builder.prepare",
        "return Outgoing(unread, None, refusal, is_whole=False)",
        "return Outgoing(published, None, refusal)",
        tests=named(UNREAD, "a_letter_whose_value_was_not_read_is_never_published"),
    ),
    mutation(
        "dlq: a letter of a former version with a value that was not read",
        "a change of which a value was not read is never published, whoever wrote it",
        "oracle_cdc.changes.rules.dead_letters.read_original",
        " or UNREAD.fullmatch(stack)",
        "",
        tests=named(UNREAD, "nor_is_one_that_a_former_version_wrote_with_its_event"),
    ),
    mutation(
        "shipping: a letter that does not say of which row",
        "a letter without its event names the row as it may be named",
        "oracle_cdc.changes.outbound.dead_letter_writer.DeadLetterWriter.write",
        "may_have_keys and bool(outgoing.change.keys)",
        "outgoing.is_whole and may_have_keys",
        tests=named(UNREAD, "a_letter_whose_value_was_not_read_is_never_published"),
    ),
    mutation(
        "shipping: keys in letters as they are",
        "a letter without its event has keys only as they may be published",
        "oracle_cdc.changes.outbound.dead_letter_writer.DeadLetterWriter.write",
        "self.keeps_event or self.are_keys_final(outgoing.change.table)",
        "True",
        tests=named(
            BURYING, "keys_that_are_not_tokens_yet_stand_in_no_letter_where_no_events_rest"
        ),
    ),
    mutation(
        "shipping: no keys in letters that are redacted later",
        "a letter without its row names it also where the processor redacts",
        "oracle_cdc.changes.outbound.dead_letter_writer.DeadLetterWriter.write",
        "self.keeps_event or self.are_keys_final(outgoing.change.table)",
        "self.are_keys_final(outgoing.change.table)",
        tests=named(BURYING, "a_letter_without_its_row_has_the_keys_that_are_redacted_only_later"),
    ),
    mutation(
        "shipping: no keys of tables without personal keys",
        "keys that are never personal stand in each letter",
        "oracle_cdc.changes.rules.transforming.Transformation.are_keys_final",
        "transformer.hmac_fields.isdisjoint(model.keys)",
        "False",
        tests=named(BURYING, "keys_that_are_never_personal_stand_in_each_letter"),
    ),
    mutation(
        "shipping: a letter with each try of its change",
        "a letter is written once however often its change comes again",
        "oracle_cdc.changes.outbound.dead_letter_writer.DeadLetterWriter.write",
        "if written in self.written:",
        "if False:",
        tests=named(
            "changes/test_dead_letter_writer",
            "a_letter_is_written_once_however_often_its_change_comes_again",
        ),
    ),
    mutation(
        "shipping: a letter known by its number alone",
        "the same number in another transaction is another change",
        "oracle_cdc.changes.outbound.dead_letter_writer.DeadLetterWriter.write",
        "(outgoing.change.metadata.event_id, outgoing.change.metadata.transaction_id)",
        '(outgoing.change.metadata.event_id, "")',
        tests=named(
            "changes/test_dead_letter_writer",
            "the_same_number_in_another_transaction_is_another_change",
        ),
    ),
)
