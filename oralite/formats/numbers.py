"""TO_CHAR and TO_NUMBER with a number format model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from oralite.errors import NotSupported, OraError
from oralite.formats.digits import EXACT, digit_text
from oralite.values import invalid_number, scientific_text

_SIGNS = ("S", "MI", "PR")
_HEXADECIMAL = re.compile(r"(FM)?(0*)(X+)", re.IGNORECASE)
_ELEMENTS = re.compile(r"FM|EEEE|MI|PR|[09.,DGSVBL$]|(?P<refused>TME|RN|[CU])", re.IGNORECASE)
_NUMBER = re.compile(r"(\d*)(?:\.(\d*))?(?:E([+-]?\d{1,3}))?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class NumberFormat:
    """A number format.

    whole: the digits (9 or 0) and commas before the point.

    fraction: those behind it. shift: how many follow V.
    """

    whole: str
    fraction: str
    has_point: bool = False
    sign: str = ""
    leading_sign: bool = False
    currency: bool = False
    fill: bool = True
    blank_zero: bool = False
    scientific: bool = False
    shift: int = 0

    @property
    def width(self) -> int:
        signs = {"PR": 2, "": 1}.get(self.sign, 1)
        if self.scientific:
            exponent = 4
        else:
            exponent = 0
        return (
            len(self.whole) + len(self.fraction) + self.has_point + self.currency + signs + exponent
        )


@lru_cache(maxsize=1024)
def parse_number_format(text: str) -> NumberFormat:
    """Return the format that a text is. Raises ORA-01481 for one that is none."""
    names = _split(text)
    upper = []
    for name in names:
        if name not in ("FM", "S", "MI", "PR", "$", "L", "B", "EEEE"):
            upper.append(name)
    whole, has_point, fraction = _split_at_point(upper)
    if "V" in whole:
        shift = len(whole) - whole.index("V") - 1
    else:
        shift = 0
    signs = []
    for name in names:
        if name in _SIGNS:
            signs.append(name)
    return NumberFormat(
        whole="".join(whole).replace("V", ""),
        fraction="".join(fraction),
        has_point=has_point,
        sign=signs[0] if signs else "",
        leading_sign=[name for name in names if name != "FM"][:1] == ["S"],
        currency="$" in names or "L" in names,
        fill="FM" not in names,
        blank_zero="B" in names,
        scientific="EEEE" in names,
        shift=shift,
    )


def _split(text: str) -> list[str]:
    names, position = [], 0
    while position < len(text):
        match = _ELEMENTS.match(text, position)
        if match is None:
            raise _invalid_format()
        if match["refused"]:
            raise NotSupported(f"the number format element {match[0]}", text)
        names.append(match[0].upper().replace("D", ".").replace("G", ","))
        position = match.end()
    if sum(name in _SIGNS for name in names) > 1 or names.count(".") > 1 or names.count("V") > 1:
        raise _invalid_format()
    return names


def _split_at_point(names: list[str]) -> tuple[list[str], bool, list[str]]:
    if "." not in names:
        return names, False, []
    point = names.index(".")
    fraction = names[point + 1 :]
    if "," in fraction or "V" in names:
        raise _invalid_format()
    return names[:point], True, fraction


def _invalid_format() -> OraError:
    return OraError(1481, "invalid number format model")


def write_number(number: int | Decimal, format_text: str) -> str:
    """Return the number as TO_CHAR gives it: signs of number # where it does not fit."""
    if format_text.upper() in ("TM", "TM9"):
        return digit_text(number)
    hexadecimal = _HEXADECIMAL.fullmatch(format_text)
    if hexadecimal:
        return _write_hexadecimal(number, hexadecimal)
    layout = parse_number_format(format_text)
    if layout.scientific:
        text = _write_scientific(number, layout)
    else:
        text = _write_fixed(number, layout)
    if text is None:
        return "#" * layout.width
    if layout.fill:
        return text.rjust(layout.width)
    return text.strip()


def _write_hexadecimal(number: int | Decimal, match: re.Match[str]) -> str:
    width = len(match[2]) + len(match[3])
    whole = int(EXACT.to_integral_value(Decimal(number)))
    if match[3][0] == "X":
        text = f"{whole:X}"
    else:
        text = f"{whole:x}"
    if whole < 0 or len(text) > width:
        return "#" * (width + 1)
    if match[2]:
        text = text.zfill(width)
    if match[1]:
        return text
    return text.rjust(width + 1)


def _write_scientific(number: int | Decimal, layout: NumberFormat) -> str | None:
    sign, digits, exponent = Decimal(number).as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    if text:
        power = int(exponent)
    else:
        power = -len(layout.fraction)
    mantissa = scientific_text(
        text or "0" * (len(layout.fraction) + 1), power, len(layout.fraction)
    )
    return _with_sign(mantissa, sign == 1 and bool(text), layout)


def _write_fixed(number: int | Decimal, layout: NumberFormat) -> str | None:
    scaled = EXACT.scaleb(Decimal(number), layout.shift)
    rounded = scaled.quantize(Decimal((0, (1,), -len(layout.fraction))), ROUND_HALF_UP, EXACT)
    whole, _, fraction = f"{rounded.copy_abs():f}".partition(".")
    if layout.blank_zero and not rounded:
        return " " * layout.width
    body = _write_whole(whole.lstrip("0"), layout)
    if body is None:
        return None
    body += _write_fraction(fraction, layout)
    return _with_sign("0." if body == "." else body, number < 0, layout)


def _write_whole(digits: str, layout: NumberFormat) -> str | None:
    """Return the digits laid under the 9s and 0s from the right, with the commas that stand between
    shown ones.
    """
    places = sum(place in "90" for place in layout.whole)
    if len(digits) > places:
        return None
    zeros_from = layout.whole.find("0")
    if not digits and zeros_from < 0:
        if layout.fraction or layout.has_point:
            return ""
        return "0"
    shown: list[str] = []
    remaining = digits.rjust(places)
    for position, place in enumerate(layout.whole):
        if place == ",":
            shown.append("," if shown and shown[-1] != " " else " ")
            continue
        digit, remaining = remaining[0], remaining[1:]
        shown.append("0" if digit == " " and 0 <= zeros_from <= position else digit)
    return "".join(shown).lstrip(" ")


def _write_fraction(fraction: str, layout: NumberFormat) -> str:
    if not layout.has_point:
        return ""
    if layout.fill:
        return "." + fraction
    kept = max(layout.fraction.rfind("0") + 1, len(fraction.rstrip("0")))
    return "." + fraction[:kept]


def _with_sign(body: str, negative: bool, layout: NumberFormat) -> str:
    if layout.currency:
        body = "$" + body
    if layout.sign == "PR":
        if negative:
            return f"<{body}>"
        return f" {body} "
    if layout.sign == "MI":
        return body + ("-" if negative else " ")
    if layout.sign == "S":
        if negative:
            sign = "-"
        else:
            sign = "+"
        if layout.leading_sign:
            return sign + body
        return body + sign
    return ("-" if negative else " ") + body


def read_number(text: str, format_text: str) -> int | Decimal:
    """Return the number that text spells by a format.

    Raises ORA-01722 where it does not follow it.
    """
    if _HEXADECIMAL.fullmatch(format_text):
        return _read_hexadecimal(text)
    if format_text.upper() in ("TM", "TM9"):
        return _read_digits(text.strip(), 64, 64)
    layout = parse_number_format(format_text)
    body, negative = _strip_sign(text.strip(), layout)
    places = sum(place in "90" for place in layout.whole)
    number = _read_digits(
        body.removeprefix("$").replace(",", ""), places - layout.shift, len(layout.fraction)
    )
    if negative:
        return number.copy_negate()
    return number


def _read_hexadecimal(text: str) -> int:
    if not re.fullmatch(r"\s*[0-9A-Fa-f]+\s*", text):
        raise invalid_number()
    return int(text, 16)


def _strip_sign(text: str, layout: NumberFormat) -> tuple[str, bool]:
    if layout.sign == "PR" and text.startswith("<") and text.endswith(">"):
        return text[1:-1].strip(), True
    trailing = layout.sign == "MI" or (layout.sign == "S" and not layout.leading_sign)
    if trailing and text.endswith(("+", "-")):
        return text[:-1].strip(), text.endswith("-")
    if not trailing and text.startswith(("+", "-")):
        return text[1:], text.startswith("-")
    return text, False


def _read_digits(text: str, whole_places: int, fraction_places: int) -> Decimal:
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        raise invalid_number()
    if len(match[1].lstrip("0")) > whole_places or len(match[2] or "") > fraction_places:
        raise invalid_number()
    return Decimal(f"{match[1] or 0}.{match[2] or 0}E{match[3] or 0}")
