"""Guards of what is kept, opened and replayed of answers."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    ENVELOPES,
    INBOUND,
    JOURNAL,
    OVERFLOW,
    REPLAY,
    REPLAY_RESULTS,
    named,
)

RECEIVED = "integration/test_answers_received"
KEPT = "integration/test_answers_kept"

MUTATIONS = (
    mutation(
        "deleted although its failure row is not there",
        "what is set aside leaves its queue only with the row that says why",
        f"{JOURNAL}.write_set_aside",
        "if not isinstance(error, DuplicateRow):",
        "if isinstance(error, DuplicateRow):",
        tests=named(
            "integration/test_answers_kept",
            "what_is_set_aside_is_done_only_with_the_row_that_says_why",
        ),
    ),
    mutation(
        "the journal stops the work",
        "the journal never fails the work that it describes",
        f"{JOURNAL}._write_quietly",
        'logger.warning("%s failed, the work goes on: %s", name, error)',
        "raise",
        tests=named("integration/test_errors", "a_dropped_journal_does_not_stop_the_work"),
    ),
    mutation(
        "a connection lost at the journal is overlooked",
        "the loss of the connection at the journal fails the work",
        f"{JOURNAL}._write_quietly",
        "if not session.connection.is_healthy():",
        "if session.connection.is_healthy() and False:",
        tests=named(KEPT, "the_loss_of_the_connection_at_the_journal_is_no_success"),
    ),
    mutation(
        "an entry that is not mentioned is deleted",
        "an entry that SQS does not mention is not deleted",
        f"{INBOUND}._apply",
        "if str(number) not in changed:",
        "if str(number) in codes:",
        tests=named(
            "integration/test_sqs_inbound", "an_entry_that_is_not_mentioned_is_not_deleted"
        ),
    ),
    mutation(
        "another bucket is read",
        "answers are read from our own bucket alone",
        f"{OVERFLOW}.StoredBodies.fetch",
        "bucket != self._bucket",
        "not bucket",
        tests=named(RECEIVED, "another_bucket_is_never_read"),
    ),
    mutation(
        "bombs unpacked",
        "what is unpacked of one message is bounded",
        f"{ENVELOPES}.MAX_UNPACKED_BYTES",
        "4 * 1024 * 1024",
        "4 * 1024 * 1024 * 1024",
        tests=named("unit/test_envelope_bounds", "a_bomb_is_not_unpacked"),
    ),
    mutation(
        "a notification's answer left in its envelope",
        "an answer is found in each envelope",
        f"{ENVELOPES}._inside",
        "isinstance(message, str)",
        "isinstance(message, bytes)",
        tests=named("unit/test_envelopes", "an_answer_is_found_in_each_envelope"),
    ),
    mutation(
        "a result wins over a conversation",
        "a document is a conversation if anything says so",
        f"{ENVELOPES}.Document.kind",
        "if CONVERSATION_TYPE in self.marks:",
        "if CONVERSATION_TYPE in self.marks and RESULT_TYPE not in self.marks:",
        tests=named("unit/test_answers"),
    ),
    mutation(
        "a conversation with an answer's attribute taken for an answer",
        "a conversation that has nothing of an answer is one, whatever its attribute says",
        f"{ENVELOPES}._Opening.open_object",
        "RESULT_TYPE not in marks or _ANSWER_KEYS.isdisjoint(body)",
        "RESULT_TYPE not in marks",
        tests=named(
            "unit/test_envelopes",
            "a_conversation_is_known_in_each_envelope_whatever_the_attribute_says",
        ),
    ),
    mutation(
        "an answer made of its conversation put back",
        "an answer may be its conversation with more keys, if its attribute says so",
        f"{ENVELOPES}._Opening.open_object",
        "RESULT_TYPE not in marks or _ANSWER_KEYS.isdisjoint(body)",
        "marks is not None",
        tests=named(
            "unit/test_envelopes",
            "an_answer_may_be_its_conversation_with_more_keys_if_its_attribute_says_so",
        ),
    ),
    mutation(
        "a replayed result keeps its row",
        "a failure row goes only when nothing is left to do for it",
        f"{REPLAY_RESULTS}.rewrite_result",
        "if refusal is not None:",
        "if refusal is not None and not results:",
        tests=named(
            "acceptance/test_replays",
            "a_replay_reads_envelopes_and_writes_the_good_ones_of_a_list",
        ),
    ),
    mutation(
        "a leased call replayed",
        "a call in another copy's hands is left alone by a replay",
        f"{REPLAY}.find_hindrance",
        "candidate.state == CallState.LEASED",
        "candidate.state is None",
        tests=named("acceptance/test_replays", "a_call_in_another_copys_hands_is_left_alone"),
    ),
    mutation(
        "a replay counts what was before",
        "a replay starts counting attempts and takeovers anew",
        f"{REPLAY}.claim_anew",
        "attempts=0, takeovers=0",
        "attempts=candidate.attempts, takeovers=candidate.takeovers",
        tests=named("unit/test_replay"),
    ),
)
