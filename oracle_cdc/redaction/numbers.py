"""Cards, identity numbers and bank accounts, by their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban, luhn
from stdnum.il import idnr

from oracle_cdc.redaction.items import INVISIBLE

ID_DIGITS = 9
#: Longest account number (ISO 13616).
IBAN_CHARACTERS = 34
#: No country's has fewer digits, its check digits among them (Malta's, of 31 characters).
IBAN_FEWEST_DIGITS = 7
CARD_DIGITS, USUAL_CARD_DIGITS, FEWEST_CARD_DIGITS = 19, 16, 13
#: How many digits the cards have that begin so. All others have 16.
_LENGTHS = (
    (re.compile("3[47]"), (15,)),
    (re.compile("3[0689]"), (14, 16, 19)),
    (re.compile("35"), (16, 17, 18, 19)),
    (re.compile("4"), (13, 16, 19)),
    (re.compile("5[06-8]|6"), (13, 14, 15, 16, 17, 18, 19)),
)
_GAP = rf"[\s.{INVISIBLE}-]{{0,3}}"
#: Looked for from each place: what begins in vain, as in `to 12 GB29...`, must hide no other.
_IBAN = re.compile(
    rf"(?<![^\W_])(?=(?P<account>[a-z]{{2}}{_GAP}\d{{2}}(?:{_GAP}[a-z0-9]){{11,40}}))", re.I | re.A
)


def is_card(digits: str) -> bool:
    if len(digits) < FEWEST_CARD_DIGITS:
        return False
    lengths: tuple[int, ...] = (USUAL_CARD_DIGITS,)
    for beginning, known in _LENGTHS:
        if beginning.match(digits):
            lengths = known
    if len(digits) not in lengths or digits.startswith("0"):
        return False
    return luhn.is_valid(digits) and len(set(digits)) > 1


def is_identity(digits: str) -> bool:
    """Return whether nine digits are an Israeli identity number."""
    return len(digits) == ID_DIGITS and idnr.is_valid(digits)


def is_iban(text: str) -> bool:
    return bool(iban.is_valid(text))


def find_ibans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where account numbers stand that are written in one line."""
    found_to = 0
    for match in _IBAN.finditer(text):
        if match.start() < found_to:
            continue
        end = find_end(text, *match.span("account"))
        if end is not None:
            found_to = end
            yield match.start(), end


def find_end(text: str, start: int, most: int) -> int | None:
    """Return where an account number ends that begins here, None where none does."""
    characters: list[str] = []
    ends: list[int] = []
    for position in range(start, most):
        if text[position].isalnum():
            characters.append(text[position])
            ends.append(position + 1)
    values = [str(int(each, 36)) for each in characters]
    for count in range(min(len(characters), IBAN_CHARACTERS), 14, -1):
        end = ends[count - 1]
        # The check digits first: what stdnum looks at besides costs twenty times as much.
        is_checked = int("".join(values[4:count] + values[:4])) % 97 == 1
        if (
            is_checked
            and not text[end : end + 1].isalnum()
            and is_iban("".join(characters[:count]))
        ):
            return end
    return None
