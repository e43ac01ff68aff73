"""Guards of what AWS refuses and no emulator does."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

BLAME = "processor/test_blame"
ROLE_KEYS = "integration/test_role_keys"
REPLACED = "processor/test_replaced_streams"
CLIENT = "oracle_cdc.aws.kinesis.client"
SMALLER = "what_a_region_takes_only_in_smaller_requests_is_published"
FUTURE = "a_beginning_that_is_still_to_come_for_kinesis_is_waited_for"
ANEW = "a_stream_that_was_made_anew_is_said_with_what_helps_and_read_after_that"

MUTATIONS = (
    mutation(
        "refusals: a request too large for its region",
        "what a region takes only in smaller requests is sent in halves",
        "oracle_cdc.aws.eventbridge.client.sort_own",
        "if is_size or answer.status == SIZE_STATUS:",
        "if answer.status == SIZE_STATUS:",
        tests=named(BLAME, SMALLER),
    ),
    mutation(
        "refusals: a moment that is still to come",
        "a moment that is still to come by the clock of Kinesis is waited for",
        f"{CLIENT}.sort_own",
        "if OF_THE_FUTURE in answer.message:",
        "if False:",
        tests=named(REPLACED, FUTURE),
    ),
    mutation(
        "refusals: a record of another stream",
        "a stream that was made anew is said to be that, with what helps",
        f"{CLIENT}.sort_own",
        "if OF_ANOTHER_STREAM in answer.message:",
        "if False:",
        tests=named(REPLACED, ANEW),
    ),
    mutation(
        "refusals: a shard that is closed within a look",
        "shards are listed anew before their stream is said to be another one",
        "oracle_cdc.processor.reading.leasing.Leasing.look",
        "self.refuse_reopened(leases)",
        'raise StreamReplaced("")',
        tests=named(
            REPLACED,
            "a_shard_that_is_closed_and_read_to_its_end_within_a_look_is_none_of_another_stream",
        ),
    ),
    mutation(
        "refusals: an ended shard that takes records",
        "an ended shard that takes records is one of another stream",
        "oracle_cdc.aws.dynamodb.lease_choosing.find_reopened",
        "if not shard.is_closed",
        "if shard.is_closed",
        tests=named(REPLACED, "a_shard_that_ended_and_takes_records_is_one_of_another_stream"),
    ),
    mutation(
        "refusals: a letter of another stream",
        "a letter of a stream that was made anew keeps no other",
        "oracle_cdc.processor.fetching.Fetching.find",
        "except (DestinationMissing, StreamReplaced):",
        "except DestinationMissing:",
        tests=named(REPLACED, "a_letter_of_a_stream_that_was_made_anew_stays_and_keeps_no_other"),
    ),
    mutation(
        "refusals: keys of a role asked for again and again",
        "the keys of a role are asked for once by each request",
        "oracle_cdc.aws.session._create_session",
        "core.set_default_client_config(_make_config_for_keys(aws, limits))",
        "pass",
        tests=named(ROLE_KEYS, "the_keys_of_a_role_are_asked_for_once_by_each_request"),
    ),
    mutation(
        "refusals: an endpoint of SQS asked for the keys of a role",
        "an endpoint of SQS is not asked for the keys of a role",
        "oracle_cdc.aws.session._make_config_for_keys",
        "ignore_configured_endpoint_urls=is_foreign",
        "ignore_configured_endpoint_urls=False",
        tests=named(ROLE_KEYS, "an_endpoint_of_sqs_is_not_asked_for_the_keys_of_a_role"),
    ),
    mutation(
        "refusals: one look without a wait",
        "one look waits for each receive, since an empty answer is no empty queue else",
        "oracle_cdc.conversations.inbound.cycle.Results.drain_all",
        "if self.drain(wait_seconds):",
        "if self.drain(0):",
        tests=named(
            "integration/test_short_polls",
            "one_look_finds_an_answer_that_a_receive_without_a_wait_misses",
        ),
    ),
    mutation(
        "refusals: a condition that no simulation knows is a lack",
        "a right under a condition that IAM can't simulate is a warning",
        "oracle_cdc.aws.rights.Decision.is_said",
        "or not self.unknown",
        "or True",
        tests=named(
            "acceptance/test_check",
            "a_right_under_a_condition_that_iam_can_not_simulate_is_a_warning",
        ),
    ),
    mutation(
        "refusals: a partition of AWS for all",
        "the bucket is in the partition of the queues",
        "oracle_cdc.commands.conversations.check_on_sqs.partition_of",
        "if facts.arn:",
        "if False:",
        tests=named("unit/test_needs", "the_bucket_is_in_the_partition_of_the_queues"),
    ),
    mutation(
        "refusals: dead letters to FIFO",
        "dead letters go to a standard queue",
        "oracle_cdc.settings.kinds._standard_queue",
        'if value.endswith(".fifo"):',
        "if False:",
        tests=named("unit/test_streaming_settings", "what_the_processor_can_not_take_is_refused"),
    ),
)
