"""Phone numbers, by what is known of each country's."""

from __future__ import annotations

import re

import phonenumbers

#: Longest number (E.164), with the two digits that dial out of a country.
PHONE_DIGITS = 17
#: A shorter one that does not begin as phone numbers do is none by itself.
SHORTEST, SHORTEST_LOCAL = 9, 7
#: Numbers of these regions are one by their form, also where other digits stand around them. The
#: tables of assigned blocks are no help: they miss some that are in use.
SURE = {"IL": re.compile(r"0[57]\d{8}|0[23489]\d{7}|1[789]00\d{6}|159\d{7}")}


class Phones:
    """Knows phone numbers among other digits.

    Parameters:
        region: whose numbers are written without their country, in two letters.
    """

    def __init__(self, region: str) -> None:
        self.region = region
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        if metadata is None:
            raise ValueError(f"no region {region}")
        self.prefix = metadata.national_prefix or ""
        self.code = str(metadata.country_code)
        self.sure = SURE.get(region)

    def is_sure(self, digits: str, *, has_plus: bool) -> bool:
        """Return whether digits are a phone number whatever stands around them."""
        if self.sure is not None and self.sure.fullmatch(self.nationalize(digits)):
            return True
        if has_plus or is_dialled_out(digits):
            return len(digits) >= SHORTEST and self.is_valid(digits, has_plus=has_plus)
        if self.sure is not None:
            return False
        return self.is_prefixed(digits) and self.is_valid(digits, has_plus=False)

    def nationalize(self, digits: str) -> str:
        """Return digits behind the country's own code as they are dialled within it."""
        behind = digits.removeprefix("00")
        if not behind.startswith(self.code):
            return digits
        return self.prefix + behind.removeprefix(self.code).removeprefix("0")

    def is_likely(self, digits: str, *, has_plus: bool) -> bool:
        """Return whether digits that stand by themselves are a phone number."""
        if len(digits) < SHORTEST:
            return False
        if has_plus or is_dialled_out(digits):
            return self.is_possible(digits, has_plus=has_plus)
        if self.is_prefixed(digits):
            return self.is_possible(digits, has_plus=False)
        if digits.startswith(self.code) and len(digits) >= len(self.code) + SHORTEST_LOCAL + 1:
            national = digits.removeprefix(self.code)
            return self.is_sure(self.prefix + national.removeprefix("0"), has_plus=False)
        return not self.prefix.startswith("0") and self.is_valid(digits, has_plus=False)

    def is_local(self, digits: str) -> bool:
        """Return whether digits are a phone number where the text says that one comes."""
        shortest = SHORTEST_LOCAL
        if self.is_prefixed(digits):
            shortest = SHORTEST
        return len(digits) >= shortest and self.is_possible(digits, has_plus=False)

    def is_without_zero(self, digits: str) -> bool:
        """Return whether digits are a number that is written without its first zero."""
        return self.prefix == "0" and self.is_sure(f"0{digits}", has_plus=False)

    def is_prefixed(self, digits: str) -> bool:
        """Return whether digits begin as numbers of the region do."""
        return bool(self.prefix) and digits.startswith(self.prefix) and digits[1:2] != "0"

    def is_possible(self, digits: str, *, has_plus: bool) -> bool:
        parsed = self.parse(digits, has_plus=has_plus)
        return parsed is not None and phonenumbers.is_possible_number(parsed)

    def is_valid(self, digits: str, *, has_plus: bool) -> bool:
        parsed = self.parse(digits, has_plus=has_plus)
        return parsed is not None and phonenumbers.is_valid_number(parsed)

    def parse(self, digits: str, *, has_plus: bool) -> phonenumbers.PhoneNumber | None:
        if has_plus:
            digits = f"+{digits}"
        elif is_dialled_out(digits):
            digits = f"+{digits[2:]}"
        try:
            return phonenumbers.parse(digits, self.region)
        except phonenumbers.NumberParseException:
            return None


def is_dialled_out(digits: str) -> bool:
    """Return whether digits begin as those that are dialled out of a country."""
    return digits.startswith("00") and digits[2:3] not in ("", "0")
