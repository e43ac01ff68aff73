"""Guards of how calls end, and of whose failure it was."""

from __future__ import annotations

from tests.mutants.mutation import Edit, also, mutation
from tests.mutants.places import (
    CLAIMS,
    DECIDING,
    ENDINGS,
    ENDINGS_AND_RETRIES,
    EVIDENCE,
    READING,
    RETRY_LIMITS,
    SENDER,
    SETTLING,
    SQL,
    TRYING,
    named,
)

REFUSED = "integration/test_refused_sends"
STUBBORN = "integration/test_stubborn"
REPLACED = "integration/test_replaced"
LEASES_TESTS = "integration/test_leases"
SENT = f"{SQL}ledger.sql:settle_sent"
UNSENT = f"{SQL}ledger.sql:settle_unsent"

MUTATIONS = (
    mutation(
        "a batch of which nothing could be read is a success",
        "calls of which none can be read are no batch that was delivered",
        "oracle_cdc.conversations.outbound.ending_reports.count_endings",
        "if endings:",
        "if endings is not None:",
        tests=named(STUBBORN, "calls_of_which_none_can_be_read_are_no_batch_that_was_delivered"),
    ),
    mutation(
        "an outage sets aside",
        "a failure belongs to a call only if it fails alone while another passes",
        f"{ENDINGS_AND_RETRIES}.end_answered",
        "outcome.is_own and (is_final",
        "(is_final",
        tests=named(
            REFUSED, "a_queue_that_takes_nothing_sets_no_call_aside_however_often_it_says_so"
        ),
    ),
    mutation(
        "an outage counts as a refusal",
        "only a failure of a call's own counts as an attempt",
        f"{ENDINGS_AND_RETRIES}.put_off",
        "own_failures=int(is_own)",
        "own_failures=1",
        tests=named(
            REFUSED, "a_queue_that_takes_nothing_sets_no_call_aside_however_often_it_says_so"
        ),
    ),
    mutation(
        "one attempt too many",
        "a call is set aside with the last failure it is allowed",
        f"{RETRY_LIMITS}.Limits.is_last_attempt",
        "candidate.attempts + 1 >= self.max_attempts",
        "candidate.attempts >= self.max_attempts",
        tests=named("unit/test_endings", "a_call_is_set_aside_with_the_last_failure_it_is_allowed"),
    ),
    mutation(
        "body kept against the setting",
        "KEEP_FAILED_MESSAGES=false keeps no body",
        f"{ENDINGS_AND_RETRIES}.fail_sealed",
        "if limits.keep_failed_messages",
        "if limits",
        tests=named("unit/test_endings", "a_body_is_kept_only_where_the_setting_says_so"),
    ),
    mutation(
        "shrunk count accounted for",
        "what was accepted is never replaced by less: a shrunk call keeps its count",
        f"{ENDINGS_AND_RETRIES}.fail_unread",
        "not candidate.is_shrunk(candidate.rows_found)",
        "candidate",
        tests=named(
            "integration/test_shrunk", "a_call_that_shrank_and_can_not_be_read_keeps_its_count"
        ),
    ),
    mutation(
        "shrunk call sent shorter",
        "what was accepted is never replaced by less",
        f"{DECIDING}.decide",
        "candidate.is_shrunk(count_rows(conversation))",
        "candidate.is_shrunk(10**9)",
        tests=named(
            "integration/test_shrunk",
            "a_resend_of_a_call_that_shrank_is_not_sent_however_often_it_is_asked_for",
        ),
    ),
    mutation(
        "still talking and sent",
        "a call that went on between search and fetch is put off",
        f"{DECIDING}.decide",
        "if wait and not candidate.is_takeover:",
        "if wait and candidate.is_takeover:",
        tests=named("unit/test_claims"),
    ),
    mutation(
        "an unsettled send assembled anew",
        "a repeat has the same call, revision and bytes",
        f"{DECIDING}.plan",
        "digest != candidate.content_hash or",
        "True or",
        tests=named(
            "integration/test_concurrent_capture", "an_unsettled_send_is_repeated_byte_for_byte"
        ),
    ),
    mutation(
        "lost endings written",
        "of what another copy took over nothing is written",
        f"{ENDINGS}.write_endings",
        "for ending in ours:",
        "for ending in endings:",
        tests=named(LEASES_TESTS, "what_another_copy_took_over_is_not_settled"),
    ),
    also(
        mutation(
            "an expired lease written over",
            "every later write names the lease's token",
            SENT,
            "AND LEASE_TOKEN = :token AND STATE = 'LEASED'",
            "AND NVL(LEASE_TOKEN, :token) IS NOT NULL\n",
            tests=named(LEASES_TESTS, "what_another_copy_took_over_is_not_settled"),
        ),
        Edit(
            UNSENT,
            "AND LEASE_TOKEN = :token AND STATE = 'LEASED'",
            "AND NVL(LEASE_TOKEN, :token) IS NOT NULL\n",
        ),
    ),
    mutation(
        "settlement not committed",
        "settle after the answer: a settlement is a commit",
        f"{SETTLING}.Settling.write",
        "self.heartbeat.commit_with_heartbeat(session, change)",
        "self.heartbeat.accepted += change()",
        tests=named(
            "integration/test_outbound_cycle", "a_quiet_call_is_sent_once_as_the_contract_shapes_it"
        ),
    ),
    mutation(
        "a settlement is given up at once",
        "a settlement is tried until it is written: the answers are only here",
        f"{SETTLING}.Settling.settle",
        'self.persistence.keep_trying("settling", lambda: self.settle_left(unsettled, token))',
        "self.settle_left(unsettled, token)",
        tests=named(
            "integration/test_errors",
            "a_full_tablespace_after_the_send_is_waited_out_and_nothing_is_sent_twice",
        ),
    ),
    mutation(
        "one ending that Oracle refuses stops all",
        "an ending that Oracle does not take, while it takes others, is left to the lease's end",
        f"{SETTLING}.Unsettled.is_given_up",
        "rounds[ending.call_id] < ROUNDS",
        "rounds[ending.call_id] < 10**6",
        tests=named(
            LEASES_TESTS,
            "an_ending_that_oracle_refuses_is_left_to_the_leases_end_only_after_three_rounds",
        ),
    ),
    mutation(
        "a faster answer forgotten",
        "an answer may be faster than the settlement of its send",
        SENT,
        "SUMMARIZED_REVISION >= REVISION",
        "SUMMARIZED_REVISION > REVISION",
        tests=named(
            "integration/test_inbound_cycle",
            "an_answer_that_was_faster_than_the_third_commit_is_not_forgotten",
        ),
    ),
    mutation(
        "judged and not noted",
        "the longest wait begins anew when a call was read whole and not sent",
        UNSENT,
        "ELSE SYS_EXTRACT_UTC(SYSTIMESTAMP) END,\n  DUE_AT",
        "ELSE JUDGED_AT END,\n  DUE_AT",
        tests=named(
            "integration/test_spared_reads",
            "a_call_that_can_not_be_sent_is_read_once_in_the_longest_wait",
        ),
    ),
    mutation(
        "attempts not counted",
        "a failure of a call's own counts as an attempt",
        UNSENT,
        "NVL(ATTEMPTS, 0) + :own_failures /*number*/",
        "NVL(ATTEMPTS, 0) + 0 * :own_failures /*number*/",
        tests=named(REFUSED, "one_refused_conversation_is_set_aside_and_all_others_are_sent"),
    ),
    mutation(
        "failure row outlives the send",
        "what SQS accepts after all is no failure any more",
        f"{ENDINGS_AND_RETRIES}.accept",
        "may_have_failed=plan.candidate.may_have_failed",
        "may_have_failed=False",
        tests=named(
            "acceptance/test_replays",
            "a_call_that_the_service_sends_after_all_is_no_failure_any_more",
        ),
    ),
    mutation(
        "calls with failures speak against the queue",
        "calls that have failed by themselves say nothing against the queue",
        f"{SENDER}.inform_breaker",
        "and not attempts",
        "and attempts >= 0",
        tests=named(
            "integration/test_probes",
            "a_call_that_has_failed_by_itself_says_nothing_against_the_queue",
        ),
    ),
    mutation(
        "a failed heartbeat loses the answers",
        "a heartbeat's failure never loses the answers of a send",
        f"{SENDER}.show_life",
        'logger.warning("heartbeat failed: %s", error)',
        "raise",
        tests=named(LEASES_TESTS, "a_heartbeat_that_fails_between_two_answers_loses_none"),
    ),
    mutation(
        "more read than the memory's budget",
        "what was read is delivered before more than max_batch_bytes is read",
        f"{READING}._Room.is_full",
        "self.left_bytes <= 0",
        "self.left_bytes <= -(10**12)",
        tests=named(
            LEASES_TESTS, "what_was_read_is_delivered_before_it_is_more_than_the_memory_s_budget"
        ),
    ),
    mutation(
        "a lease not renewed before a read",
        "the lease is looked at before each statement that reads",
        f"{READING}.Reader.read",
        "before_each()",
        "pass",
        tests=named(LEASES_TESTS, "the_lease_is_looked_at_before_each_read"),
    ),
    mutation(
        "an error of the database taken for one of its rows",
        "a failure is an item's own only if it fails alone while another passes",
        f"{EVIDENCE}.Evidence.sort",
        "if is_own:",
        "if is_own or True:",
        tests=named("unit/test_evidence"),
    ),
    mutation(
        "a call that fails by itself waits for the database",
        "an item that fails alone while others pass never holds them up",
        f"{EVIDENCE}.Evidence.sort",
        "if is_own:",
        "if is_own and False:",
        tests=named("unit/test_evidence"),
    ),
    mutation(
        "everything tried while nothing passes",
        "where nothing passes two failures alone are enough",
        f"{TRYING}.Halving.try_groups",
        "len(self.failed) >= FAILURES_ENOUGH",
        "len(self.failed) >= 10**6",
        tests=named("unit/test_evidence"),
    ),
    mutation(
        "what failed before others passed is blamed",
        "what failed before the others passed is tried once more",
        f"{TRYING}.Halving.try_late",
        "if not self.passes_now(failed):",
        "if failed:",
        tests=named("unit/test_evidence"),
    ),
    mutation(
        "memory of failures without a bound",
        "memory of failures is bounded",
        f"{EVIDENCE}._Records.keep",
        "len(self.by_key) > MOST_REMEMBERED",
        "len(self.by_key) > 10**9",
        tests=named("unit/test_evidence"),
    ),
    mutation(
        "a call that ends processes is claimed for ever",
        "a call that was claimed alone and whose lease ended again is set aside",
        f"{CLAIMS}.ended_alone",
        "claim.takeovers > TAKEOVERS_TOGETHER + 1",
        "claim.takeovers > TAKEOVERS_TOGETHER + 10**6",
        tests=named("unit/test_claims"),
    ),
)
