"""What holds of marks in any text: nothing else changes, and the same text comes each time."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.il import idnr

from oracle_cdc.redaction.kinds import Kind, Line
from oracle_cdc.redaction.marking import Marker
from tests.unit.marking import MARKER

MARKS = re.compile(r"\[(?:CARD|ID|IBAN|PHONE|EMAIL)\]")
WORDS = (  # noqa: SIM905 - words read better as words
    "one two zero double fifty אפס שתיים וארבע עשרה and my card phone id is טלפון 054 4111 "
    "1111 +972 972 00 0541234567 123456782 IL62 0108 a@b.co @ at dot com . - , ( ) / [CARD] ₪ 12:30"
).split()
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*WORDS, "\u200e", "\n", "\u0660\u0665"]), max_size=14).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=9).map("".join),
)
LINES = st.lists(st.builds(Line, st.sampled_from("AC"), TEXTS), max_size=6)
QUIET = st.text(alphabet="bcdfghjklm אבגדה.,!?", max_size=30)


def as_pattern(marked: str) -> str:
    """Return what a text must have been for these marks to be all that changed."""
    kept = [re.escape(part) for part in MARKS.split(marked)]
    return "(.+?)".join(kept)


@given(LINES)
@settings(max_examples=300, deadline=None)
def test_nothing_but_what_was_found_changes(lines: list[Line]) -> None:
    marked = MARKER.mark(lines)
    assert len(marked.texts) == len(lines)
    for line, text in zip(lines, marked.texts, strict=True):
        assert re.fullmatch(as_pattern(text), line.text, re.DOTALL)
        if not marked.counts:
            assert text == line.text


@given(LINES)
@settings(max_examples=200, deadline=None)
def test_marked_texts_stay_as_they_are(lines: list[Line]) -> None:
    once = MARKER.mark(lines)
    speakers = [line.speaker for line in lines]
    again = MARKER.mark([Line(*pair) for pair in zip(speakers, once.texts, strict=True)])
    assert (again.texts, again.counts) == (once.texts, {})


@given(LINES)
@settings(max_examples=100, deadline=None)
def test_another_marker_makes_the_same_texts(lines: list[Line]) -> None:
    assert Marker(list(Kind)[::-1], "IL").mark(lines) == MARKER.mark(lines)


@given(st.text(alphabet="0123456789", min_size=14, max_size=14), QUIET, QUIET, st.data())
@settings(max_examples=150, deadline=None)
def test_a_card_is_found_however_it_is_parted(
    digits: str, before: str, after: str, data: st.DataObject
) -> None:
    card = "4" + digits
    card += luhn.calc_check_digit(card)
    written = card[0]
    for digit in card[1:]:
        written += data.draw(st.sampled_from(["", "", "", " ", "-", "\u00a0", " - "])) + digit
    marked = MARKER.mark_text(f"{before} {written} {after}")
    assert marked.texts == (f"{before} [CARD] {after}",)


@given(st.integers(10_000_000, 99_999_999), QUIET, QUIET)
@settings(max_examples=150, deadline=None)
def test_an_identity_number_is_found_in_any_quiet_text(
    number: int, before: str, after: str
) -> None:
    digits = next(f"{number}{last}" for last in "0123456789" if idnr.is_valid(f"{number}{last}"))
    assert MARKER.mark_text(f"{before} {digits} {after}").texts == (f"{before} [ID] {after}",)


@given(st.sampled_from("023458"), st.integers(0, 9_999_999), st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_a_mobile_number_is_found_over_any_lines(third: str, rest: int, cut: int) -> None:
    digits = f"05{third}{rest:07}"
    parts = [digits[:cut], digits[cut : cut + 3], digits[cut + 3 :]]
    lines = [Line("C", part) for part in parts if part]
    assert MARKER.mark(lines).texts == tuple("[PHONE]" for _ in lines)
