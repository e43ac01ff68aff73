"""Digits as they are spoken: words of English and Hebrew, with their value and how they join."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """How a word joins the one behind it, or the one before."""

    UNIT = "unit"
    TEN = "ten"
    #: Complete by itself: 10 to 19.
    WHOLE = "whole"
    #: Turns a unit before it into 11 to 19, or is 10: the second word of Hebrew teens.
    TEEN = "teen"
    #: Repeats the digit behind it.
    TIMES = "times"


#: Hebrew's `and`, which is joined to the word behind it.
AND = "\u05d5"
UNITS = {
    "zero oh o nought אפס": "0",
    "one אחת אחד": "1",
    "two שתיים שתים שניים שנים שתי שני": "2",
    "three שלוש שלושה": "3",
    "four ארבע ארבעה": "4",
    "five חמש חמישה חמשה": "5",
    "six שש שישה ששה": "6",
    "seven שבע שבעה": "7",
    "eight שמונה": "8",
    "nine niner תשע תשעה": "9",
}
WHOLES = {
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "fifteen": "15",
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
}
TENS = {
    "twenty עשרים": "20",
    "thirty שלושים": "30",
    "forty fourty ארבעים": "40",
    "fifty חמישים חמשים": "50",
    "sixty שישים ששים": "60",
    "seventy שבעים": "70",
    "eighty שמונים": "80",
    "ninety תשעים": "90",
}
TIMES = {"double פעמיים כפול": "2", "triple treble שלושפעמים": "3"}

#: Words that may stand inside a number that is dictated.
FILLERS = frozenset(
    """
    a ah and dash ends er erm goes next on with
    hyphen minus now ok okay plus right sir so space the then uh uhm um yeah
    yep yes ואז אה אהה אהמ אוקי אוקיי אז אחרי זה כן מינוס מקף נו עוד פלוס קו רגע רווח טוב ככה
    """.split()  # noqa: SIM905 - words read better as words
)


def _spell(roles: dict[Role, dict[str, str]]) -> dict[str, tuple[Role, str]]:
    known: dict[str, tuple[Role, str]] = {"עשרה": (Role.TEEN, "10"), "עשר": (Role.TEEN, "10")}
    for role, words_of in roles.items():
        for words, digits in words_of.items():
            for word in words.split():
                known[word] = known[AND + word] = (role, digits)
    return known


#: Word -> how it joins others, and its digits.
NUMERALS = _spell({Role.UNIT: UNITS, Role.WHOLE: WHOLES, Role.TEN: TENS, Role.TIMES: TIMES})


def look_up(word: str) -> tuple[Role, str] | None:
    """Return what a word says, if it is a digit or two, also with a Hebrew `and` before it."""
    return NUMERALS.get(word.lower())


def is_filler(word: str) -> bool:
    """Return whether a word may stand inside a number, also with a Hebrew `and` before it."""
    word = word.lower()
    return word in FILLERS or word.removeprefix(AND) in FILLERS
