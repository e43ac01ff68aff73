"""What is said before a number, which may say what it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from oracle_cdc.redaction.chains import Chain
from oracle_cdc.redaction.kinds import Kind, Line

#: Characters before a number that may say what it is.
CONTEXT = 60
_MARK = re.compile(r"\[(?:CARD|ID|IBAN|PHONE|EMAIL)\]")
_PHONE_WORDS = (
    r"\b(?:tele)?phones?\b|\bmobile|\bcell|\bcall\b|\bwhats ?app|\bfax|\btel\b"
    r"|\breach (?:me|you)|\bdial|\bsms\b|\btext me|טלפון|נייד|פלאפון|סלולר|להתקשר|תתקשר|התקשרו?\b"
    r"|וואטסאפ|ווטסאפ|פקס|לחזור אל|חזרו אל|לחייג|חייג"
)
_ID_WORDS = (
    r"ת[\"״'.]{0,2}ז|תעודת (?:ה)?זהות|מספר (?:ה)?זהות|\bid\b|\bidentity|\bt\.?z\b|\bidentification"
)
#: Of a phone where nothing says that it is another number.
_WEAK_WORDS = r"\bmy number\b|המספר שלי"
_CONTEXT = re.compile(
    rf"(?P<phone>{_PHONE_WORDS})|(?P<id>{_ID_WORDS})|(?P<weak>{_WEAK_WORDS})", re.IGNORECASE
)
_LETTER = re.compile(r"[^\W\d_]")
_HAS_PLUS = re.compile(
    r"(?:[+\uff0b]|%2b|\bplus|פלוס)[\s(\[\u200e\u200f\u202a-\u202e\u2066-\u2069]*\Z", re.I
)
#: What makes of digits a part of another name. Not `\n`, nor the `_` that prints in italics.
_GLUE = re.compile(r"(?:(?<!\\)[a-z#]|[a-z\d]_)\Z", re.I | re.A)


class Said(NamedTuple):
    """What stands before a number, to its left.

    Parameters:
        about: what the words say that it is.
        is_glued: it is a part of another name.
    """

    about: Kind | None
    has_plus: bool
    is_glued: bool
    has_star: bool


def read_before(chain: Chain, first: int, lines: Sequence[Line]) -> Said:
    """Return what stands before the number that begins with a piece."""
    before = text_before(chain, first, lines)
    return Said(
        find_context(chain, first, lines),
        _HAS_PLUS.search(before) is not None,
        _GLUE.search(before) is not None,
        before.endswith("*"),
    )


def text_before(chain: Chain, first: int, lines: Sequence[Line]) -> str:
    """Return what stands to the left of a piece, in its line."""
    piece = chain.pieces[first]
    return lines[piece.line].text[max(0, piece.item.start - CONTEXT) : piece.item.start]


def find_context(chain: Chain, first: int, lines: Sequence[Line]) -> Kind | None:
    """Return what the words before a number say that it is, those of the line before too."""
    number = chain.pieces[first].line
    context = text_before(chain, first, lines)
    if number > 0:
        context = f"{lines[number - 1].text[-CONTEXT:]} {context}"
    about = None
    if _LETTER.search(context) is None:
        return about
    for match in _CONTEXT.finditer(_MARK.sub("", context)):
        if match["phone"] or (match["weak"] and about is None):
            about = Kind.PHONE
        elif match["id"]:
            about = Kind.ID
    return about
