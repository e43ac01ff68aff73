"""The labelled corpus: how much of it is found, and what of it is not."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from bench.marked import Score, read_corpus, score
from oracle_cdc.redaction.kinds import Kind, Line
from oracle_cdc.redaction.marking import put_marks
from tests.unit.marking import MARKER

HEBREW = re.compile("[א-ת]")
CORPUS = read_corpus()
SCORES = score(MARKER.finder, CORPUS)
#: All that is missed. What is mended is to be taken from here.
MISSED = {
    Kind.CARD: [],
    Kind.ID: [],
    Kind.IBAN: [],
    Kind.PHONE: [],
    Kind.EMAIL: ["sara underscore k at hotmail dot com", "משה כרוכית בזק נקודה נט"],
}


def test_the_corpus_has_lines_of_every_kind_in_both_languages() -> None:
    lines = list(chain.from_iterable(conversation.lines for conversation in CORPUS))
    assert len(lines) >= 400
    assert sum(HEBREW.search(line.text) is not None for line in lines) >= 100
    for of_kind in SCORES.values():
        assert of_kind.labelled >= 20
    labelled = chain.from_iterable(conversation.labelled for conversation in CORPUS)
    dictated = [finding for finding in labelled if finding.spans[0].line != finding.spans[-1].line]
    assert len(dictated) >= 30
    assert len([conversation for conversation in CORPUS if not conversation.labelled]) >= 90


@pytest.mark.parametrize("kind", [Kind.CARD, Kind.ID, Kind.PHONE])
def test_ninety_eight_of_a_hundred_cards_ids_and_phones_are_found(kind: Kind) -> None:
    assert SCORES[kind].recall >= 0.98, SCORES[kind].missed


@pytest.mark.parametrize("kind", Kind)
def test_what_is_missed_is_what_is_listed(kind: Kind) -> None:
    assert SCORES[kind].missed == MISSED[kind]


@pytest.mark.parametrize("kind", Kind)
def test_nine_of_ten_marks_are_right(kind: Kind) -> None:
    assert SCORES[kind].precision >= 0.9, SCORES[kind].wrong


def test_numbers_that_must_stay_are_left_but_for_those_that_have_a_check_digit_by_chance() -> None:
    wrong = list(chain.from_iterable(of_kind.wrong for of_kind in SCORES.values()))
    assert len(wrong) <= 2, wrong


def test_what_is_found_at_once_is_all_that_is_ever_marked() -> None:
    for conversation in CORPUS:
        found = MARKER.finder.find(conversation.lines)
        once = [line.text for line in put_marks(conversation.lines, found)]
        assert list(MARKER.mark(conversation.lines).texts) == once


def test_a_finder_that_finds_nothing_scores_nothing() -> None:
    class Blind:
        def find(self, lines: list[Line]) -> list[object]:
            return []

    blind = score(Blind(), CORPUS)  # type: ignore[arg-type]
    assert {each.recall for each in blind.values()} == {0.0}
    assert isinstance(blind[Kind.CARD], Score)
