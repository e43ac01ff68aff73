"""Guards of the claims, and of the lanes that deliver them."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CLAIMING, CLAIMS, LANES, LEDGER, SQL, TURN, TURNS, named

STUBBORN = "integration/test_stubborn"
HELD = "integration/test_held_rows"
RESEND = "integration/test_resend"
SEARCH = "oracle_cdc.conversations.tables.search"
ENDED = "integration/test_ended_processes"

MUTATIONS = (
    mutation(
        "claims not committed",
        "claim before reading: a claim is a commit",
        f"{LEDGER}.write_claims",
        "session.commit()",
        "pass",
        tests=named(
            "integration/test_concurrent_capture", "two_copies_share_the_calls_and_send_each_once"
        ),
    ),
    mutation(
        "claim of what changed since the search",
        "a call that another copy wrote since the search is left to it",
        f"{SQL}ledger.sql:update_claim",
        "= :version /*number*/",
        "<= NVL(VERSION, 0) + :version /*number*/",
        tests=named("integration/test_clocks", "two_copies_never_give_one_revision_two_bodies"),
    ),
    mutation(
        "a claim waits for a locked row",
        "who waits for one call keeps all others waiting",
        f"{SQL}ledger.sql:lock_calls",
        "FOR UPDATE SKIP LOCKED",
        "FOR UPDATE",
        tests=named(
            "integration/test_poisoned_rows", "a_call_whose_ledger_row_a_dba_holds_waits_alone"
        ),
    ),
    mutation(
        "held calls leave no room",
        "a search brings others beside as many calls as other sessions hold",
        f"{TURNS}.Turns.take",
        "limit + len(hindered)",
        "limit",
        tests=named(
            HELD, "calls_that_others_have_locked_leave_room_for_the_rest_however_many_they_are"
        ),
    ),
    mutation(
        "held calls are tried before others",
        "a call that another session holds is tried where there is room",
        f"{CLAIMING}.choose",
        "candidate.call_id not in hindered",
        "True",
        tests=named(
            HELD, "calls_that_others_have_locked_leave_room_for_the_rest_however_many_they_are"
        ),
    ),
    mutation(
        "a turn that met held calls is lost",
        "a turn that found out who is held is followed by another",
        f"{TURN}.is_lost",
        "self.won or self.has_learned",
        "self.won",
        tests=named(
            HELD, "calls_that_others_have_locked_leave_room_for_the_rest_however_many_they_are"
        ),
    ),
    mutation(
        "a held call stays behind",
        "a call that was held takes its turn again after a while",
        f"{CLAIMING}.hindered",
        "self.locked.items() if until > now}",
        "self.locked.items()}",
        tests=named(HELD, "a_call_that_was_held_takes_its_turn_among_others_after_a_while"),
    ),
    mutation(
        "an overdue call waits for a locked row",
        "an overdue call that another session holds is left for later",
        f"{LEDGER}.open_overdue",
        "call_id in free and",
        "",
        tests=named(HELD, "an_overdue_call_that_another_session_holds_keeps_no_other_waiting"),
    ),
    mutation(
        "an answered call opened as overdue",
        "a call that was answered meanwhile is not sent again",
        f"{SQL}ledger.sql:open_overdue",
        "AND STATE = 'SENT'",
        "",
        tests=named(HELD, "a_call_that_is_answered_before_it_is_opened_again_is_not"),
    ),
    mutation(
        "a resend passes what waits",
        "a job that sends again names also what waits for its next look",
        f"{SQL}search.sql:find_work",
        "NVL(l.JOB_ID, '-') <> :resend_job",
        "NVL(l.JOB_ID, '-') <> :resend_job AND NVL(l.STATE, 'SENT') <> 'OPEN'",
        tests=named(RESEND, "resend_sends_also_what_waits_for_its_next_look"),
    ),
    mutation(
        "rows of one call look like fewer calls",
        "a call that comes twice counts twice for the limit of a search",
        f"{SEARCH}._to_work",
        "len(naming_calls(records)) - len(rows)",
        "0",
        tests=named(RESEND, "what_comes_twice_hides_no_call_behind_the_limit_of_a_search"),
    ),
    mutation(
        "an emptied revision is given again",
        "no revision is given to two bodies, whatever a person did to it",
        f"{SEARCH}._to_candidate",
        'max(int(record["revision"] or 0), int(record["sent_revision"] or 0))',
        'int(record["revision"] or 0)',
        tests=named(RESEND, "a_revision_that_somebody_emptied_is_given_to_no_second_body"),
    ),
    mutation(
        "held row set aside at the claim",
        "a row that somebody holds is free again some day, so its call is never set aside",
        f"{CLAIMING}.rest",
        "isinstance(error, (RowLocked, OracleUnavailable))",
        "False",
        tests=named(
            "integration/test_stubborn_ledger",
            "an_uncommitted_row_of_another_session_delays_its_own_call_alone",
        ),
    ),
    mutation(
        "refused claim set aside at once",
        "a call that the ledger refuses by itself is set aside only with the third failure",
        f"{CLAIMING}.rest",
        "failures >= FAILURES_ALONE",
        "failures >= 1",
        tests=named(
            "integration/test_stubborn_ledger",
            "one_call_that_the_ledger_refuses_is_set_aside_and_the_others_are_sent",
        ),
    ),
    mutation(
        "what an unanswered commit wrote is not asked",
        "a claim whose commit was not answered is read back, not taken for lost",
        f"{CLAIMING}.claim",
        "if not writing.is_sure:",
        "if False:",
        tests=named(
            "integration/test_claims_given_back",
            "claims_whose_commit_was_not_answered_are_read_back",
        ),
    ),
    mutation(
        "a refused log-in after a lost claim is a bug",
        "a claim after whose loss no log-in is taken is Oracle's failure",
        f"{CLAIMING}.read_back",
        "with self.database.session() as session:\n    leased = set(read_leased(session, lease))",
        "leased = set(self.database.attempt(lambda session: read_leased(session, lease)))",
        tests=named(
            "integration/test_claims_given_back",
            "a_claim_after_whose_loss_no_log_in_is_taken_is_oracles_failure",
        ),
    ),
    mutation(
        "doubtful claims not given back",
        "what was claimed in vain is given back when Oracle answers again",
        f"{CLAIMING}.give_back_doubtful",
        "for lease in doubtful:",
        "for lease in ():",
        tests=named(
            "integration/test_claims_given_back",
            "claims_that_may_have_been_written_are_given_back_once_oracle_answers",
        ),
    ),
    mutation(
        "talking calls claimed",
        "a call still talking is left open",
        f"{CLAIMS}.seconds_to_wait",
        "quiet >= rules.settle_seconds or",
        "True or",
        tests=named("unit/test_claims"),
    ),
    mutation(
        "a crash is not counted",
        "a call whose lease ended several times is leased alone",
        f"{CLAIMS}.claim",
        "candidate.takeovers + 1)",
        "candidate.takeovers)",
        tests=named("unit/test_claims"),
    ),
    mutation(
        "who ended processes is claimed beside a delivery",
        "a call whose lease ended several times takes no other with it",
        f"{CLAIMS}.choose_claims",
        "suspects and not is_busy",
        "suspects",
        tests=named(
            ENDED, "a_call_whose_lease_ended_three_times_waits_for_what_is_being_delivered"
        ),
    ),
    mutation(
        "who ended processes waits for a backlog",
        "a call whose lease ended several times is tried though some lane is always busy",
        f"{TURNS}.Turns.take",
        "lanes.wait()",
        "pass",
        tests=named(ENDED, "a_call_whose_lease_ended_three_times_waits_for_no_end_of_a_backlog"),
    ),
    mutation(
        "who ended processes and can't be claimed comes first",
        "a call that is tried alone and can't be claimed keeps no other waiting",
        f"{CLAIMING}.choose",
        "not candidate.is_alone",
        "True",
        tests=named(ENDED, "a_call_tried_alone_that_cant_be_claimed_keeps_no_other_waiting"),
    ),
    mutation(
        "others are delivered beside who ended processes",
        "nothing is delivered beside a call whose lease ended several times",
        f"{LANES}.Lanes.start_alone",
        "self.changed.wait_for(lambda: self.is_apart_free, self.patience_seconds)",
        "pass",
        tests=named(
            ENDED,
            "calls_whose_leases_ended_three_times_are_delivered_one_by_one_and_before_all_others",
        ),
    ),
    mutation(
        "who ended processes is waited for without an end",
        "a cycle waits only a while for a delivery",
        f"{LANES}.Lanes.start_alone",
        "self.patience_seconds)",
        "self.patience_seconds + 3600)",
        tests=named(ENDED, "a_call_tried_alone_whose_end_cant_be_written_keeps_no_other_waiting"),
    ),
    mutation(
        "a search that left out calls is over",
        "the others of a search wait for no other cycle when a call is claimed alone",
        f"{TURN}.is_full",
        "bool(self.won) and count > len(self.claims)",
        "False",
        tests=named(
            ENDED,
            "what_is_due_waits_for_no_other_cycle_when_a_call_is_claimed_alone",
        ),
    ),
    mutation(
        "calls claimed while the queue is down",
        "nothing is claimed while SQS is known to be down",
        f"{TURNS}.Turns.claim_limit",
        "if not self.breaker.allows():",
        "if not self.breaker.allows() and False:",
        tests=named(
            "integration/test_probes", "nothing_is_claimed_while_the_queue_is_known_to_be_down"
        ),
    ),
    mutation(
        "a probe claims a whole batch",
        "a queue that was down is probed with one request's worth of calls",
        f"{TURNS}.Turns.claim_limit",
        "return min(PROBE_CALLS, most_calls)",
        "return most_calls",
        tests=named(
            "integration/test_probes",
            "a_queue_that_was_down_is_probed_with_one_requests_worth_of_calls",
        ),
    ),
    mutation(
        "something goes beside the probe",
        "nothing goes beside the probe of a queue that was down",
        f"{LANES}.split_apart",
        "(is_probe and together)",
        "(is_probe and not together)",
        tests=named("unit/test_turns"),
    ),
    mutation(
        "a failed lane is not raised",
        "a cycle raises what a delivery beside it raised",
        f"{LANES}.Lanes.check",
        "if self.failures:",
        "if False:",
        tests=named(
            "integration/test_lanes",
            "a_delivery_that_fails_beside_the_search_fails_the_cycle_and_gives_its_leases_back",
        ),
    ),
    mutation(
        "lanes without a limit",
        "no more batches are in delivery at a time than there are lanes",
        f"{LANES}.Lanes.start",
        "len(self.running) >= self.count",
        "len(self.running) >= 100 * self.count",
        tests=named("integration/test_lanes", "no_more_deliveries_run_than_there_are_lanes"),
    ),
)
