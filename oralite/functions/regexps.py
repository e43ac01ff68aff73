"""REGEXP_ functions: Oracle's POSIX patterns, run by Python's engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from oralite.errors import OraError
from oralite.functions.function import Function, Number, Types, natural
from oralite.functions.types import NUMBER, VARCHAR2, text_like
from oralite.model import SqlType

_CLASSES = {
    "alpha": r"^\W\d_",
    "digit": "0-9",
    "alnum": r"^\W_",
    "space": r"\s",
    "blank": r" \t",
    "upper": "A-Z",
    "lower": "a-z",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "cntrl": r"\x00-\x1f\x7f",
    "print": r"\x20-\x7e\u00a0-\U0010ffff",
    "graph": r"\x21-\x7e\u00a1-\U0010ffff",
}
#: Classes that Python can only write as what they are not; they stand alone, outside of a set.
_COMPLEMENTS = frozenset(("alpha", "alnum"))
_FLAGS = {"i": re.IGNORECASE, "n": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
_BACKREFERENCE = re.compile(r"\\([0-9\\])")
_MEMBER = re.compile(
    r"\[:(?P<name>\w+):\]|\[\.(?P<element>.)\.\]|\[=(?P<like>.)=\]|(?P<letter>.)", re.DOTALL
)


def _flags(parameters: str) -> re.RegexFlag:
    flags = re.RegexFlag(0)
    for letter in parameters:
        if letter not in "icnmx":
            raise OraError(1760, "illegal argument for function")
        if letter == "c":
            flags &= ~re.IGNORECASE
        flags |= _FLAGS.get(letter, 0)
    return flags


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, parameters: str = "") -> re.Pattern[str]:
    """Return a pattern for Python's engine.

    Raises ORA-12725 to ORA-12729 for a pattern that is none, and ORA-01760 for a parameter that is
    none.
    """
    flags = _flags(parameters)
    try:
        return re.compile(_translate(pattern, bool(flags & re.MULTILINE)), flags)
    except re.error as error:
        raise _pattern_error(error.msg) from error


def _pattern_error(message: str) -> OraError:
    if "character set" in message:
        return OraError(12726, "unmatched bracket in regular expression")
    if "group reference" in message:
        return OraError(12727, "invalid back reference in regular expression")
    if "character range" in message:
        return OraError(12728, "invalid range in regular expression")
    return OraError(12725, "unmatched parentheses in regular expression")


def _translate(pattern: str, multiline: bool) -> str:
    parts, position = [], 0
    while position < len(pattern):
        letter = pattern[position]
        if letter == "\\" and position + 1 < len(pattern):
            parts.append(_escape(pattern[position + 1]))
            position += 2
        elif letter == "[":
            part, position = _bracket(pattern, position + 1)
            parts.append(part)
        else:
            parts.append(r"\Z" if letter == "$" and not multiline else letter)
            position += 1
    return "".join(parts)


def _escape(letter: str) -> str:
    if letter in "dD":
        if letter == "d":
            return "[0-9]"
        return "[^0-9]"
    if letter in "wWsSAZ123456789":
        return "\\" + letter
    return re.escape(letter)


def _bracket(pattern: str, position: int) -> tuple[str, int]:
    """Read a set from behind its [ on: no backslash escapes in it, and ] comes first when it is a
    member.
    """
    negated = pattern[position : position + 1] == "^"
    position += negated
    members: list[str] = []
    complements: list[str] = []
    start = position
    while position < len(pattern):
        match = _MEMBER.match(pattern, position)
        if match is None or (match["letter"] == "]" and position > start):
            break
        _add_member(match, members, complements)
        position = match.end()
    if position >= len(pattern):
        raise OraError(12726, "unmatched bracket in regular expression")
    return _set(negated, "".join(members), complements), position + 1


def _add_member(match: re.Match[str], members: list[str], complements: list[str]) -> None:
    name = match["name"]
    if name in _COMPLEMENTS:
        complements.append(f"[{_CLASSES[name]}]")
    elif name:
        if name not in _CLASSES:
            raise OraError(12729, "invalid character class in regular expression")
        members.append(_CLASSES[name])
    else:
        letter = match["element"] or match["like"] or match["letter"]
        members.append("\\" + letter if letter in "\\[]^&~|" else letter)


def _set(negated: bool, members: str, complements: list[str]) -> str:
    if not complements:
        return f"[{'^' if negated else ''}{members}]"
    choices = "|".join([*complements, *([f"[{members}]"] if members else [])])
    if negated:
        return rf"(?:(?!{choices})[\s\S])"
    return f"(?:{choices})"


def _matches(text: str, pattern: str, position: Number, parameters: str) -> list[re.Match[str]]:
    if position < 1:
        raise OraError(1428, f"argument '{position}' is out of range")
    return list(compile_pattern(pattern, parameters).finditer(text, int(position) - 1))


def regexp_like(text: str, pattern: str, parameters: str | None = "") -> bool:
    return compile_pattern(pattern, parameters or "").search(text) is not None


def regexp_count(text: str, pattern: str, position: Number = 1, parameters: str | None = "") -> int:
    return len(_matches(text, pattern, position, parameters or ""))


def regexp_substr(
    text: str,
    pattern: str,
    position: Number = 1,
    occurrence: Number = 1,
    parameters: str | None = "",
    group: Number = 0,
) -> str | None:
    found = _matches(text, pattern, position, parameters or "")[
        int(occurrence) - 1 : int(occurrence)
    ]
    if not found or group > found[0].re.groups:
        return None
    return found[0][int(group)]


def regexp_instr(
    text: str,
    pattern: str,
    position: Number = 1,
    occurrence: Number = 1,
    behind: Number = 0,
    parameters: str | None = "",
    group: Number = 0,
) -> int:
    """Return where the occurrence begins, or the place behind its end. 0: there is none."""
    found = _matches(text, pattern, position, parameters or "")[
        int(occurrence) - 1 : int(occurrence)
    ]
    if not found or group > found[0].re.groups:
        return 0
    if behind:
        return found[0].end(int(group)) + 1
    return found[0].start(int(group)) + 1


def regexp_replace(
    text: str | None,
    pattern: str | None,
    replacement: str | None = None,
    position: Number | None = 1,
    occurrence: Number | None = 0,
    parameters: str | None = "",
) -> str | None:
    r"""Replace every occurrence, or the one that is named. \1 to \9 stand for groups."""
    if text is None or pattern is None:
        return text
    if position is None or occurrence is None:
        return None
    matches = _matches(text, pattern, position, parameters or "")
    if occurrence:
        matches = matches[int(occurrence) - 1 : int(occurrence)]
    parts, end = [], 0
    for match in matches:
        parts += [text[end : match.start()], _expand(replacement or "", match)]
        end = match.end()
    return "".join([*parts, text[end:]])


def _expand(replacement: str, match: re.Match[str]) -> str:
    def group(reference: re.Match[str]) -> str:
        if reference[1] == "\\":
            return "\\"
        number = int(reference[1])
        if number <= match.re.groups:
            return match[number] or ""
        return ""

    return _BACKREFERENCE.sub(group, replacement)


def _but_for(place: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """Let NULL arguments give NULL, except the match parameters at that place, which NULL leaves as
    they are.
    """

    def call(*values: Any) -> Any:
        if None in values[:place] or None in values[place + 1 :]:
            return None
        return function(*values)

    return call


def _reading(
    name: str,
    function: Callable[..., Any],
    arguments: Types,
    returns: SqlType | Callable[[Types], SqlType] | None,
) -> Function:
    """Return a function of a text and a pattern.

    Its first VARCHAR2 behind them holds the match parameters.
    """
    place = arguments.index(VARCHAR2, 2)
    return natural(
        name, _but_for(place, function), tuple(arguments), returns, required=2, nullable=True
    )


FUNCTIONS = (
    _reading("REGEXP_LIKE", regexp_like, (VARCHAR2, VARCHAR2, VARCHAR2), None),
    _reading("REGEXP_COUNT", regexp_count, (VARCHAR2, VARCHAR2, NUMBER, VARCHAR2), NUMBER),
    _reading(
        "REGEXP_SUBSTR",
        regexp_substr,
        (VARCHAR2, VARCHAR2, NUMBER, NUMBER, VARCHAR2, NUMBER),
        text_like,
    ),
    _reading(
        "REGEXP_INSTR",
        regexp_instr,
        (VARCHAR2, VARCHAR2, NUMBER, NUMBER, NUMBER, VARCHAR2, NUMBER),
        NUMBER,
    ),
    natural(
        "REGEXP_REPLACE",
        regexp_replace,
        (VARCHAR2, VARCHAR2, VARCHAR2, NUMBER, NUMBER, VARCHAR2),
        text_like,
        required=2,
        nullable=True,
    ),
)
