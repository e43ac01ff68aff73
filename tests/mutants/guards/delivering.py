"""Guards of a leased call: its lease, its decision, its seal."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import LEASES, LEDGER, RETRY_LIMITS, SQL, named

REFUSED = "integration/test_refused_sends"
CLOCKS = "integration/test_clocks"
REPLACED = "integration/test_replaced"
LEASES_TESTS = "integration/test_leases"
ENCODE_ONE = "oracle_cdc.conversations.outbound.preparing.Preparing.encode_one"
SENT = f"{SQL}ledger.sql:settle_sent"

MUTATIONS = (
    mutation(
        "lease not looked at before a request",
        "a request is made only while the lease outlives its deadline",
        f"{LEASES}.HeldLease.may_send",
        "lease.remaining_seconds > self.request_seconds",
        "lease.remaining_seconds > -3600",
        tests=named(LEASES_TESTS, "no_request_is_made_that_the_lease_may_not_outlive"),
    ),
    mutation(
        "lease counted from after the claim",
        "a lease is counted from before its claim, so that it never seems longer than it is",
        f"{LEASES}.renew_lease",
        "lease.started_at = started_at",
        "lease.started_at = monotonic() + 3600",
        tests=named(LEASES_TESTS, "a_renewed_lease_counts_from_before_its_renewal"),
    ),
    mutation(
        "lease not renewed",
        "a lease that would not outlive two requests is renewed",
        f"{LEASES}.HeldLease.renew",
        "lease.remaining_seconds <= 2 * self.request_seconds",
        "lease.remaining_seconds <= -3600",
        tests=named(LEASES_TESTS, "a_lease_that_would_not_outlive_two_requests_is_renewed"),
    ),
    mutation(
        "a raised limit never read",
        "no call fails for its size by a limit that is no longer the queue's",
        ENCODE_ONE,
        ">= MAX_MESSAGE_BYTES",
        ">= 0",
        tests=named(
            "integration/test_queues",
            "a_limit_that_is_raised_while_the_service_runs_is_read_again_before_a_call_fails",
        ),
    ),
    mutation(
        "an unknown limit is the call's own failure",
        "a call whose limit can't be read now waits, and that is no attempt",
        ENCODE_ONE,
        "is_own=False",
        "is_own=True",
        tests=named(REFUSED, "a_call_whose_limit_is_not_known_now_waits_and_that_is_no_attempt"),
    ),
    mutation(
        "lost lease sealed",
        "only what the lease's token still holds is sealed, and only what is sealed is sent",
        f"{LEDGER}.seal_plans",
        "return keep_changed(plans, counts)",
        "return list(plans)",
        tests=named(
            CLOCKS, "a_lease_that_ended_while_its_call_was_read_is_not_taken_for_a_renewed_one"
        )
        + named(LEASES_TESTS, "what_another_copy_took_over_is_not_sent"),
    ),
    mutation(
        "sealed without a commit",
        "seal before send: a seal is a commit",
        f"{LEDGER}.seal_plans",
        "commit=True",
        "commit=False",
        tests=named(
            "integration/test_concurrent_capture", "an_unsettled_send_is_repeated_byte_for_byte"
        ),
    ),
    mutation(
        "mark before send",
        "a call is marked as sent only after SQS has taken it",
        f"{SQL}ledger.sql:seal_claim",
        "SET REVISION = :revision /*number*/,",
        "SET STATE = 'SENT', SENT_REVISION = :revision,\n  REVISION = :revision /*number*/,",
        tests=named(
            "integration/test_outbound_cycle", "the_journal_has_one_row_for_each_call_and_step"
        ),
    ),
    mutation(
        "times not accounted for",
        "the seal accounts for the times of all rows",
        f"{SQL}ledger.sql:seal_claim",
        "TIMES_READ = :times_read /*number*/",
        "TIMES_READ = NULLIF(:times_read /*number*/, :times_read)",
        tests=named(REPLACED, "rows_replaced_in_place_make_a_revision_with_the_next_sweep"),
    ),
    mutation(
        "leases kept after a failure",
        "what kept a delivery from reading or writing gives every lease back",
        f"{LEASES}.HeldLease.given_back",
        "self.give_back(wait_seconds)",
        "pass",
        tests=named(
            REFUSED,
            "an_outage_of_oracle_never_counts_whatever_the_limit_is_and_gives_every_call_back",
        ),
    ),
    mutation(
        "leases kept at the stop",
        "a stop gives back what is still leased",
        f"{LEASES}.HeldLease.given_back",
        "self.give_back(0.0)",
        "pass",
        tests=named(LEASES_TESTS, "a_stop_gives_back_what_is_leased_and_not_sent"),
    ),
    mutation(
        "a first failure waits twice",
        "a call that failed by itself waits the first wait before its second try",
        f"{RETRY_LIMITS}.Limits.wait_seconds",
        "self.waits.after(candidate.attempts)",
        "self.waits.after(candidate.attempts + 1)",
        tests=named("unit/test_waits"),
    ),
)
