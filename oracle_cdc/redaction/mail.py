"""E-mail addresses, as they are written and as they are spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oracle_cdc.redaction.items import INVISIBLE

#: The longest part before the @ (RFC 5321, 4.5.3.1.1).
MOST_LOCAL = 64
#: Accents and points by themselves, as some programs write them.
_ACCENTS = "\u0300-\u036f\u0591-\u05c7"
_LOCAL = re.compile(rf"[\w.!#$%&'*+/=?^`{{|}}~{_ACCENTS}{INVISIBLE}-]+\Z|\"[^\"\r\n]+\"\Z")
#: Other letters end where Hebrew ones begin: a preposition is joined to the address.
_FOREIGN = re.compile(rf"(?:(?![\u0590-\u05ff])[\w.%&'\u2019+{_ACCENTS}{INVISIBLE}-])+\Z")
_LABEL = rf"[^\W_](?:[\w{_ACCENTS}{INVISIBLE}-]*[^\W_])?[.\uff0e\u3002]"
_HOST = re.compile(
    rf"[{INVISIBLE}]*(?:{_LABEL})+[a-zA-Z]{{2,24}}"
    rf"|[{INVISIBLE}]*(?:{_LABEL})+[^\W\d_]{{2,24}}"
    r"|\[\d{1,3}(?:\.\d{1,3}){3}\]"
)
#: What no address begins with: signs, and the characters of INVISIBLE.
_NOT_FIRST = (
    "'\u2019&.+-\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
)
#: Also as addresses of pages and HTML have it.
_SIGN = r"(?:[@\uff20\ufe6b]|%40|&(?:commat|#64|#x40);)"
#: With blanks around it, too, where no price comes: `2 pieces @ 3.50`.
_AT = re.compile(
    rf"{_SIGN}(?!\s)|(?:\s{{1,2}}{_SIGN}\s{{0,2}}|{_SIGN}\s{{1,2}})(?!\s|\d+[.,]\d)", re.IGNORECASE
)
_DOT = r"\s*(?:\.|\s(?:dot|נקודה)\s)\s*"
_SPOKEN = re.compile(
    rf"[a-z0-9][\w+-]*(?:{_DOT}[\w+-]+){{0,3}}\s+(?:at|שטרודל|כרוכית)\s+"
    rf"[^\W_][\w-]*(?:{_DOT}[^\W_][\w-]*){{0,2}}{_DOT}(?:com|net|org|gov|edu|il|co|io|info|קום)\b"
    rf"|[^\W_][\w+-]*\s+שטרודל\s+[^\W_][\w'-]*(?:{_DOT}[^\W_][\w-]*){{1,3}}",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b(?:at|שטרודל|כרוכית)\b", re.IGNORECASE)


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses stand."""
    found_to = 0
    for sign in _AT.finditer(text):
        host = _HOST.match(text, sign.end())
        before = text[max(found_to, sign.start() - MOST_LOCAL) : sign.start()]
        local = _FOREIGN.search(before) or _LOCAL.search(before)
        if host and local:
            found_to = host.end()
            yield sign.start() - len(local[0].lstrip(_NOT_FIRST)), found_to
    if "נקודה" in text or "dot" in text.casefold():
        for said in _SAID.finditer(text):
            # Looked for near the word alone, so that a long text costs no more than its length.
            start = max(found_to, said.start() - MOST_LOCAL)
            match = _SPOKEN.search(text, start, min(len(text), said.end() + MOST_LOCAL))
            if match:
                found_to = match.end()
                yield match.span()
