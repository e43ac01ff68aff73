"""Guards of shipping: nothing lost, per key in order, nothing private, no lane stops another."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CHANGE_LANES, CHANGE_OUTBOUND, CHANGE_RULES, named

VALUES = "changes/test_json_values"
PAIRING = "changes/test_pairing"
TURNS = "changes/test_turns"
LANE = "integration/test_change_lanes"
READS = "integration/test_change_reading"
SHIPS = "integration/test_change_shipping"
FAILURES = "integration/test_change_lane_failures"
LEG = "integration/test_changes_leg"
LETTERS = "changes/test_burying"

MUTATIONS = (
    mutation(
        "shipping: a cursor instead of a queue",
        "a change that commits late is read although its number is low",
        f"{CHANGE_LANES}.log.ChangeLog.stream",
        "yield list(self.make_rows(chunk))",
        "rows = list(self.make_rows(chunk))\n"
        'yield [row for row in rows if int(row.change_id) > getattr(self, "cursor", 0)]\n'
        "self.cursor = max(int(row.change_id) for row in rows)",
        tests=named(LANE, "what_was_committed_late_is_read_before_what_came_first"),
    ),
    mutation(
        "shipping: all up to the greatest number are deleted",
        "only rows that were accepted are deleted",
        f"{CHANGE_LANES}.log_sql.LogSql.delete",
        "WHERE ROWID = :place AND CDC_CHANGE_ID = :change_id",
        "WHERE (1 = 0 OR :place IS NOT NULL) AND CDC_CHANGE_ID <= :change_id",
        tests=named(SHIPS, "what_commits_late_while_a_batch_is_on_its_way_is_shipped_next"),
    ),
    mutation(
        "shipping: two threads on one session",
        "a session is in one thread's hands at a time",
        f"{CHANGE_OUTBOUND}.visit.Visit.send",
        "ahead.delete(self.take_done())",
        "ahead.deleted += ahead.delete_rows(self.take_done())",
        tests=named(READS, "nothing_is_deleted_while_the_next_rows_are_read"),
    ),
    mutation(
        "shipping: a read that failed looks like the end",
        "a failure of reading ahead is raised",
        f"{CHANGE_OUTBOUND}.ahead.Ahead.require",
        "if self.failure is not None:",
        "if False:",
        tests=named(READS, "a_read_that_fails_is_the_failure_of_its_lane"),
    ),
    mutation(
        "shipping: a delete that failed is passed over",
        "a failure of deleting beside the requests is raised, and nothing is committed",
        f"{CHANGE_OUTBOUND}.visit.Visit.send",
        "ahead.require()",
        "pass",
        tests=named(READS, "a_delete_that_fails_beside_the_requests_leaves_all_rows"),
    ),
    mutation(
        "shipping: a pause between the visits to a busy row",
        "what was read and not sent is sent at once",
        f"{CHANGE_OUTBOUND}.visit.Visited.has_more",
        "self.is_end and not self.held",
        "self.is_end",
        tests=named(SHIPS, "many_changes_of_one_row_are_sent_on_at_once_when_time_is_up"),
    ),
    mutation(
        "shipping: a place alone",
        "a row that took the place of another is not deleted",
        f"{CHANGE_LANES}.log_sql.LogSql.delete",
        "AND CDC_CHANGE_ID = :change_id",
        "AND :change_id IS NOT NULL",
        tests=named(LANE, "a_row_that_took_the_place_of_another_is_not_deleted"),
    ),
    mutation(
        "shipping: deleted before it was accepted",
        "a change leaves its table only after the stream accepted it",
        f"{CHANGE_OUTBOUND}.visit.Visit.settle_one",
        "self.visited.error = settled.error",
        "self.visited.error = settled.error\nself.done += self.rows[waiting.group]",
        tests=named(SHIPS, "a_record_that_failed_holds_back_its_key_and_nobody_else"),
    ),
    mutation(
        "shipping: failed records are not looked at",
        "an entry that failed is sent again",
        f"{CHANGE_OUTBOUND}.visit.Visit.settle_one",
        "if settled.error is not None:",
        "if False:",
        tests=named(SHIPS, "a_record_that_failed_holds_back_its_key_and_nobody_else"),
    ),
    mutation(
        "shipping: failed records behind their successors",
        "a record that failed holds the later ones of its key back",
        f"{CHANGE_RULES}.turns.Turns.keep_back",
        "self.keep_back_from(each.group, each.key)",
        "self.busy.discard(each.key)\nself.forget(self.queues[each.key].popleft())\n"
        "if not self.queues[each.key]:\n    del self.queues[each.key]",
        tests=named(TURNS, "a_key_that_is_held_back_holds_nobody_else_back"),
    ),
    mutation(
        "shipping: two of a key on their way",
        "one record of a key is on its way at a time",
        f"{CHANGE_RULES}.turns.Turns.next_turn",
        "if key not in self.busy",
        "if True",
        tests=named(TURNS, "a_turn_has_the_first_of_each_key"),
    ),
    mutation(
        "shipping: half a change of keys",
        "the next of a key waits until a change of keys is whole",
        f"{CHANGE_RULES}.turns.Turns.accept",
        "if self.left[each.group]:",
        "if self.left[each.group] and not self.busy.discard(each.key):",
        tests=named(TURNS, "the_next_of_a_key_waits_until_the_group_is_whole"),
    ),
    mutation(
        "shipping: the other key of a change of keys goes on",
        "what can't be whole holds all its keys back",
        f"{CHANGE_RULES}.turns.Turns.keep_back_from",
        "if other != key:",
        "if False:",
        tests=named(TURNS, "a_group_that_is_not_whole_holds_all_its_keys_back"),
    ),
    mutation(
        "shipping: a held key holds no group",
        "a change with a key that is held back does not go",
        f"{CHANGE_RULES}.turns.Turns.add",
        "if not self.held.isdisjoint(keys):",
        "if False:",
        tests=named(TURNS, "a_key_that_is_held_back_holds_nobody_else_back"),
    ),
    mutation(
        "shipping: no lock",
        "one copy at a time ships a table",
        f"{CHANGE_OUTBOUND}.visit.Visitor.visit",
        "if not lock(session, lane):",
        "if False:",
        tests=named(SHIPS, "two_copies_never_have_one_lane_at_a_time"),
    ),
    mutation(
        "shipping: a lane as it was opened",
        "what is captured since a lane was opened is shipped too",
        f"{CHANGE_OUTBOUND}.visit.lock",
        'if locked[0]["last_updated"] != lane.updated_at:',
        "if False:",
        tests=named(SHIPS, "a_table_that_was_widened_is_not_shipped_as_it_was_before"),
    ),
    mutation(
        "shipping: keys in letters as they are",
        "a letter without its event has keys only as they may be published",
        f"{CHANGE_OUTBOUND}.burying.Burying.bury",
        "self.keeps_event or self.are_keys_final(outgoing.change.table)",
        "True",
        tests=named(
            LETTERS, "keys_that_are_not_tokens_yet_stand_in_no_letter_where_no_events_rest"
        ),
    ),
    mutation(
        "shipping: no keys in letters that are redacted later",
        "a letter without its row names it also where the processor redacts",
        f"{CHANGE_OUTBOUND}.burying.Burying.bury",
        "self.keeps_event or self.are_keys_final(outgoing.change.table)",
        "self.are_keys_final(outgoing.change.table)",
        tests=named(LETTERS, "a_letter_without_its_row_has_the_keys_that_are_redacted_only_later"),
    ),
    mutation(
        "shipping: no keys of tables without personal keys",
        "keys that are never personal stand in each letter",
        f"{CHANGE_RULES}.transforming.Transformation.are_keys_final",
        "transformer.hmac_fields.isdisjoint(model.keys)",
        "False",
        tests=named(LETTERS, "keys_that_are_never_personal_stand_in_each_letter"),
    ),
    mutation(
        "shipping: half an update",
        "half an update at the end of a read waits for its other half",
        f"{CHANGE_RULES}.pairing.cut_half",
        "if rows and rows[-1].sign == BEFORE:",
        "if False:",
        tests=named(SHIPS, "half_an_update_at_the_end_of_a_read_is_shipped_whole"),
    ),
    mutation(
        "shipping: two halves of different updates",
        "the two images of an update have one number",
        f"{CHANGE_RULES}.pairing.Pairing.pair",
        "row.sign == UPDATED and row.change_id == waiting.change_id",
        "row.sign == UPDATED",
        tests=named(PAIRING, "two_halves_of_different_updates_are_no_update"),
    ),
    mutation(
        "shipping: a change of keys is an update",
        "a change of keys is a DELETE and an INSERT",
        f"{CHANGE_RULES}.pairing.Pairing.update",
        "if keys.items() <= before.image.items():",
        "if True:",
        tests=named(PAIRING, "a_change_of_keys_is_a_delete_and_an_insert_with_one_number"),
    ),
    mutation(
        "shipping: an integer of any length",
        "a value that is not of its model's type is said",
        f"{CHANGE_RULES}.json_values.as_integer",
        "if abs(number) > MOST_INTEGER:",
        "if False:",
        tests=named(VALUES, "a_value_of_another_type_is_text_and_said_to_be_odd"),
    ),
    mutation(
        "shipping: what is odd is sent",
        "a value that is not of its model's type makes a dead letter",
        f"{CHANGE_RULES}.pairing.refuse",
        "if row.oddity:",
        "if False:",
        tests=named(PAIRING, "what_is_odd_of_a_row_refuses_its_change"),
    ),
    mutation(
        "shipping: too large for the stream",
        "what is larger than the stream takes is a dead letter",
        f"{CHANGE_OUTBOUND}.building.Builder.make_record",
        "if record.size_bytes > self.max_record_bytes:",
        "if False:",
        tests=named(
            FAILURES, "what_is_too_large_for_the_stream_is_a_dead_letter_and_no_key_waits_for_it"
        ),
    ),
    mutation(
        "shipping: what could not be redacted leaves",
        "nothing of a row leaves that could not be redacted",
        f"{CHANGE_OUTBOUND}.building.bare",
        "change._replace(before=None, after=None, keys={})",
        "change",
        tests=named(FAILURES, "what_could_not_be_redacted_leaves_in_no_way"),
    ),
    mutation(
        "shipping: a broken lane stops all",
        "a lane whose change table is gone stops no other",
        f"{CHANGE_OUTBOUND}.lane_states.LaneStates.look",
        "or not self.find_broken(session)",
        "or True",
        tests=named(FAILURES, "a_lane_whose_change_table_is_gone_stops_no_other"),
    ),
    mutation(
        "shipping: a column that nobody declared",
        "a column without a place in the model is never published",
        f"{CHANGE_LANES}.shapes.find_strangers",
        "column.name not in by_column",
        "False",
        tests=named(LANE, "a_column_that_no_model_declares_keeps_its_table_from_being_shipped"),
    ),
    mutation(
        "shipping: a stream that ignores keys",
        "a stream with the strategy AUTO is refused",
        "oracle_cdc.aws.kinesis.stream.require_order_of_keys",
        "if not facts.distribution_is_by_key:",
        "if False:",
        tests=named(LEG, "a_stream_that_ignores_keys_is_refused"),
    ),
    mutation(
        "shipping: numbers without ORDER",
        "a sequence without ORDER is refused",
        "oracle_cdc.changes.startup.Startup.ensure_oracle",
        "require_order(read_sequence(session))",
        "pass",
        tests=named(LEG, "a_sequence_without_order_is_refused"),
    ),
    mutation(
        "shipping: nothing is watched while the stream is down",
        "captured tables are checked also while the stream is down",
        "oracle_cdc.changes.legs.ChangesLeg.run_cycles",
        'if error.area != "oracle":',
        "if False:",
        tests=named(LEG, "captured_tables_are_checked_also_while_the_stream_is_down"),
    ),
    mutation(
        "shipping: slow reads send nothing",
        "however long a read took, something of it is sent",
        f"{CHANGE_OUTBOUND}.visit.Visit.is_over",
        "self.began_at is not None and",
        "self.began_at is None or",
        tests=named(SHIPS, "a_slow_read_is_followed_by_a_turn"),
    ),
    mutation(
        "shipping: a held front is read again and again",
        "a key that is held back at the front keeps nobody from being read",
        f"{CHANGE_OUTBOUND}.shipping.Shipping.note",
        "state.held = min(visited.held,",
        "state.held = min(0,",
        tests=named(SHIPS, "a_key_that_is_held_back_at_the_front_keeps_nobody_from_being_read"),
    ),
    mutation(
        "shipping: a bug that one table meets stops all",
        "what one table's rows meet stops no other",
        f"{CHANGE_OUTBOUND}.shipping.Shipping.visit",
        'self.lanes.fail(state, CdcError(f"a bug: {type(error).__name__}"))',
        "raise",
        tests=named(FAILURES, "a_bug_that_one_table_meets_stops_no_other"),
    ),
    mutation(
        "shipping: a statistics block every few seconds",
        "a block comes once a minute at most",
        "oracle_cdc.changes.counters.ChangeStatistics",
        "least_seconds = 60.0",
        "least_seconds = 0.0",
        tests=named("changes/test_statistics", "a_block_comes_once_a_minute_at_most"),
    ),
    mutation(
        "shipping: the size that the stream took once",
        "a stream that takes less is made records of its size",
        "oracle_cdc.changes.legs.ChangesLeg.use_stream",
        "if opener.max_record_bytes != facts.max_record_bytes:",
        "if False:",
        tests=named(LEG, "a_stream_that_takes_less_than_before_is_asked_again"),
    ),
)
