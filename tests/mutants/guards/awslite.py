"""Guards of awslite: where it refuses, ends or loses as AWS does and emulators don't."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

EVENTS = "awslite/test_events"
EVENT_RULES = "awslite/test_event_rules"
FAULTS = "awslite/test_faults"
ITEMS = "awslite/test_items"
ITEM_RULES = "awslite/test_item_rules"
RECORDS = "awslite/test_records"
SETTINGS = "awslite/test_settings_of_streams"
SHARDS = "awslite/test_shards"
LOST = "what_is_lost_after_it_was_done_is_done"

MUTATIONS = (
    mutation(
        "awslite: a closed shard goes on",
        "a closed shard ends with its last record, and names its children",
        "awslite.kinesis.reading.read_on",
        "if not rest and not shard.is_open:",
        "if not rest and not taken and not shard.is_open:",
        tests=named(SHARDS, "a_split_shard_ends_with_its_records_and_names_its_children"),
    ),
    mutation(
        "awslite: a parent stays open",
        "a shard that is split takes no more records",
        "awslite.kinesis.streams.Stream.split",
        "parent.close(at)",
        "",
        tests=named(SHARDS, "a_split_shard_ends_with_its_records_and_names_its_children"),
    ),
    mutation(
        "awslite: shards share their numbers",
        "sequence numbers of two shards cannot be compared",
        "awslite.kinesis.streams.Stream._open",
        "base - position",
        "base + position",
        tests=named(SHARDS, "sequence_numbers_have_56_digits_and_rise_within_their_shard_only"),
    ),
    mutation(
        "awslite: iterators live for ever",
        "an iterator expires",
        "awslite.kinesis.reading.get_records",
        "if at - iterator.made_at > streams.limits.iterator_seconds:",
        "if at < iterator.made_at:",
        tests=named(SHARDS, "iterators_and_tokens_expire"),
    ),
    mutation(
        "awslite: any two shards are merged",
        "only shards that touch are merged",
        "awslite.kinesis.streams.Stream.merge",
        "if low.last_hash + 1 != high.first_hash:",
        "if low is high:",
        tests=named(RECORDS, "two_shards_that_do_not_touch_are_not_merged"),
    ),
    mutation(
        "awslite: a dry run is a run",
        "a dry run puts nothing",
        "awslite.kinesis.writing.refuse_dry_run",
        'if request.document.get("DryRun"):',
        'if request.document.get("dry_run"):',
        tests=named(SHARDS, "a_dry_run_puts_and_reads_nothing"),
    ),
    mutation(
        "awslite: AUTO regards keys",
        "the strategy AUTO ignores partition keys",
        "awslite.kinesis.streams.Stream.shard_for",
        "if self.shape.strategy == AUTO:",
        "if self.shape.strategy == PROVISIONED:",
        tests=named(SETTINGS, "the_strategy_auto_ignores_partition_keys_and_is_shown"),
    ),
    mutation(
        "awslite: records without end",
        "a request over a limit puts nothing",
        "awslite.kinesis.writing.put_records",
        "if sum(sizes) > most:",
        "if max(sizes) > most:",
        tests=named(RECORDS, "a_request_over_a_limit_puts_nothing"),
    ),
    mutation(
        "awslite: an ordered failure is stored",
        "a record that fails alone is not stored",
        "awslite.kinesis.writing.put_entry",
        "if code is not None:",
        'if code == "":',
        tests=named(FAULTS, "records_fail_alone_by_their_place"),
    ),
    mutation(
        "awslite: an unknown bus is made",
        "events to a bus that is not there are accepted and dropped",
        "awslite.eventbridge.buses.Buses.find",
        "if name == DEFAULT_BUS and name not in self.buses:",
        "if name not in self.buses:",
        tests=named(EVENTS, "a_bus_that_is_not_there_is_not_described"),
    ),
    mutation(
        "awslite: integers of any size",
        "an integer of more than 64 bits is refused",
        "awslite.eventbridge.entries.read_integer",
        "if not SMALLEST_INTEGER <= number <= LARGEST_INTEGER:",
        "if number != number:",
        tests=named(EVENT_RULES, "what_of_an_event_is_refused"),
    ),
    mutation(
        "awslite: 1 MiB fits",
        "events of 1 MiB together are refused",
        "awslite.eventbridge.buses.check_request",
        ">= too_many_bytes",
        "> too_many_bytes",
        tests=named(EVENT_RULES, "events_of_1_mib_together_are_refused_together"),
    ),
    mutation(
        "awslite: numbers of 56 digits",
        "a number of more than 38 digits is refused",
        "awslite.dynamodb.values.check_number",
        "if len(digits) > MOST_DIGITS:",
        "if len(digits) > 2 * MOST_DIGITS:",
        tests=named(ITEM_RULES, "what_is_no_number_of_38_digits_is_refused"),
    ),
    mutation(
        "awslite: sums are rounded",
        "a sum is exact or refused",
        "awslite.dynamodb.values.EXACT",
        "prec=300",
        "prec=28",
        tests=named(ITEM_RULES, "a_sum_is_exact_or_refused"),
    ),
    mutation(
        "awslite: reserved words are names",
        "a reserved word needs an alias",
        "awslite.dynamodb.tokens.Tokens._take_name",
        "if token.upper() in RESERVED:",
        "if token in RESERVED:",
        tests=named(ITEM_RULES, "a_reserved_word_needs_an_alias_in_every_expression"),
    ),
    mutation(
        "awslite: a condition is not asked",
        "a write whose condition does not hold changes nothing",
        "awslite.dynamodb.writing.judge",
        "if condition(item or {}):",
        "if condition(item or {}) or item:",
        tests=named(ITEMS, "a_condition_that_fails_changes_nothing_and_may_show_the_item"),
    ),
    mutation(
        "awslite: a stale read sees everything",
        "a read that is not consistent may miss the last write",
        "awslite.dynamodb.tables.Tables.read",
        'not document.get("ConsistentRead", False)',
        'not document.get("ConsistentRead", True)',
        tests=named(ITEM_RULES, "a_read_that_is_not_consistent_may_miss_the_last_write"),
    ),
    mutation(
        "awslite: what is lost was not done",
        "an answer is lost after the request was carried out",
        "awslite.treatment.treated",
        """stop(treatment.cut_before, treatment.page, treatment.refusal)
        yield
        stop(treatment.cut_after, treatment.page_after, treatment.refusal_after)""",
        """stop(treatment.cut_before, treatment.page, treatment.refusal)
stop(treatment.cut_after, treatment.page_after, treatment.refusal_after)
yield""",
        tests=named(FAULTS, LOST),
    ),
)
