"""What is personal in a conversation: found over all its lines, each speaker's by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from oracle_cdc.redaction.chains import FEWEST_DIGITS, Chain, chain_up, find_dictated
from oracle_cdc.redaction.context import CONTEXT, Said, read_before, text_before
from oracle_cdc.redaction.items import Item, read_items, weigh
from oracle_cdc.redaction.kinds import Finding, Kind, Line, Span
from oracle_cdc.redaction.mail import find_addresses
from oracle_cdc.redaction.numbers import (
    CARD_DIGITS,
    IBAN_CHARACTERS,
    IBAN_FEWEST_DIGITS,
    ID_DIGITS,
    USUAL_CARD_DIGITS,
    find_ibans,
    is_card,
    is_iban,
    is_identity,
)
from oracle_cdc.redaction.phones import PHONE_DIGITS, Phones

#: As numbers of North America are written, wherever the region is.
NANP_PARTS = (3, 3, 4)
#: Two letters before the digits of an account number, also spelled.
_COUNTRY = re.compile(r"(?<![^\W\d_])([a-z])[\s.,-]{0,2}([a-z])[\s.,:-]{0,3}\Z", re.I | re.A)
#: What is found behind the piece of a chain: its kind, and the piece behind it.
Hit = tuple[Kind, int]
Search = Callable[[Chain, int, Sequence[Line]], Hit | None]


class Finder:
    """Finds what is personal.

    Parameters:
        phones: how phone numbers are known among other digits.
        kinds: what is looked for. Another kind, which is not, never hides one of them.
    """

    def __init__(self, phones: Phones, kinds: Iterable[Kind] = Kind) -> None:
        self.phones = phones
        self.kinds = frozenset(kinds)
        self.searches: list[Search] = []
        for needed, search in (
            ({Kind.IBAN}, find_account),
            ({Kind.CARD}, find_card),
            ({Kind.PHONE, Kind.ID}, self.find_phone_or_id),
        ):
            if needed & self.kinds:
                self.searches.append(search)

    def find(self, lines: Sequence[Line]) -> list[Finding]:
        """Return what is found in the lines of a conversation, none of it twice."""
        found: list[Finding] = []
        weights: list[int] = []
        closed: dict[int, list[tuple[int, int]]] = {}
        speakers: dict[str, list[int]] = {}
        for number, line in enumerate(lines):
            weights.append(weigh(line.text))
            speakers.setdefault(line.speaker, []).append(number)
            for finding in find_written(number, line.text, weights[number], self.kinds):
                found.append(finding)
                closed.setdefault(number, []).append(finding.spans[0][1:])
        for numbers in speakers.values():
            items_of: dict[int, list[Item]] = {}
            for number in find_dictated(numbers, weights):
                items_of[number] = read_items(lines[number].text, closed.get(number, ()))
            if not items_of:
                continue
            for chain in chain_up(lines, items_of, numbers):
                found += self.find_in_chain(chain, lines)
        return found

    def find_in_chain(self, chain: Chain, lines: Sequence[Line]) -> list[Finding]:
        """Return what is found in digits that may be one number, or several."""
        found: list[Finding] = []
        rest: list[Chain] = [chain]
        for search in self.searches:
            left: list[Chain] = []
            for part in rest:
                findings, parts = take_out(part, search, lines)
                found += findings
                left += parts
            rest = left
        return found

    def find_phone_or_id(self, chain: Chain, first: int, lines: Sequence[Line]) -> Hit | None:
        hit: Hit | None = None
        is_sure = False
        said: Said | None = None
        for end, digits in chain.windows(first, PHONE_DIGITS):
            if len(digits) < FEWEST_DIGITS:
                continue
            if said is None:
                said = read_before(chain, first, lines)
            if hit is not None and is_sure and not chain.is_written_on(hit[1], end):
                # What is said later is another number.
                break
            kind = self.classify(digits, chain, first, end, said=said)
            if kind is None:
                continue
            was_sure = is_sure
            is_sure = kind is Kind.PHONE and self.phones.is_sure(digits, has_plus=said.has_plus)
            is_whole = is_sure or (kind is Kind.ID and len(digits) == ID_DIGITS)
            goes_on = not was_sure and hit is not None and chain.is_written_on(hit[1], end)
            if hit is None or is_whole or goes_on:
                hit = (kind, end)
            is_sure = is_sure or was_sure
        return hit

    def classify(
        self, digits: str, chain: Chain, first: int, end: int, *, said: Said
    ) -> Kind | None:
        """Say what digits are, by themselves and by what is said before them."""
        about = said.about
        is_id = Kind.ID in self.kinds and ID_DIGITS - 1 <= len(digits) <= ID_DIGITS
        is_bounded = is_id and chain.is_bounded(first, end)
        is_bounded = is_bounded and (about is Kind.ID or chain.is_clean(first, end))
        is_glued = said.is_glued and about is None
        is_id = is_bounded and not is_glued and is_identity(digits)
        if is_bounded and about is Kind.ID and len(digits) == ID_DIGITS - 1:
            is_id = is_identity(f"0{digits}")
        is_phone = Kind.PHONE in self.kinds and self.is_phone(digits, chain, first, end, said=said)
        if is_id and about is not Kind.PHONE:
            is_in_one = end - first == 1 or about is Kind.ID
            if is_in_one or not (is_phone and self.phones.is_sure(digits, has_plus=False)):
                return Kind.ID
        if is_phone:
            return Kind.PHONE
        if is_id:
            return Kind.ID
        return None

    def is_phone(self, digits: str, chain: Chain, first: int, end: int, *, said: Said) -> bool:
        if self.phones.is_sure(digits, has_plus=said.has_plus):
            return True
        if not (chain.is_bounded(first, end) and chain.is_clean(first, end)):
            return False
        if said.about is Kind.PHONE:
            # `*2700` is dialled as it is, and is nobody's.
            return self.phones.is_local(digits) and not said.has_star
        if said.is_glued and not said.has_plus:
            return False
        if self.phones.is_likely(digits, has_plus=said.has_plus):
            return True
        has_parts = end - first > 1 and chain.is_written_on(first + 1, end)
        if not has_parts or chain.pieces[first].item.role is not None:
            return False
        parts = tuple(len(piece.digits) for piece in chain.pieces[first:end])
        return parts == NANP_PARTS or (parts[0] <= 2 and self.phones.is_without_zero(digits))


def find_written(number: int, text: str, weight: int, kinds: Collection[Kind]) -> Iterator[Finding]:
    """Yield what is found in one line by its own form: addresses and account numbers."""
    if Kind.EMAIL in kinds:
        for start, end in find_addresses(text):
            yield Finding(Kind.EMAIL, (Span(number, start, end),))
    if Kind.IBAN in kinds and weight >= IBAN_FEWEST_DIGITS:
        for start, end in find_ibans(text):
            yield Finding(Kind.IBAN, (Span(number, start, end),))


def take_out(
    chain: Chain, search: Search, lines: Sequence[Line]
) -> tuple[list[Finding], list[Chain]]:
    """Return what a search finds in a chain, and what is left of the chain around it."""
    found: list[Finding] = []
    left: list[Chain] = []
    begin = first = 0
    while first < len(chain.pieces):
        hit = search(chain, first, lines)
        if hit is None:
            first += 1
            continue
        kind, end = hit
        spans = list(chain.spans(first, end, lines))
        if kind is Kind.IBAN:
            spans[0] = take_country(spans[0], lines[spans[0].line].text)
        found.append(Finding(kind, tuple(spans)))
        left.append(Chain(chain.pieces[begin:first]))
        begin = first = end
    left.append(Chain(chain.pieces[begin:]))
    return found, left


def find_account(chain: Chain, first: int, lines: Sequence[Line]) -> Hit | None:
    """Find an account number of digits behind the letters of its country."""
    country = _COUNTRY.search(text_before(chain, first, lines))
    if country is None:
        return None
    letters = country[1] + country[2]
    hit = None
    for end, digits in chain.windows(first, IBAN_CHARACTERS):
        if len(digits) > 11 and is_iban(letters + digits):
            hit = (Kind.IBAN, end)
    return hit


def find_card(chain: Chain, first: int, _: Sequence[Line]) -> Hit | None:
    hit = None
    for end, digits in chain.windows(first, CARD_DIGITS):
        if not is_card(digits):
            continue
        if hit is None or len(digits) == USUAL_CARD_DIGITS or chain.is_bounded(first, end):
            hit = (Kind.CARD, end)
    if hit is None:
        return None
    return Kind.CARD, find_end_of_cards(chain, first, hit[1])


def find_end_of_cards(chain: Chain, first: int, end: int) -> int:
    """Return where the last card ends that begins within one, which may be one by chance."""
    begin = first + 1
    while begin < end:
        for other_end, digits in chain.windows(begin, USUAL_CARD_DIGITS):
            is_one = other_end > end and len(digits) == USUAL_CARD_DIGITS and is_card(digits)
            if is_one and chain.is_written_on(begin + 1, other_end):
                end = other_end
        begin += 1
    return end


def take_country(span: Span, text: str) -> Span:
    """Take the letters of the country in."""
    country = _COUNTRY.search(text[max(0, span.start - CONTEXT) : span.start])
    if country is None:
        return span
    return span._replace(start=span.start - len(country[0]))
