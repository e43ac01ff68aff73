"""Guards of the edge to SQS and S3: requests, limits, clients."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    ATTEMPTS,
    AWS,
    FITTING,
    INBOUND,
    MESSAGES,
    OUTBOUND,
    OVERFLOW,
    PACKING,
    PARALLEL,
    PLAIN_JSON,
    REQUESTS,
    SQS_CLIENT,
    STARTUP,
    named,
)

SENDS = "integration/test_sqs_outbound"
SQS = "integration/test_sqs_client"

MUTATIONS = (
    mutation(
        "a request without a lease",
        "before each request it is asked whether it may be made",
        f"{REQUESTS}.Requests._request",
        "if not may_send():",
        "if not may_send() and False:",
        tests=named("integration/test_sqs_leases", "nothing_is_sent_when_the_lease_ends_too_soon"),
    ),
    mutation(
        "a refusal read as plain JSON",
        "an answer that is no success is read by the driver",
        f"{PLAIN_JSON}._read",
        'if response_dict["status_code"] != 200:',
        "if False:",
        tests=named("integration/test_plain_json", "an_answer_is_read_as_the_driver_reads_it"),
    ),
    mutation(
        "a long text kept twice",
        "a long text is not kept once more by whoever wrote it",
        f"{MESSAGES}._list_said",
        "if len(text) >= LONG_TEXT:",
        "if False:",
        tests=named("unit/test_messages", "a_long_text_is_not_kept_once_more_by_whoever_wrote_it"),
    ),
    mutation(
        "U+FFFF as it is",
        "what SQS refuses is written as an escape",
        f"{MESSAGES}._encode",
        'b"\\xef\\xbf\\xbe" in encoded or b"\\xef\\xbf\\xbf" in encoded',
        'b"\\xef\\xbf\\xbe" in encoded',
        tests=named("unit/test_messages", "what_sqs_refuses_is_written_as_an_escape"),
    ),
    mutation(
        "a request after the stop",
        "after a stop nothing is sent",
        f"{REQUESTS}.Requests._request",
        "if self._stop.is_set():",
        "if False:",
        tests=named("integration/test_sqs_leases", "after_a_stop_nothing_is_sent"),
    ),
    mutation(
        "tried on after the lease",
        "a lease that ends between two tries ends the trying",
        f"{REQUESTS}.Trying.try_once",
        "if self.unavailable and not any(was_tried(outcome) for outcome in outcomes):",
        "if self.unavailable and not outcomes:",
        tests=named(
            "integration/test_sqs_leases", "a_lease_that_ends_between_two_tries_ends_the_trying"
        ),
    ),
    mutation(
        "an entry without an answer counts as sent",
        "an entry that SQS does not mention is sent again",
        f"{REQUESTS}.Requests._sort_answer",
        "if entry_id in sent:",
        "if entry_id not in failed:",
        tests=named(
            "integration/test_sqs_failures", "an_entry_that_sqs_does_not_mention_is_sent_again"
        ),
    ),
    mutation(
        "a message too large set aside",
        "a complaint about size is final only when the limit, read again, does not explain it",
        f"{REQUESTS}.Requests._refuse",
        "message.size_bytes <= limit_bytes",
        "message.size_bytes > 0",
        tests=named(
            "integration/test_sqs_failures",
            "a_complaint_about_size_has_the_limit_read_again_so_that_the_message_is_made_to_fit",
        ),
    ),
    mutation(
        "suspects fill every request in flight",
        "requests that may hang take at most half of those in flight",
        f"{REQUESTS}.Requests._slot",
        "taken.enter_context(self._suspect_slots)",
        "pass",
        tests=named(
            "integration/test_sending_limits",
            "requests_that_may_hang_take_at_most_half_of_those_in_flight",
        ),
    ),
    mutation(
        "requests without a limit",
        "no more requests are in flight than the setting allows",
        f"{REQUESTS}.Requests._slot",
        "taken.enter_context(self._slots)",
        "pass",
        tests=named("integration/test_sending_limits"),
    ),
    mutation(
        "a queue that is down asked by every request",
        "a batch is given up once a request has failed while none was answered",
        f"{OUTBOUND}.Outbound._deliver",
        "is_down.set()",
        "pass",
        tests=named(
            "integration/test_sqs_leases",
            "a_batch_is_given_up_once_a_request_has_failed_while_none_was_answered",
        ),
    ),
    mutation(
        "what failed together before its lease ended is not sent apart",
        "what failed together before its lease ended is sent apart the next time",
        f"{ATTEMPTS}.Attempts._remember_failed",
        "if failed:",
        "if not failed:",
        tests=named(
            "integration/test_sqs_leases",
            "what_failed_together_before_the_lease_ended_is_sent_apart_the_next_time",
        ),
    ),
    mutation(
        "suspects sent with the others",
        "what has failed and not passed since stands alone in its request",
        f"{OUTBOUND}.Outbound._pack",
        "if self._evidence.is_suspect(message):",
        "if not self._evidence:",
        tests=named(
            "integration/test_sqs_leases",
            "what_failed_together_before_the_lease_ended_is_sent_apart_the_next_time",
        ),
    ),
    mutation(
        "a stop that waits for an endpoint",
        "a stop does not wait for an endpoint that never answers",
        f"{PARALLEL}.Parallel",
        "if give_up_at and time.monotonic() >= give_up_at:",
        "if give_up_at and time.monotonic() >= give_up_at + 10**6:",
        tests=named(
            "integration/test_sqs_leases", "a_stop_does_not_wait_for_an_endpoint_that_never_answers"
        ),
    ),
    mutation(
        "one group twice in flight",
        "a later message of a FIFO group waits for the earlier ones to be answered",
        f"{PACKING}.split_turns",
        "if turn == len(turns):",
        "turn = 0\nif turn == len(turns):",
        tests=named(
            SENDS, "later_messages_of_a_fifo_group_wait_for_the_earlier_ones_to_be_answered"
        ),
    ),
    mutation(
        "a call's id in FIFO as it is",
        "a call whose id FIFO does not take is grouped by its hash",
        f"{PACKING}.make_fifo_id",
        "if _FIFO_ID.fullmatch(text):",
        "if text:",
        tests=named(
            "unit/test_packing", "a_call_whose_id_fifo_does_not_take_is_grouped_by_its_hash"
        ),
    ),
    mutation(
        "a request over its limit",
        "a request never exceeds its limit of bytes",
        f"{PACKING}._first_fit",
        "message.size_bytes <= bytes_left:",
        "message.size_bytes <= bytes_left + 10**6:",
        tests=named("unit/test_packing"),
    ),
    mutation(
        "a body stored again at each try",
        "a body is stored once, however many times its message is sent",
        f"{OVERFLOW}._store",
        "or stored.key in stored_keys",
        "or stored.key == ''",
        tests=named(
            "integration/test_sending_limits",
            "a_body_that_lies_in_s3_already_is_not_written_again",
        ),
    ),
    mutation(
        "a body stored without a lease",
        "nothing is stored that the lease leaves no time for",
        f"{OVERFLOW}._store",
        "if not may_send():",
        "if not may_send() and False:",
        tests=named(
            "integration/test_sending_limits", "no_body_is_written_when_the_lease_ends_too_soon"
        ),
    ),
    mutation(
        "a pointer before its object",
        "nothing is sent before its object is written",
        f"{OVERFLOW}.store_bodies",
        "if error is None:",
        "if error is None or True:",
        tests=named("integration/test_overflow", "nothing_is_sent_before_its_object_is_written"),
    ),
    mutation(
        "a body one byte over the limit",
        "a body at the limit stays plain and one byte more is compressed",
        f"{FITTING}._shrink",
        "<= limit",
        "< limit",
        tests=named("unit/test_packing"),
    ),
    mutation(
        "deleted once more although it is gone",
        "only what failed is deleted once more",
        f"{INBOUND}.delete",
        'remaining = self._apply("DeleteMessage", remaining, self._delete_batch)',
        'remaining = self._apply("DeleteMessage", messages, self._delete_batch)',
        tests=named(
            "integration/test_sqs_inbound",
            "only_what_failed_is_deleted_once_more_and_what_fails_again_is_returned",
        ),
    ),
    mutation(
        "credentials kept after a refusal",
        "refused credentials are read anew for the next request",
        "oracle_cdc.aws.client.lend",
        "session.renew(lent)",
        "pass",
        tests=named(SENDS, "refused_credentials_are_read_anew_for_the_next_request"),
    ),
    mutation(
        "a newer client thrown away",
        "of several requests refused at once only the first renews",
        f"{AWS}.AwsSession.renew",
        "refused is None or refused in self._clients.values()",
        "True or refused in self._clients.values()",
        tests=named(SQS, "of_several_refusals_at_once_the_first_renews_and_a_newer_client_stays"),
    ),
    mutation(
        "retries inside the driver",
        "botocore does not retry by itself",
        f"{AWS}.AwsSession._make_config",
        '"total_max_attempts": 1',
        '"total_max_attempts": 3',
        tests=named(SQS, "botocore_does_not_retry_by_itself_and_has_a_connection_for_each_request"),
    ),
    mutation(
        "the settings' region for every queue",
        "a queue is asked in its own region",
        f"{AWS}._region_for",
        "region_of(queue_url) or session.region_name",
        "session.region_name or region_of(queue_url)",
        tests=named(SQS, "the_region_is_the_queues_own_else_the_settings_else_the_profiles"),
    ),
    mutation(
        "a poll cut off",
        "a long poll never outlasts its own time-out",
        f"{SQS_CLIENT}.SqsClient.calling",
        "if is_poll:",
        "if not is_poll:",
        tests=named(SQS, "a_long_poll_never_outlasts_its_own_time_out"),
    ),
    mutation(
        "one queue under two names",
        "one queue under two names is a shared one",
        f"{STARTUP}.Startup.is_shared",
        "is_one_queue(outbound, results)",
        "False",
        tests=named(
            "integration/test_conversations_received",
            "one_queue_under_two_names_is_treated_as_a_shared_one",
        ),
    ),
)
