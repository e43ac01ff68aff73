"""Functions of text.

Lengths and places are counted in code points. Those of CLOB are in lobs.py.
"""

from __future__ import annotations

import re

from oralite.errors import OraError
from oralite.functions.function import Function, Number, natural
from oralite.functions.types import NUMBER, VARCHAR2, text_alike, text_like
from oralite.model import Value

#: What a VARCHAR2 holds at most, in bytes of UTF-8.
MAX_TEXT_BYTES = 4000

_WORD = re.compile(r"[^\W_]+")
_UNICODE_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{4}|\\|)")


def _upper(text: str) -> str:
    upper = text.upper()
    if len(upper) == len(text):
        return upper
    return "".join(_single(letter, letter.upper()) for letter in text)


def _lower(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(_single(letter, letter.lower()) for letter in text)


def _single(letter: str, changed: str) -> str:
    """Change letter by letter as Oracle does: one that would become two stays (Python makes SS of
    ß).
    """
    if len(changed) == 1:
        return changed
    return letter


def initcap(text: str) -> str:
    return _WORD.sub(lambda word: _upper(word[0][0]) + _lower(word[0][1:]), text)


def substr(text: str, position: Number, length: Number | None = None) -> str | None:
    """Cut a piece counted from 1, from the end when negative. NULL where nothing is left."""
    start = int(position)
    if start > 0:
        start = start - 1
    elif start < 0:
        start = len(text) + start
    else:
        start = 0
    if start < 0:
        return None
    if length is None:
        return text[start:] or None
    if length >= 1:
        return text[start : start + int(length)] or None
    return None


def substrb(text: str, position: Number, length: Number | None = None) -> str | None:
    """Cut a piece counted in bytes of UTF-8.

    Halves of a character become blanks, as Oracle has it.
    """
    octets = text.encode().decode("latin-1")
    part = substr(octets, position, length)
    return part and part.encode("latin-1").decode("utf-8", "replace").replace("\ufffd", " ")


def instr(text: str, search: str, position: Number = 1, occurrence: Number = 1) -> int:
    """Return the place of the occurrence, 0 where there is none.

    A negative position searches backwards from the end.
    """
    start, left = int(position), int(occurrence)
    if left < 1:
        raise OraError(1428, f"argument '{left}' is out of range")
    if start == 0:
        return 0
    if start > 0:
        return _search_forwards(text, search, start, left)
    return _search_backwards(text, search, start, left)


def _search_forwards(text: str, search: str, start: int, left: int) -> int:
    place = start - 2
    for _ in range(left):
        place = text.find(search, place + 1)
        if place < 0:
            return 0
    return place + 1


def _search_backwards(text: str, search: str, start: int, left: int) -> int:
    highest = len(text) + start
    for _ in range(left):
        if highest >= 0:
            place = text.rfind(search, 0, highest + len(search))
        else:
            place = -1
        if place < 0:
            return 0
        highest = place - 1
    return place + 1


def ltrim(text: str, letters: str = " ") -> str:
    return text.lstrip(letters)


def rtrim(text: str, letters: str = " ") -> str:
    return text.rstrip(letters)


def trim(text: str, letter: str = " ") -> str:
    if len(letter) != 1:
        raise OraError(30001, "trim set should have only one character")
    return text.strip(letter)


def lpad(text: str, length: Number, pad: str = " ") -> str:
    size = int(length)
    return _fit_bytes(_padding(size - len(text), pad) + text[: max(size, 0)])


def rpad(text: str, length: Number, pad: str = " ") -> str:
    size = int(length)
    return _fit_bytes(text[: max(size, 0)] + _padding(size - len(text), pad))


def _padding(size: int, pad: str) -> str:
    size = min(size, MAX_TEXT_BYTES)
    if size > 0:
        return (pad * (size // len(pad) + 1))[:size]
    return ""


def _fit_bytes(text: str) -> str:
    if len(text) * 4 <= MAX_TEXT_BYTES:
        return text
    return text.encode()[:MAX_TEXT_BYTES].decode("utf-8", "ignore")


def replace(text: str | None, search: str | None, replacement: str | None = None) -> str | None:
    if text is None or not search:
        return text
    return text.replace(search, replacement or "")


def translate(text: str, letters: str, replacements: str) -> str:
    """Replace letters.

    One without a replacement is taken out, and of a letter named twice the first counts.
    """
    table: dict[int, str | None] = {}
    for place, letter in enumerate(letters):
        table.setdefault(ord(letter), replacements[place] if place < len(replacements) else None)
    return text.translate(table)


def join_text(left: str | None, right: str | None) -> str | None:
    """Carry out || of VARCHAR2: NULL is nothing. Raises ORA-01489 beyond 4000 bytes."""
    if left is None:
        return right
    if right is None:
        return left
    joined = left + right
    if len(joined) * 4 > MAX_TEXT_BYTES and len(joined.encode()) > MAX_TEXT_BYTES:
        raise OraError(1489, "result of string concatenation is too long")
    return joined


def join_clob(left: str | None, right: str | None) -> str | None:
    if left is None:
        return right
    if right is None:
        return left
    return left + right


def ascii_code(text: str) -> int:
    """Return the bytes of the first character in the database's character set, UTF-8, as one
    number.
    """
    return int.from_bytes(text[0].encode(), "big")


def character(code: Number) -> str:
    """Carry out CHR: the character whose bytes the number is."""
    number = int(code)
    if number < 0:
        raise OraError(1428, f"argument '{number}' is out of range")
    octets = number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")
    return octets.decode("utf-8", "replace")


def unistr(text: str) -> str:
    r"""Read \00e5 as å, and a surrogate pair as one character."""
    return (
        _UNICODE_ESCAPE.sub(_unescape, text)
        .encode("utf-16", "surrogatepass")
        .decode("utf-16", "replace")
    )


def _unescape(match: re.Match[str]) -> str:
    if not match[1]:
        raise OraError(
            30186, "'\\' must be followed by four hexadecimal characters or another '\\'"
        )
    if match[1] == "\\":
        return "\\"
    return chr(int(match[1], 16))


def asciistr(text: str) -> str:
    r"""Write å as \00E5."""
    units = text.encode("utf-16-be")
    letters = []
    for place in range(0, len(units), 2):
        code = int.from_bytes(units[place : place + 2], "big")
        if code < 128 and code != 92:
            letters.append(chr(code))
        else:
            letters.append(f"\\{code:04X}")
    return "".join(letters)


_SOUNDS = {
    letter: digit
    for digit, letters in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), 1)
    for letter in letters
}


def soundex(text: str) -> str | None:
    """Return the first letter and three digits of those that sound: like neighbours count once, H
    and W do not part them.
    """
    letters = [letter for letter in text.upper() if "A" <= letter <= "Z"]
    if not letters:
        return None
    digits, before = "", _SOUNDS.get(letters[0])
    for letter in letters[1:]:
        sound = _SOUNDS.get(letter)
        if sound and sound != before:
            digits += str(sound)
        if letter not in "HW":
            before = sound
    return (letters[0] + digits + "000")[:4]


def _byte_length(text: str) -> int:
    return len(text.encode())


def _reverse(text: str) -> str:
    return text[::-1]


def _identity(value: Value) -> Value:
    return value


FUNCTIONS = (
    natural("UPPER", _upper, (VARCHAR2,), text_alike),
    natural("LOWER", _lower, (VARCHAR2,), text_alike),
    natural("INITCAP", initcap, (VARCHAR2,), text_alike),
    natural("LENGTH", len, (VARCHAR2,), NUMBER),
    natural("LENGTHC", len, (VARCHAR2,), NUMBER),
    natural("LENGTHB", _byte_length, (VARCHAR2,), NUMBER),
    natural("SUBSTR", substr, (VARCHAR2, NUMBER, NUMBER), VARCHAR2, required=2),
    natural("SUBSTRB", substrb, (VARCHAR2, NUMBER, NUMBER), VARCHAR2, required=2),
    natural("INSTR", instr, (VARCHAR2, VARCHAR2, NUMBER, NUMBER), NUMBER, required=2),
    natural("LTRIM", ltrim, (VARCHAR2, VARCHAR2), text_like, required=1),
    natural("RTRIM", rtrim, (VARCHAR2, VARCHAR2), text_like, required=1),
    natural("TRIM", trim, (VARCHAR2, VARCHAR2), text_like, required=1),
    natural("LPAD", lpad, (VARCHAR2, NUMBER, VARCHAR2), VARCHAR2, required=2),
    natural("RPAD", rpad, (VARCHAR2, NUMBER, VARCHAR2), VARCHAR2, required=2),
    natural(
        "REPLACE", replace, (VARCHAR2, VARCHAR2, VARCHAR2), text_like, required=2, nullable=True
    ),
    natural("TRANSLATE", translate, (VARCHAR2, VARCHAR2, VARCHAR2), text_like),
    natural("CONCAT", join_text, (VARCHAR2, VARCHAR2), VARCHAR2, nullable=True),
    natural("ASCII", ascii_code, (VARCHAR2,), NUMBER),
    natural("CHR", character, (NUMBER,), VARCHAR2),
    natural("UNISTR", unistr, (VARCHAR2,), VARCHAR2),
    natural("ASCIISTR", asciistr, (VARCHAR2,), VARCHAR2),
    natural("REVERSE", _reverse, (VARCHAR2,), VARCHAR2),
    natural("SOUNDEX", soundex, (VARCHAR2,), VARCHAR2),
    Function("ROWIDTOCHAR", _identity, (VARCHAR2,), VARCHAR2, 1),
    Function("CHARTOROWID", _identity, (VARCHAR2,), VARCHAR2, 1),
)
