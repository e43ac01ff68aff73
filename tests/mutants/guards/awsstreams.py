"""Guards of the edges to Kinesis, EventBridge, DynamoDB and the queue of dead letters."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

KINESIS = "oracle_cdc.aws.kinesis"
EVENTBRIDGE = "oracle_cdc.aws.eventbridge"
DYNAMODB = "oracle_cdc.aws.dynamodb"
POSITIONS = "unit/test_kinesis_positions"
KINESIS_FAILURES = "integration/test_kinesis_failures"
RESHARDING = "integration/test_kinesis_resharding"
EVENTS = "integration/test_eventbridge"
EVENT_LIMITS = "unit/test_eventbridge_limits"
LEASES = "integration/test_dynamodb_leases"
CHOOSING, TRANSLATION = "unit/test_lease_choosing", "unit/test_translation"
LETTERS = "integration/test_dead_letter_queue"

MUTATIONS = (
    mutation(
        "streams: sequence numbers compared as text",
        "sequence numbers are compared as numbers",
        f"{KINESIS}.positions.is_later",
        "int(one) > int(other)",
        "one > other",
        tests=named(POSITIONS, "sequence_numbers_are_compared_as_numbers_not_as_text"),
    ),
    mutation(
        "streams: a sequence number kept as it is",
        "kept numbers have as text the order that they have as numbers",
        f"{KINESIS}.positions.pad",
        'padded = sequence_number.lstrip("0").rjust(DIGITS, "0")',
        "padded = sequence_number",
        tests=named(LEASES, "a_checkpoint_goes_from_nine_to_ten_and_never_back"),
    ),
    mutation(
        "streams: a child before one of its parents",
        "a child waits until all of its parents were read to the end",
        f"{KINESIS}.shards.may_be_read",
        "if parent in known and parent not in ended:\n    return False",
        "if parent not in known or parent in ended:\n    return True",
        tests=named(
            CHOOSING,
            "a_merged_shard_waits_for_both_parents_also_for_one_that_never_had_a_record",
        ),
    ),
    mutation(
        "streams: a child read with its parent",
        "children are readable once their parent is read to its end",
        f"{DYNAMODB}.lease_choosing.find_readable",
        "if not lease.is_ended and may_be_read(lease.parents, ended=ended, known=known):",
        "if not lease.is_ended:",
        tests=named(CHOOSING, "children_are_readable_once_their_parent_is_read_to_its_end"),
    ),
    mutation(
        "streams: a new shard begins where a person wants",
        "a shard that came later begins with its oldest record",
        f"{DYNAMODB}.lease_choosing.make_missing",
        "if not leases:",
        "if True:",
        tests=named(CHOOSING, "a_shard_that_came_later_begins_with_its_oldest_record"),
    ),
    mutation(
        "streams: an entry that failed counts as stored",
        "a record that fails is known not to be stored",
        f"{KINESIS}.outbound.StreamWriter._sort_entry",
        "if code:",
        'if code:\n    return PutOutcome(result.get("SequenceNumber", "0"))\nif code:',
        tests=named(
            KINESIS_FAILURES,
            "a_record_that_fails_is_known_not_to_be_stored_and_the_others_are",
        ),
    ),
    mutation(
        "streams: results of too few records are taken in order",
        "a record of which nothing is said may have been stored",
        f"{KINESIS}.outbound.StreamWriter._sort",
        "if len(results) != count:",
        "if not results:",
        tests=named(KINESIS_FAILURES, "a_record_of_which_nothing_is_said_may_have_been_stored"),
    ),
    mutation(
        "streams: a lost answer says that nothing was stored",
        "a request that got no answer may have been carried out",
        f"{KINESIS}.outbound.StreamWriter.send",
        "is_unknown = isinstance(error, Unavailable)",
        "is_unknown = False",
        tests=named(
            RESHARDING,
            "records_of_a_request_whose_answer_was_lost_are_stored_and_said_to_be_unknown",
        ),
    ),
    mutation(
        "streams: a stream that ignores keys",
        "a stream that ignores keys is known by its strategy",
        f"{KINESIS}.stream.make_facts",
        'said.get("RecordDistributionStrategy") != AUTO',
        "True",
        tests=named(RESHARDING, "a_stream_that_ignores_keys_is_known_by_its_strategy"),
    ),
    mutation(
        "streams: an answer without records is an end",
        "an answer of another shape is no end of a shard",
        f"{KINESIS}.inbound.make_batch",
        'said["Records"]',
        'said.get("Records", [])',
        tests=named(KINESIS_FAILURES, "an_answer_of_another_shape_is_no_end_of_a_shard"),
    ),
    mutation(
        "streams: an expired iterator is an outage",
        "an iterator that was not used in time is known as such",
        f"{KINESIS}.inbound.ShardReader.read",
        "except kinesis.exceptions.ExpiredIteratorException as error:",
        "except kinesis.exceptions.DryRunOperationException as error:",
        tests=named(RESHARDING, "an_iterator_that_was_not_used_in_time_is_known_as_such"),
    ),
    mutation(
        "streams: FailedEntryCount is believed",
        "an event that fails is sorted by its own code",
        f"{EVENTBRIDGE}.publisher.BusPublisher._sort",
        "if len(results) != count:",
        """if not answer.get("FailedEntryCount"):
    return [PublishOutcome(event_id="accepted")] * count
if len(results) != count:""",
        tests=named(
            EVENTS,
            "an_event_that_fails_is_sorted_by_its_own_code_and_the_others_are_accepted",
        ),
    ),
    mutation(
        "streams: an event without an id counts as accepted",
        "an event of which nothing is said is not accepted",
        f"{EVENTBRIDGE}.publisher.BusPublisher._sort_entry",
        'if not result.get("EventId"):',
        "if False:",
        tests=named(EVENTS, "an_event_of_which_nothing_is_said_is_not_accepted"),
    ),
    mutation(
        "streams: a missing right is the event's fault",
        "what nobody may publish waits for a person",
        f"{EVENTBRIDGE}.publisher.BusPublisher._sort_code",
        "if code in RIGHTS_CODES:",
        "if False:",
        tests=named(
            EVENTS,
            "an_event_that_fails_is_sorted_by_its_own_code_and_the_others_are_accepted",
        ),
    ),
    mutation(
        "streams: a time that weighs nothing",
        "source, type and detail count in UTF-8 bytes, and a time fourteen",
        f"{EVENTBRIDGE}.limits.BusEntry.size_bytes",
        "size += TIME_BYTES",
        "size += 0",
        tests=named(EVENT_LIMITS, "source_type_and_detail_count_in_utf8_bytes_and_a_time_fourteen"),
    ),
    mutation(
        "streams: a detail type of any length",
        "a detail type of more than 128 characters would be dropped in silence",
        f"{EVENTBRIDGE}.limits.find_excess",
        "if length > MAX_DETAIL_TYPE_LENGTH:",
        "if False:",
        tests=named(
            EVENT_LIMITS, "a_detail_type_of_more_than_128_characters_would_be_dropped_in_silence"
        ),
    ),
    mutation(
        "streams: a checkpoint of whoever writes",
        "only the owner writes a checkpoint",
        f"{DYNAMODB}.leases.held",
        'return [Condition(OWNER, "=", owner), Condition(COUNTER, "=", lease.counter)]',
        'return [Condition(COUNTER, "=", lease.counter)]',
        tests=named(LEASES, "only_the_owner_writes_a_checkpoint"),
    ),
    mutation(
        "streams: a checkpoint after a reset",
        "a reset ends the holder's lease",
        f"{DYNAMODB}.leases.held",
        'return [Condition(OWNER, "=", owner), Condition(COUNTER, "=", lease.counter)]',
        'return [Condition(OWNER, "<>", "")]',
        tests=named(LEASES, "a_reset_ends_the_holders_lease_and_moves_back"),
    ),
    mutation(
        "streams: a checkpoint that goes back",
        "a checkpoint behind the one that is kept is refused also by the table",
        f"{DYNAMODB}.checkpoints.Checkpoints.write",
        'conditions=[*held(lease, self._owner), Condition(SEQUENCE, "<=", kept)]',
        "conditions=held(lease, self._owner)",
        tests=named(
            LEASES, "a_checkpoint_behind_the_one_that_is_kept_is_refused_also_by_the_table"
        ),
    ),
    mutation(
        "streams: a lease taken although it lives",
        "a lease that was renewed is not taken away",
        f"{DYNAMODB}.leases.Leases.take",
        'conditions = [Condition(COUNTER, "=", lease.counter), Condition(STATUS, "<>", ENDED)]',
        'conditions = [Condition(STATUS, "<>", ENDED)]',
        tests=named(LEASES, "a_lease_that_was_renewed_is_not_taken_away"),
    ),
    mutation(
        "streams: a lost answer loses the lease",
        "a write whose answer was lost is known when it is made again",
        f"{DYNAMODB}.lease_rows.LeaseRows.write",
        "if not written.is_written and is_there(update, written.item):",
        "if False:",
        tests=named(LEASES, "a_write_whose_answer_was_lost_is_known_when_it_is_made_again"),
    ),
    mutation(
        "streams: another's lease taken for one's own",
        "another copy's lease is not taken for one's own lost answer",
        f"{DYNAMODB}.lease_rows.is_there",
        "if name != UPDATED and item.get(name) != value:",
        'if name not in (UPDATED, "leaseOwner") and item.get(name) != value:',
        tests=named(LEASES, "another_copys_lease_is_not_taken_for_ones_own_lost_answer"),
    ),
    mutation(
        "streams: a lease that is judged by its age",
        "a lease that is renewed or changes hands begins anew",
        f"{DYNAMODB}.lease_expiry.LeaseWatch.find_expired",
        "sighting = Sighting(lease.owner, lease.counter, now)",
        "sighting = sighting or Sighting(lease.owner, lease.counter, now)",
        tests=named(CHOOSING, "a_lease_that_is_renewed_or_changes_hands_begins_anew"),
    ),
    mutation(
        "streams: copies that take leases from each other for ever",
        "nothing is taken from a copy that has but one more",
        f"{DYNAMODB}.lease_choosing.choose_leases",
        "if most < counts[owner] + 2:",
        "if most < counts[owner] + 1:",
        tests=named(CHOOSING, "nothing_is_taken_from_a_copy_that_has_but_one_more"),
    ),
    mutation(
        "streams: LATEST at each start",
        "a lease that begins with the newest record begins now and stays there",
        f"{DYNAMODB}.lease_rows.LeaseRows.create",
        "if lease.starts_at.kind == LATEST:",
        "if False:",
        tests=named(
            LEASES, "a_lease_that_begins_with_the_newest_record_begins_now_and_stays_there"
        ),
    ),
    mutation(
        "streams: half an answer to a dead letter is a bug",
        "an answer that is none is an outage",
        "oracle_cdc.aws.sqs.dead_letters.DeadLetterQueue.send",
        'with translate_shape(call), self._client.calling("SendMessage", self.url) as sqs:',
        'with self._client.calling("SendMessage", self.url) as sqs:',
        tests=named(LETTERS, "a_dead_letter_that_is_not_accepted_is_an_error"),
    ),
    mutation(
        "streams: a dead letter of this run",
        "what is sent after a moment is left for the next run",
        "oracle_cdc.aws.sqs.dead_letters.DeadLetterQueue.receive",
        "if message.sent_ms < before_ms]",
        "if message]",
        tests=named(LETTERS, "what_is_sent_after_a_moment_is_left_for_the_next_run"),
    ),
    mutation(
        "streams: a vendor's text quoted",
        "each failure quotes no vendor",
        "oracle_cdc.aws.translation.Call.describe",
        'return f"{self.said}: {describe_answer(answer.code, answer.status)}"',
        'return f"{self.said}: {describe_answer(answer.code, answer.status)} {answer.message}"',
        tests=named(TRANSLATION, "each_failure_says_what_to_do_and_quotes_no_vendor"),
    ),
    mutation(
        "streams: the first page of leases alone",
        "all leases of one processor and stream are read page by page",
        f"{DYNAMODB}.lease_rows.LeaseRows.read_all",
        'if not answer.get("LastEvaluatedKey"):',
        "if True:",
        tests=named(LEASES, "all_leases_of_one_processor_and_stream_are_read_page_by_page"),
    ),
    mutation(
        "streams: the first page of shards alone",
        "shards are listed page by page",
        f"{KINESIS}.inbound.ShardReader.list_shards",
        "if not token:",
        "if True:",
        tests=named(KINESIS_FAILURES, "shards_are_listed_page_by_page_with_both_parents"),
    ),
    mutation(
        "streams: reads without a pause",
        "a shard is read five times a second at most",
        f"{KINESIS}.pace.Pace.after_read",
        "max(READ_SECONDS, size_bytes / READ_BYTES_PER_SECOND)",
        "size_bytes / READ_BYTES_PER_SECOND",
        tests=named(POSITIONS, "a_shard_is_read_five_times_a_second_at_most"),
    ),
    mutation(
        "streams: a reset that leaves the counter",
        "a reset ends the holder's lease",
        f"{DYNAMODB}.checkpoints.reset",
        "removes=[OWNER],\n        adds={COUNTER: 1},",
        "removes=[],",
        tests=named(LEASES, "a_reset_ends_the_holders_lease_and_moves_back"),
    ),
)
