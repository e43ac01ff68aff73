"""Digits of one speaker that may be one number, written or dictated over several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from oracle_cdc.redaction.items import BARRIER, CUT, Item, is_tight
from oracle_cdc.redaction.kinds import Line, Span

#: Most words between two parts of a number: in one line, and from one to the next.
WORDS_WITHIN, WORDS_BETWEEN = 1, 4
#: The next part of a number comes within this number of lines of its speaker.
LINES_BETWEEN = 3
#: What has fewer digits is nothing that is looked for.
FEWEST_DIGITS = 7
#: A number begins and ends within this many such stretches.
MOST_LINES = 8
#: How far a part stands from the one before: parted by a sign, by blanks, by the end of a line or
#: of a cell, or by more than a number is written with.
JOINED, SPACED, BROKEN, APART = range(4)
_BLANK, _BREAK = re.compile(r"[\s&]"), re.compile("[|\t\n\v\f\r\x85\u2028\u2029]")
#: A plus that begins a number, and ends the one before. One with blanks around it joins.
_PLUS = re.compile(r"(?:^|[\W_])[+\uff0b][(\[\u200e\u200f]{0,2}\Z")


@dataclass(frozen=True)
class Piece:
    """Digits in one place.

    Parameters:
        gap: how far it stands from the piece before.
        is_beside: there are signs alone between the piece before and this one.
        words: between the two, without fillers.
    """

    line: int
    item: Item
    gap: int = APART
    is_beside: bool = False
    words: int = 0

    @property
    def digits(self) -> str:
        return self.item.digits

    @property
    def is_tight(self) -> bool:
        """Return whether it goes on behind the piece before as one written number does."""
        return self.gap < APART


@dataclass
class Chain:
    """Pieces that may be one number, in order."""

    pieces: list[Piece] = field(default_factory=list)

    def windows(self, first: int, most_digits: int) -> Iterator[tuple[int, str]]:
        """Yield what begins with this piece: the piece behind the last one, and the digits."""
        digits = ""
        line = self.pieces[first].line
        for last in range(first, len(self.pieces)):
            piece = self.pieces[last]
            digits += piece.digits
            if len(digits) > most_digits or piece.line - line > MOST_LINES * LINES_BETWEEN:
                return
            yield last + 1, digits

    def is_bounded(self, first: int, end: int) -> bool:
        """Return whether these pieces are a number by themselves, as they are written."""
        if end - first == 1:
            return True
        begin = self.pieces[first]
        if begin.is_tight and begin.gap <= self.pieces[first + 1].gap:
            # So it is, whatever the others are: a text of digits alone costs half as much.
            return False
        widest = max(piece.gap for piece in self.pieces[first + 1 : end])
        for piece in (begin, *self.pieces[end : end + 1]):
            # `12345678-2 054`: a blank ends what goes on by dashes.
            if piece.is_tight and piece.gap <= widest:
                return False
        return True

    def is_written_on(self, first: int, end: int) -> bool:
        """Return whether each of these pieces goes on with what is written before it."""
        return all(piece.is_tight for piece in self.pieces[first:end])

    def is_clean(self, first: int, end: int) -> bool:
        """Return whether nothing is said between these pieces that is not part of dictating."""
        for position in range(first + 1, end):
            piece = self.pieces[position]
            is_next_line = piece.line != self.pieces[position - 1].line
            # `It goes on with 456`: one word is no other subject.
            if piece.words > int(is_next_line):
                return False
        return True

    def spans(self, first: int, end: int, lines: Sequence[Line]) -> tuple[Span, ...]:
        """Return where pieces stand: one span for those with signs alone between them."""
        spans: list[Span] = []
        for piece in self.pieces[first:end]:
            if piece.is_beside and spans:
                spans[-1] = spans[-1]._replace(end=piece.item.end)
            else:
                spans.append(Span(piece.line, piece.item.start, piece.item.end))
        return tuple(_widen(span, lines[span.line].text) for span in spans)


def _widen(span: Span, text: str) -> Span:
    """Take in what opens before the first digit: a plus, or the bracket that closes within."""
    inner = text[span.start : span.end]
    start = span.start
    for opening, closing in ("()", "[]"):
        if text[start - 1 : start] == opening and inner.find(closing) >= 0 > inner.find(opening):
            start -= 1
    if text[start - 1 : start] in ("+", "\uff0b"):
        start -= 1
    return span._replace(start=start)


def gap_of(between: str) -> int:
    """Return how far two parts stand from each other in one line."""
    if not is_tight(between):
        return APART
    if _BREAK.search(between):
        return BROKEN
    if _BLANK.search(between):
        return SPACED
    return JOINED


def find_dictated(numbers: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Return those lines of one speaker that together say enough digits for any number.

    Parameters:
        weights: how many digits each line says at most.
    """
    worth: list[int] = []
    group: list[int] = []
    total = quiet_lines = 0
    for number in numbers:
        quiet_lines += 1
        if not weights[number]:
            continue
        if quiet_lines > LINES_BETWEEN:
            group, total = [], 0
        quiet_lines = 0
        total += weights[number]
        group.append(number)
        if total >= FEWEST_DIGITS:
            worth += group
            group = []
    return worth


def chain_up(
    lines: Sequence[Line], items_of: Mapping[int, Sequence[Item]], numbers: Sequence[int]
) -> list[Chain]:
    """Return the chains of one speaker.

    Parameters:
        items_of: of the lines that say digits.
        numbers: of the speaker's lines, in order.
    """
    chaining = _Chaining()
    for number in numbers:
        chaining.hear(number, lines[number].text, items_of.get(number))
    return chaining.chains


class _Chaining:
    """Chains up what one speaker says, line after line."""

    def __init__(self) -> None:
        self.chains: list[Chain] = []
        self.last: Piece | None = None
        #: Since the last piece: words without fillers, and lines.
        self.words = self.lines = 0

    def hear(self, number: int, text: str, items: Sequence[Item] | None) -> None:
        """Take a line. None: it says no digits."""
        self.lines += 1
        if items is None:
            self.words += len(text.split())
            return
        end = 0
        for item in items:
            self.pass_by(text, end, item.start)
            if item.digits:
                self.add(number, text, item, end)
            else:
                self.words += item.words
            end = item.end
        self.pass_by(text, end, len(text))

    def pass_by(self, text: str, start: int, end: int) -> None:
        """Pass by what stands between two items, which may end every number."""
        if CUT.search(text, start, end):
            self.words += BARRIER

    def add(self, number: int, text: str, item: Item, end: int) -> None:
        """Add digits to the last chain, or begin one with them.

        Parameters:
            end: of the item before.
        """
        last = self.last
        if last is None or self.is_far(last, number) or begins_number(text, end, item.start):
            piece = Piece(number, item, words=self.words)
            self.chains.append(Chain([piece]))
        else:
            is_beside = last.line == number and last.item.end == end
            gap = APART
            if is_beside:
                gap = gap_of(text[end : item.start])
            piece = Piece(number, item, gap, is_beside, self.words)
            self.chains[-1].pieces.append(piece)
        self.last = piece
        self.words = self.lines = 0

    def is_far(self, last: Piece, number: int) -> bool:
        """Return whether too much is between the last piece and one in this line."""
        if last.line == number:
            return self.words > WORDS_WITHIN
        return self.words > WORDS_BETWEEN or self.lines > LINES_BETWEEN


def begins_number(text: str, start: int, end: int) -> bool:
    """Return whether a plus before these digits begins a number."""
    return _PLUS.search(text, max(start, end - 4), end) is not None
