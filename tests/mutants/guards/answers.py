"""Guards of answers on their way into Oracle: received, hidden, written, committed, deleted."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    ANSWER_WRITER,
    RECORDING,
    RESULTS,
    SORTING,
    SQL,
    SUMMARIES,
    named,
)

STUBBORN = "integration/test_stubborn"
RECEIVED = "integration/test_answers_received"
WRITTEN = "integration/test_inbound_cycle"
KEPT = "integration/test_answers_kept"

MUTATIONS = (
    mutation(
        "delete before commit",
        "the row, then the delete",
        f"{RESULTS}.Results.write",
        "recorded = self.recorder.write_answers(answers, began_at, while_waiting)",
        "self.inbound.delete([reading.message for reading in readings])\n"
        "recorded = self.recorder.write_answers(answers, began_at, while_waiting)",
        tests=named(WRITTEN, "a_result_is_not_deleted_before_its_row_is_committed"),
    ),
    mutation(
        "answers not committed",
        "a result leaves its queue only after its row is committed",
        f"{ANSWER_WRITER}.write_group",
        "session.commit()",
        "pass",
        tests=named(WRITTEN, "a_result_becomes_a_row_and_leaves_its_queue"),
    ),
    mutation(
        "receives while Oracle is down",
        "nothing is received while Oracle can't take it",
        f"{RESULTS}.Results.drain",
        "self.database.ensure_usable()",
        "pass",
        tests=named(KEPT, "nothing_is_received_while_oracle_can_not_take_it"),
    ),
    mutation(
        "a failing second receive loses the batch",
        "a second receive that fails never loses what the batch has already",
        f"{RESULTS}.Results.receive_more",
        "return []",
        "raise",
        tests=named(KEPT, "a_second_receive_that_fails_loses_nothing_of_the_batch"),
    ),
    mutation(
        "visibility not extended",
        "what is being written stays hidden from others",
        f"{RESULTS}.Hidden.keep",
        "> self.seconds / 3",
        "> self.seconds * 10**6",
        tests=named(
            KEPT, "what_is_being_written_is_hidden_anew_once_a_third_of_its_time_has_passed"
        ),
    ),
    mutation(
        "answers of which none was written are a success",
        "answers of which Oracle takes none are no batch that was delivered",
        f"{RESULTS}.Results.count",
        "if recorded.done:",
        "if recorded:",
        tests=named(
            "integration/test_stubborn_answers",
            "a_lone_answer_that_was_held_for_long_goes_back_and_is_not_blamed_for_oracle",
        ),
    ),
    mutation(
        "a list deleted with its first answer",
        "a list is deleted only when all of it is committed",
        f"{RESULTS}.finished",
        "if all(",
        "if any(",
        tests=named(KEPT, "a_list_is_finished_only_when_each_of_its_answers_is"),
    ),
    mutation(
        "conversations not put back",
        "a conversation in the results queue is put back, never deleted",
        f"{RESULTS}.Results.give_back",
        "self.inbound.release([*found.conversations, *found.foreign])",
        "self.inbound.delete([*found.conversations, *found.foreign])",
        tests=named(
            "integration/test_conversations_received",
            "a_conversation_in_the_results_queue_is_put_back_and_reported_once",
        ),
    ),
    mutation(
        "foreign messages set aside on a shared queue",
        "on a shared queue what is no proven answer is put back",
        f"{SORTING}.Intake.place",
        "reading.kind is Kind.UNKNOWN and self.is_shared()",
        "reading.kind is Kind.UNKNOWN and not self.is_shared()",
        tests=named("unit/test_sorting"),
    ),
    mutation(
        "more answers at once than the memory's budget",
        "a batch takes about as many characters as it may, and leaves the rest",
        f"{SORTING}.Intake.is_full",
        "found.size > self.batch_bytes",
        "found.size > 10**12",
        tests=named("unit/test_sorting"),
    ),
    mutation(
        "more received than the memory's budget",
        "no more is received than the memory's budget takes",
        f"{SORTING}.Intake.has_room",
        "and size <= self.batch_bytes",
        "and size >= 0",
        tests=named("integration/test_queues", "no_more_is_received_than_the_memorys_budget_takes"),
    ),
    mutation(
        "more answers in a transaction than the settings say",
        "a batch takes the answers of one transaction, and leaves the rest",
        f"{SORTING}.Intake.is_full",
        "found.answer_count >= self.batch_size",
        "found.answer_count >= 10**12",
        tests=named("unit/test_sorting"),
    ),
    mutation(
        "what waits for its transaction is put back",
        "a message that waits for its transaction is received once",
        f"{RESULTS}.Results.drain",
        "left = found.later",
        "self.inbound.release(found.later)\nleft = []",
        tests=named(
            "integration/test_queues",
            "what_is_too_much_for_one_transaction_is_received_once_and_is_no_dead_letter",
        ),
    ),
    mutation(
        "what waits for its transaction is shown to others",
        "a message that waits for its transaction stays hidden",
        f"{RESULTS}.Results.drain",
        "[*(reading.message for reading in found.ours), *left]",
        "[reading.message for reading in found.ours]",
        tests=named(KEPT, "what_waits_for_its_transaction_stays_hidden"),
    ),
    mutation(
        "what waits is kept where Oracle fails",
        "what waits for its transaction is put back when that fails",
        f"{RESULTS}.Results.drain",
        "self.inbound.release(left)",
        "pass",
        tests=named(KEPT, "what_waits_for_its_transaction_is_put_back_when_oracle_fails"),
    ),
    mutation(
        "S3 asked again after it failed",
        "S3 is not asked again in a batch after it failed",
        f"{SORTING}.Intake.read_messages",
        "if found.hindrance is not None:",
        "if found.hindrance is None and False:",
        tests=named("unit/test_sorting"),
    ),
    mutation(
        "a bug in the reading stops the batch",
        "one bad message never stops the rest",
        f"{SORTING}.read_safely",
        "except Exception as error:",
        "except ZeroDivisionError as error:",
        tests=named("unit/test_sorting"),
    ),
    mutation(
        "a revision that was never sent is trusted",
        "an answer to a revision that was never sent counts for the newest that was",
        f"{SUMMARIES}.find_revision",
        "(newest and result.revision > newest)",
        "(newest and result.revision < 0)",
        tests=named(
            "integration/test_stubborn_answers",
            "an_answer_to_a_revision_that_was_never_sent_does_not_shut_out_later_answers",
        ),
    ),
    mutation(
        "a result of an older revision winning",
        "only a greater (revision, SentTimestamp) replaces an answer",
        f"{SQL}summaries.sql:update_summary",
        "OR REVISION < :revision",
        "OR REVISION <> :revision",
        tests=named(WRITTEN, "an_older_answer_does_not_replace_a_newer_one"),
    ),
    mutation(
        "an answer takes away whose call it is",
        "an answer to a call that the ledger no longer knows takes nothing away",
        f"{SQL}summaries.sql:update_summary",
        "CUSTOMER_ID = NVL(:ban, CUSTOMER_ID)",
        "CUSTOMER_ID = :ban",
        tests=named(
            WRITTEN,
            "a_newer_answer_to_a_call_that_was_purged_from_the_ledger_replaces_no_more_than_it_has",
        ),
    ),
    mutation(
        "a purged call's answers begin at 1 again",
        "without a revision an answer counts for the newest that is known",
        f"{SQL}summaries.sql:find_answered",
        "NVL(l.SENT_REVISION, d.REVISION)",
        "l.SENT_REVISION",
        tests=named(
            WRITTEN,
            "a_newer_answer_to_a_call_that_was_purged_from_the_ledger_replaces_no_more_than_it_has",
        ),
    ),
    mutation(
        "the same answer written twice",
        "applying an answer twice changes nothing",
        f"{SQL}summaries.sql:update_summary",
        "NVL(SENT_TIMESTAMP, 0) < :sent_ms",
        "NVL(SENT_TIMESTAMP, 0) <= :sent_ms",
        tests=named(KEPT, "an_answer_that_comes_twice_is_written_once"),
    ),
    mutation(
        "an old answer summarizes",
        "only an answer to the sent revision makes a call SUMMARIZED",
        f"{SQL}summaries.sql:mark_summarized",
        "STATE = CASE WHEN STATE = 'SENT' AND SENT_REVISION <= :revision",
        "STATE = CASE WHEN STATE = 'SENT' AND SENT_REVISION <= :revision + 100",
        tests=named(WRITTEN, "an_answer_to_an_old_revision_leaves_the_call_sent"),
    ),
    mutation(
        "an answer closes a call with work left",
        "only SENT becomes SUMMARIZED: LEASED, OPEN and FAILED have work left",
        f"{SQL}summaries.sql:mark_summarized",
        "STATE = CASE WHEN STATE = 'SENT' AND",
        "STATE = CASE WHEN STATE IS NOT NULL AND",
        tests=named(KEPT, "an_answer_does_not_close_a_call_that_has_work_left"),
    ),
    mutation(
        "a claim misses newer rows after an answer",
        "an answer between search and claim does not hide newer rows",
        f"{SQL}summaries.sql:mark_summarized",
        "SET SUMMARIZED_REVISION",
        "SET VERSION = NVL(VERSION, 0) + 1, SUMMARIZED_REVISION",
        tests=named(
            "integration/test_concurrent_capture",
            "an_answer_between_search_and_claim_does_not_hide_newer_rows",
        ),
    ),
    mutation(
        "answers of a locked row set aside",
        "an answer whose row another session has locked comes again and is never set aside",
        f"{RECORDING}.refuse",
        "if isinstance(error, RowLocked):",
        "if isinstance(error, RowLocked) and failures < 0:",
        tests=named(KEPT, "a_locked_row_is_never_an_answers_own_fault"),
    ),
    mutation(
        "an answer set aside with its first failure",
        "an answer that fails by itself is set aside only after max_attempts",
        f"{RECORDING}.refuse",
        "failures >= self.max_attempts",
        "failures >= 1",
        tests=named(
            "integration/test_stubborn_answers",
            "an_answer_that_oracle_refuses_for_no_known_reason_does_not_delay_the_others",
        ),
    ),
    mutation(
        "a value code sets aside by itself",
        "a value code sets no answer aside that Oracle takes a moment later",
        f"{RECORDING}.is_refused_each_time",
        "for _ in range(self.max_attempts):",
        "for _ in range(0):",
        tests=named(
            KEPT, "an_answer_refused_for_its_values_is_not_set_aside_if_it_is_taken_a_moment_later"
        ),
    ),
    mutation(
        "answers kept for ever",
        "answers that Oracle does not take go back to their queue in the end",
        f"{RECORDING}.write_left",
        "< LONGEST_TRY_SECONDS",
        "< LONGEST_TRY_SECONDS + 10**6",
        tests=named(
            "integration/test_stubborn_answers",
            "a_lone_answer_that_was_held_for_long_goes_back_and_is_not_blamed_for_oracle",
        ),
    ),
    mutation(
        "a control answer stays",
        "a harmless answer that is tried beside a refused one is rolled back",
        f"{ANSWER_WRITER}.write_control",
        "session.rollback()",
        "session.commit()",
        tests=named(KEPT, "a_harmless_answer_that_is_tried_beside_others_leaves_nothing"),
    ),
)
