"""Guards of redaction: what is personal is found, marked, and never sent when that fails."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import ANSWER_WRITER, DECIDING, named

ROOM = "oracle_cdc.redaction"
STAGE = "oracle_cdc.conversations.rules.redaction"
PREPARING = "oracle_cdc.conversations.outbound.preparing.Preparing"
FLOW = "integration/test_redaction"
KINDS = "unit/test_redaction_kinds"
DICTATED = "unit/test_redaction_dictated"
FIELDS = "unit/test_redaction_fields"

MUTATIONS = (
    mutation(
        "hash of what was not sent",
        "the ledger's hash is of what was sent, and what is sent is marked",
        f"{DECIDING}.plan",
        "conversation, marks = redact_conversation(conversation, rules.marker)",
        "_, marks = redact_conversation(conversation, rules.marker)",
        tests=named(FLOW, "nothing_personal_of_a_conversation_is_anywhere_but_in_the_source"),
    ),
    mutation(
        "a failed search lets the conversation go",
        "what can't be looked through never leaves",
        f"{STAGE}.redact_conversation",
        "except Exception as error:",
        "except Exception:\n    return conversation, NO_MARKS\nexcept ZeroDivisionError as error:",
        tests=named(
            FLOW,
            "a_call_that_can_not_be_redacted_is_set_aside_without_its_body_and_stops_no_other",
        ),
    ),
    mutation(
        "a lone call that can't be redacted waits for ever",
        "a call that can't be redacted is set aside at once, also alone",
        f"{PREPARING}.decide_one",
        "except MessageUnredacted as error:",
        "except ZeroDivisionError as error:",
        tests=named(FLOW, "a_lone_call_that_can_not_be_redacted_is_set_aside_too"),
    ),
    mutation(
        "the body of an answer that can't be redacted kept",
        "nothing is kept of an answer that can't be redacted",
        f"{ANSWER_WRITER}.refusal_event",
        "and not isinstance(error, ResultUnredacted)",
        "",
        tests=named(FLOW, "a_summary_that_can_not_be_redacted_is_set_aside_without_its_body"),
    ),
    mutation(
        "summaries marked without being asked to",
        "summaries are marked only where results are redacted",
        "oracle_cdc.conversations.wiring_values.make_result_marker",
        "if not settings.redaction_of_results:",
        "if settings.redaction_of_results is None:",
        tests=named(FLOW, "a_summary_stays_as_it_is_where_conversations_alone_are_redacted"),
    ),
    mutation(
        "cards without their check digit",
        "16 digits without Luhn's check digit are no card",
        f"{ROOM}.numbers.is_card",
        "return luhn.is_valid(digits) and",
        "return",
        tests=named(KINDS, "what_is_nobodys_number_stays"),
    ),
    mutation(
        "digits of two speakers joined",
        "digits of two speakers are no number together",
        f"{ROOM}.finding.Finder.find",
        "speakers.setdefault(line.speaker, [])",
        "speakers.setdefault('', [])",
        tests=named(DICTATED, "digits_of_two_speakers_are_no_number_together"),
    ),
    mutation(
        "digits from far apart joined",
        "digits that lie far apart are no number together",
        f"{ROOM}.chains._Chaining.is_far",
        "self.words > WORDS_BETWEEN or self.lines > LINES_BETWEEN",
        "self.words > WORDS_BETWEEN * 10 or self.lines > LINES_BETWEEN * 10",
        tests=named(DICTATED, "digits_that_lie_far_apart_are_no_number_together"),
    ),
    mutation(
        "marked once only",
        "marked texts stay as they are",
        f"{ROOM}.marking.Marker.mark",
        "current = put_marks(current, found)",
        "return Marked(tuple(line.text for line in put_marks(current, found)), dict(counts))",
        tests=named(KINDS, "what_is_joined_to_words_or_to_others_is_found_too"),
    ),
    mutation(
        "a list taken for one number",
        "each number of a list is marked",
        f"{ROOM}.chains.Chain.is_bounded",
        "if piece.is_tight and piece.gap <= widest:",
        "if piece.is_tight:",
        tests=named(KINDS, "each_number_of_a_list_is_marked"),
    ),
    mutation(
        "a plus within a number",
        "a plus begins a number, and ends the one before",
        f"{ROOM}.chains._Chaining.add",
        " or begins_number(text, end, item.start)",
        "",
        tests=named(KINDS, "what_is_joined_to_words_or_to_others_is_found_too"),
    ),
    mutation(
        "all kinds looked for",
        "a kind that is not asked for hides none that is",
        f"{ROOM}.finding.Finder.classify",
        "is_id = Kind.ID in self.kinds and ",
        "is_id = ",
        tests=named(KINDS, "a_kind_that_is_not_asked_for_hides_none_that_is"),
    ),
    mutation(
        "the end of what two findings share left",
        "what two findings share is marked to the end of the longer",
        f"{ROOM}.marking.put_into",
        "read_to = max(read_to, end)",
        "read_to = end",
        tests=named(KINDS, "what_two_findings_share_is_marked_to_the_end_of_the_longer"),
    ),
    mutation(
        "a card behind digits that may be one",
        "a card is marked to its end, also where digits before it are one by chance",
        f"{ROOM}.finding.find_card",
        "find_end_of_cards(chain, first, hit[1])",
        "hit[1]",
        tests=named(KINDS, "what_is_joined_to_words_or_to_others_is_found_too"),
    ),
    mutation(
        "prices taken for phone numbers",
        "a price is no part of a number",
        f"{ROOM}.items._CLOSED",
        "(?:0|[1-9]\\d{0,4})\\.",
        "[^\\W\\w]",
        tests=named(KINDS, "what_is_nobodys_number_stays"),
    ),
    mutation(
        "a part of a number taken for a price",
        "a part of a number is no price",
        f"{ROOM}.items._CLOSED",
        "|\\s?[-./]?\\s?\\d)",
        ")",
        tests=named(KINDS, "what_is_joined_to_words_or_to_others_is_found_too"),
    ),
    mutation(
        "hours taken for a phone number",
        "hours are no number",
        f"{ROOM}.items._CLOSED",
        "{_HOUR}\\s?[-\\u2013]",
        "[^\\W\\w]",
        tests=named(KINDS, "what_is_nobodys_number_stays"),
    ),
    mutation(
        "a price taken for a host",
        "what is nobody's number stays",
        f"{ROOM}.mail._AT",
        "(?!\\s|\\d+[.,]\\d)",
        "",
        tests=named(KINDS, "what_is_nobodys_number_stays"),
    ),
    mutation(
        "the name of a currency before an amount",
        "digits beside a currency are an amount",
        f"{ROOM}.items._CLOSED",
        "{_BEHIND_CURRENCY}[1-9]",
        "[^\\W\\w]",
        tests=named(KINDS, "what_is_nobodys_number_stays"),
    ),
    mutation(
        "accents taken for the beginning of an address",
        "an address is marked to its first letter",
        f"{ROOM}.mail._FOREIGN",
        "[\\w.",
        "[a-zA-Z0-9_.",
        tests=named(KINDS, "each_writing_is_marked_and_what_stands_around_it_stays"),
    ),
    mutation(
        "records spared by their names alone",
        "what has something inside is looked through",
        f"{ROOM}.fields.Fields.spares",
        "if not PLAIN.issuperset(map(type, record.values())):",
        "if False:",
        tests=named(FIELDS, "what_may_have_a_field_inside_is_not_spared"),
    ),
    mutation(
        "records spared whatever their names",
        "a field that is to be replaced is not spared",
        f"{ROOM}.fields.Fields.spares",
        "name in self.names or ",
        "",
        tests=named(FIELDS, "what_may_have_a_field_inside_is_not_spared"),
    ),
    mutation(
        "fields compared letter by letter",
        "names of fields are compared without case and joints",
        f"{ROOM}.fields.normalize_name",
        '.replace("-", "")',
        "",
        tests=named(FIELDS, "names_are_compared_without_case_and_joints"),
    ),
    mutation(
        "a path that does not begin at the root",
        "a path of fields begins at the root",
        f"{ROOM}.fields._copy_members",
        "below = _step_into(paths, name)",
        "below = [*paths, *_step_into(paths, name)]",
        tests=named(FIELDS, "a_path_begins_at_the_root"),
    ),
)
