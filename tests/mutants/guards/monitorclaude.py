"""Guards of triage by a model: what it costs, and what of it counts."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

CLAUDE = "sync_monitor.triage.claude"
CONSULTING = "sync_monitor.triage.consulting.Consultant"
ASKED = "monitor/test_triage_claude"
CONSULTED = "monitor/test_triage_consulting"
ON_THE_PAGE = "monitor/test_page_asking"

MUTATIONS = (
    mutation(
        "an answer that was cut counts",
        "why a model ended is looked at before what it said",
        f"{CLAUDE}.Claude.ask",
        "if message.stop_reason != WHOLE:",
        "if not text:",
        tests=named(ASKED, "what_is_no_whole_answer_is_refused_and_paid"),
    ),
    mutation(
        "a question is asked again and again",
        "the SDK does not try again: a question is one request",
        f"{CLAUDE}.make_claude",
        "max_retries=0,",
        "max_retries=2,",
        tests=named(ASKED, "an_error_is_no_answer_and_is_not_tried_again"),
    ),
    mutation(
        "a year of hours is sent",
        "a payload is bounded however much is wrong",
        "sync_monitor.triage.payload.shorten",
        "del value[:-MOST_LISTED]",
        "pass",
        tests=named(
            "monitor/test_triage_payload",
            "a_payload_is_bounded_however_much_is_wrong_and_says_what_is_left_out",
        ),
    ),
    mutation(
        "no budget",
        "no more calls a day than the setting allows",
        f"{CONSULTING}.consult",
        "if known.asked_count >= self.calls_per_day:",
        "if known.asked_count < 0:",
        tests=named(CONSULTED, "over_budget_the_rules_answer"),
    ),
    mutation(
        "a standing fault is asked about at each look",
        "the model is asked on a change of state, or by a person",
        f"{CONSULTING}.consult",
        "if not by_person and is_as_before(known.newest, payload):",
        "if False:",
        tests=named(CONSULTED, "a_standing_fault_is_asked_once"),
    ),
    mutation(
        "calls that failed are not counted",
        "a question is written before it is asked",
        f"{CONSULTING}.consult",
        "asked = self.begin(question, payload, now, known.run_id)",
        'asked = Consultation("", 0, "", "", "", "", "", now)',
        tests=named(CONSULTED, "over_budget_the_rules_answer"),
    ),
    mutation(
        "what was not shown is sent",
        "just that is sent which a person was shown",
        "sync_monitor.web.asking_claude.ask_model",
        "if digest != shown.digest:",
        "if False:",
        tests=named(ON_THE_PAGE, "nothing_is_sent_that_was_not_shown"),
    ),
    mutation(
        "the page knows no budget",
        "where no call is left nobody is asked, and the page says so",
        "sync_monitor.web.asking_claude.ask_model",
        "if not shown.calls_left:",
        "if False:",
        tests=named(ON_THE_PAGE, "over_budget_no_button_and_no_question"),
    ),
    mutation(
        "what a person asks is replaced by what a look offers",
        "a person's question waits until it is asked, whatever looks find meanwhile",
        "sync_monitor.triage.turns.Turns.put",
        "if before is None or wanted.by_person or not before.by_person:",
        "if True:",
        tests=named(CONSULTED, "what_a_person_asks_is_not_replaced_by_an_offer"),
    ),
    mutation(
        "monitor: a question that ends is looked for after the history",
        "a page that is read while the question ends is read again soon",
        "sync_monitor.web.asking_claude.read_advice",
        "if state.name in asked:",
        "if consultant.is_asking(state.name):",
        tests=named(
            "monitor/test_page_asking",
            "a_page_that_is_read_while_the_question_ends_is_read_again_soon",
        ),
    ),
)
