"""Guards of answers that wait for others than themselves."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import RESULTS, named

KEPT = "integration/test_answers_kept"

MUTATIONS = (
    mutation(
        "what waits for S3 becomes a dead letter",
        "what waits for S3 is hidden for longer each time",
        f"{RESULTS}.Results.give_back",
        "hidden_seconds = self.inbound.put_off(found.waiting)",
        "hidden_seconds = 480",
        tests=named(KEPT, "what_waits_for_others_than_itself_is_put_off_and_so_no_dead_letter"),
    ),
    mutation(
        "what waits for Oracle becomes a dead letter",
        "what waits for Oracle or a locked row is hidden for longer each time",
        f"{RESULTS}.Results.write",
        "self.inbound.put_off(messages_of(recorded.put_off))",
        "pass",
        tests=named(KEPT, "what_waits_for_others_than_itself_is_put_off_and_so_no_dead_letter"),
    ),
    mutation(
        "ready while answers are hidden",
        "the service is not ready until what waits for S3 has come again",
        "oracle_cdc.conversations.inbound.answer_reports.AnswerReports.unread",
        "standing_seconds = hidden_seconds + STANDING_SECONDS",
        "standing_seconds = STANDING_SECONDS",
        tests=named(KEPT, "what_waits_for_others_than_itself_is_put_off_and_so_no_dead_letter"),
    ),
    mutation(
        "ready while an answer is hidden for longer than the next",
        "a reason stands as long as the longest for which it was noted",
        "oracle_cdc.running.concerns.Concerns.note",
        "max(until, self.clock() + seconds)",
        "self.clock() + seconds",
        tests=named(
            "unit/test_concerns",
            "what_is_noted_anew_for_a_shorter_time_stands_as_long_as_before",
        ),
    ),
    mutation(
        "an answer is hidden for days",
        "an answer that waits is hidden for an hour at most",
        "oracle_cdc.aws.sqs.inbound.Inbound._hidden_seconds",
        "min(doubled, max(self._visibility_seconds, LONGEST_PUT_OFF_SECONDS))",
        "doubled",
        tests=named(
            "integration/test_sqs_inbound",
            "what_waits_is_hidden_for_twice_as_long_each_time_that_it_comes_up_to_an_hour",
        ),
    ),
)
