"""Numbers that are dictated: in words, and over several lines of one speaker."""

from __future__ import annotations

import re

import pytest

from oracle_cdc.redaction.items import read_items
from oracle_cdc.redaction.mail import find_addresses
from oracle_cdc.redaction.numbers import find_ibans
from tests.unit.marking import mark, mark_one, talk


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ("four one one one 1111 one one one one 1111", "[CARD]"),
        ("my card is 4111 uh 1111 1111 and 1111", "my card is [CARD] uh [CARD] and [CARD]"),
        ("zero five four one two three four five six seven", "[PHONE]"),
        ("oh five four, double one, three four five six seven", "[PHONE]"),
        ("zero fifty four twelve thirty four five six seven", "[PHONE]"),
        ("אפס חמש ארבע אחת שתיים שלוש ארבע חמש שש שבע", "[PHONE]"),
        ("אפס חמישים וארבע אחת שתיים שלוש ארבע חמש שש שבע", "[PHONE]"),
        ("אפס חמישים וארבע שתים עשרה 34567", "[PHONE]"),
        ("plus nine seven two five four one two three four five six seven", "plus [PHONE]"),
        ("one two three four five six seven eight two", "[ID]"),
        ("אחת שתיים שלוש ארבע חמש שש שבע שמונה שתיים", "[ID]"),
        ("I L six two 0108 0000 0009 9999 999", "[IBAN]"),
    ],
)
def test_digit_words_are_digits(said: str, marked: str) -> None:
    assert mark_one(said) == marked


def test_what_is_said_to_double_itself_is_no_number() -> None:
    said = "double " * 2000 + "one"
    assert mark_one(said) == said


def test_a_card_over_four_lines_is_marked_in_each() -> None:
    assert talk(
        ("C", "my card is four one one one"),
        ("A", "yes"),
        ("C", "1111"),
        ("A", "go on please"),
        ("C", "one one one one"),
        ("C", "and then one one one one, that is all"),
    ) == (
        "my card is [CARD]",
        "yes",
        "[CARD]",
        "go on please",
        "[CARD]",
        "and then [CARD], that is all",
    )


def test_a_card_over_six_lines_in_two_languages_is_marked_in_each() -> None:
    assert mark("ארבע אחת אחת", "one 11", "אחת אחת one", "1 אחת", "one one", "אחת one 1") == (
        "[CARD]",
        "[CARD]",
        "[CARD]",
        "[CARD]",
        "[CARD]",
        "[CARD]",
    )


def test_a_phone_number_over_lines_is_marked_in_each() -> None:
    assert talk(
        ("C", "הטלפון שלי אפס חמש ארבע"),
        ("A", "כן"),
        ("C", "אחת שתיים שלוש"),
        ("A", "כן"),
        ("C", "4567"),
    ) == ("הטלפון שלי [PHONE]", "כן", "[PHONE]", "כן", "[PHONE]")


def test_an_identity_number_over_lines_is_marked_in_each() -> None:
    assert talk(("C", "תעודת הזהות שלי 123"), ("A", "כן"), ("C", "456"), ("C", "782")) == (
        "תעודת הזהות שלי [ID]",
        "כן",
        "[ID]",
        "[ID]",
    )


def test_an_account_number_over_lines_is_marked_with_its_country() -> None:
    assert mark("my account is IL62 0108", "0000 0009", "9999 999") == (
        "my account is [IBAN]",
        "[IBAN]",
        "[IBAN]",
    )


def test_what_the_other_repeats_is_its_own_number() -> None:
    assert talk(
        ("C", "4111 1111"), ("A", "4111 1111"), ("C", "1111 1111"), ("A", "1111 1111, right?")
    ) == ("[CARD]", "[CARD]", "[CARD]", "[CARD], right?")


def test_digits_of_two_speakers_are_no_number_together() -> None:
    said = (("C", "4111 1111"), ("A", "1111 1111"))
    assert talk(*said) == ("4111 1111", "1111 1111")


def test_digits_that_lie_far_apart_are_no_number_together() -> None:
    lines = ("4111 1111", "what was it", "wait a little", "I am looking", "here it is", "1111 1111")
    assert mark(*lines) == lines


def test_a_question_before_says_what_is_answered() -> None:
    assert talk(("A", "what is your phone number?"), ("C", "1234567")) == (
        "what is your phone number?",
        "[PHONE]",
    )


def test_what_follows_a_whole_number_is_not_taken_into_it() -> None:
    assert mark("my phone is 054-1234567", "1 more thing") == (
        "my phone is [PHONE]",
        "1 more thing",
    )


def test_a_line_of_one_digit_word_counts_where_the_lines_around_it_are_dictated() -> None:
    assert mark("four one one one 1111 1111 one one one", "one") == ("[CARD]", "[CARD]")


@pytest.mark.parametrize("part", ["1,", "1 ", "$1.", "1,234,", "12/1/", "1:11:", "(", "a@", "a.-"])
def test_a_long_text_is_read_to_its_end(part: str) -> None:
    # What tries each place again from each place before it would go on for hours here.
    text = part * (200_000 // len(part))
    assert sum(len(item.digits) for item in read_items(text)) <= len(text)
    assert len(list(find_addresses(text))) <= len(text)
    assert list(find_ibans(text)) == []


@pytest.mark.parametrize("part", ["12" + " " * 200_000 + ",1234567", "a@b.co 1 " * 20_000])
def test_a_long_text_is_marked_to_its_end(part: str) -> None:
    assert re.sub(r"\w+@\w+\.\w+", "[EMAIL]", part) == mark_one(part)
