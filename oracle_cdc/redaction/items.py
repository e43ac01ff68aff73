"""A text as the digits that it says, in figures or in words, and what stands between them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from oracle_cdc.redaction.numerals import NUMERALS, Role, is_filler, look_up

#: How many words it is what no number goes on behind: dates, amounts, addresses, marks.
BARRIER = 1000
#: Characters without a width, which say how a text is laid out.
INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_CURRENCY = r"(?:[₪$€£]|ש[\"״']+ח|שקלים|שקל|nis|ils|usd|eur|dollars?|euros?|shekels?)"
#: With a dot, as many write it.
_HOUR = r"(?:[01]?\d|2[0-3])\.[0-5]\d"
_BEHIND_CURRENCY = r"(?:(?<=ש[\"״']ח\s)|(?<=\bnis\s)|(?<=\bils\s)|(?<=\busd\s)|(?<=\beur\s))"
#: Repetitions are bounded, so that a text costs no more than its length.
_CLOSED = (
    rf"(?<![\d/.-]){_YEAR}(?P<d1>[-/.]){_MONTH}(?P=d1){_DAY}(?![-/.]?\d)",
    rf"(?<![\d/.-]){_DAY}(?P<d2>[-/.]){_MONTH}(?P=d2){_YEAR}(?![-/.]?\d)",
    rf"(?<![\d/.-]){_MONTH}(?P<d3>[-/.]){_DAY}(?P=d3){_YEAR}(?![-/.]?\d)",
    rf"(?<![\d/.-]){_DAY}(?P<d4>[/.]){_MONTH}(?P=d4)\d\d(?![-/.]?\d)",
    r"(?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:])",
    rf"(?<![\d.-]){_HOUR}\s?[-\u2013]\s?{_HOUR}(?![.-]?\d)",
    # A price or an hour beside a word. With digits beside it it may be a part of their number.
    r"(?<![\d,.+-])(?<!\d\s)(?:(?<=[^\W\d_]\s)|(?=[\d.]{4,8}\s[^\W\d_]))"
    r"(?:0|[1-9]\d{0,4})\.\d\d(?!\d|,\d|\s?[-./]?\s?\d)",
    # With nine digits or more, or a zero before them, it is an amount only beside a currency.
    r"(?<![\d,.])(?:[1-9]\d{0,2},\d{3}|[1-9]\d?,\d{3},\d{3})(?:\.\d{1,9})?(?![\d,])",
    rf"{_BEHIND_CURRENCY}[1-9]\d{{0,2}}(?:,\d{{3}}){{2,4}}(?:\.\d{{1,9}})?(?![\d,])",
    r"[₪$€£]\s?\d{1,9}(?:[.,]\d{1,3}){0,4}(?!\d)",
    rf"(?<!\d)(?<!\d[\s.-])\d{{1,9}}(?:[.,]\d{{1,3}}){{0,4}}\s?{_CURRENCY}(?!\w)",
    r"\[(?:CARD|ID|IBAN|PHONE|EMAIL)\]",
)
#: Blanks and dashes as HTML writes them.
_ENTITY = r"&(?:nbsp|e[mn]sp|thinsp|[nm]dash|shy|zwn?j|[lr]lm|#\d{1,7}|#x[\da-f]{1,6});"
ITEMS = re.compile(
    rf"(?P<closed>(?=[\d\[₪$€£])(?:{'|'.join(_CLOSED)}))|{_ENTITY}"
    r"|(?P<digits>\d+)|(?P<word>[^\W\d_]+)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
#: What may stand between two parts of one number as it is written.
TIGHT = re.compile(
    rf"(?:[\s{INVISIBLE}]|{_ENTITY})*"
    rf"(?:[-.()/\[\]·•*+_~\\|\u2010-\u2015\u2212\u05be](?:[\s{INVISIBLE}()\[\]-]|{_ENTITY})*)?",
    re.IGNORECASE,
)
#: What no number goes over.
CUT = re.compile(rf"[@=%₪$€£<>]|&(?!{_ENTITY[1:]})", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A part of a line: digits, or something else.

    Parameters:
        digits: what it says, from 0 to 9, or empty.
        words: how many words it is in the way of a number, 0 for a filler.
        role: how a spoken digit joins others, or None for what is written in figures.
    """

    start: int
    end: int
    digits: str = ""
    words: int = 0
    role: Role | None = None


def weigh(text: str) -> int:
    """Return how many digits a line says at most."""
    weight = len(_DIGIT.findall(text))
    words = _WORD.findall(text.lower())
    if NUMERALS.keys().isdisjoint(words):
        return weight
    for word in words:
        if word in NUMERALS:
            # `Double nine`, and tens.
            weight += 2
    return weight


def read_items(text: str, closed: Sequence[tuple[int, int]] = ()) -> list[Item]:
    """Read what a line says.

    Parameters:
        closed: where no digits are looked for.
    """
    items: list[Item] = []
    waiting = deque(sorted(closed))
    for match in ITEMS.finditer(text):
        start, end = match.span()
        while waiting and waiting[0][1] <= start:
            waiting.popleft()
        if match["closed"] or (waiting and waiting[0][0] < end):
            items.append(Item(start, end, words=BARRIER))
        elif match["digits"]:
            digits = match["digits"]
            if not digits.isascii():
                digits = "".join(str(int(digit)) for digit in digits)
            items.append(Item(start, end, digits))
        elif match["word"]:
            items.append(_read_word(match["word"], start, end))
    return _drop_lone(_join_spoken(text, items))


def _read_word(word: str, start: int, end: int) -> Item:
    said = look_up(word)
    if said:
        return Item(start, end, said[1], role=said[0])
    return Item(start, end, words=int(not is_filler(word)))


def _join_spoken(text: str, items: Sequence[Item]) -> list[Item]:
    """Join spoken tens with their units, teens of two words, and what is said of the digit behind.

    A word that repeats nothing is a word.
    """
    joined: list[Item] = []
    for item in items:
        before = None
        if joined and is_tight(text[joined[-1].end : item.start]):
            before = joined[-1]
        together = None
        if before is not None:
            together = _join(before, item)
        if together is None:
            joined.append(item)
        else:
            joined[-1] = together
    found: list[Item] = []
    for item in joined:
        if item.role is Role.TIMES:
            item = Item(item.start, item.end, words=1)
        found.append(item)
    return found


def _join(before: Item, item: Item) -> Item | None:
    """Return what two say as one, or None where they are two."""
    is_one_digit = len(item.digits) == 1 and item.role in (None, Role.UNIT)
    if before.role is Role.TIMES and is_one_digit:
        return replace(item, start=before.start, digits=item.digits * int(before.digits))
    if item.role is Role.UNIT and before.role is Role.TEN and item.digits != "0":
        return Item(before.start, item.end, before.digits[0] + item.digits, role=Role.WHOLE)
    if item.role is Role.TEEN and before.role is Role.UNIT and before.digits != "0":
        return Item(before.start, item.end, f"1{before.digits}", role=Role.WHOLE)
    return None


def _drop_lone(items: Sequence[Item]) -> list[Item]:
    """Make words of spoken digits that stand among other words, as in `one moment`.

    They count where their neighbours are digits, where the line says nothing else, or where they
    end it, as in `my number is zero`.
    """
    words = sum(item.words for item in items)
    kept: list[Item] = []
    for position, item in enumerate(items):
        is_within = item.role is not None and words and position + 1 < len(items)
        if is_within and not _has_digits_beside(items, position):
            item = Item(item.start, item.end, words=1)
        kept.append(item)
    return kept


def _has_digits_beside(items: Sequence[Item], position: int) -> bool:
    for step in (-1, 1):
        other = position + step
        while 0 <= other < len(items) and not items[other].digits and not items[other].words:
            other += step
        if 0 <= other < len(items) and items[other].digits:
            return True
    return False


def is_tight(between: str) -> bool:
    """Return whether a text may stand inside a number as it is written."""
    return TIGHT.fullmatch(between) is not None
