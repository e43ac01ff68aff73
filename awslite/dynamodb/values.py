"""Attribute values as DynamoDB writes them: {"S": "text"}, {"N": "12"} and so on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from awslite.refusals import invalid

#: Quotas of docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
MOST_DIGITS = 38
LARGEST, SMALLEST = Decimal("9.9999999999999999999999999999999999999E+125"), Decimal("1E-130")
MOST_ITEM_BYTES = 400 * 1024
#: Rounds nothing that DynamoDB stores.
EXACT = Context(prec=300)
TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"})
INVALID = "One or more parameter values were invalid: "
#: What an item, a map and a list count beside what stands in them.
CONTAINER_BYTES = 3

Value = Mapping[str, Any]
Item = dict[str, Value]


def type_of(value: Value) -> str:
    return next(iter(value))


def number_of(value: Value) -> Decimal:
    return Decimal(value["N"])


def check_item(item: Mapping[str, Value]) -> Item:
    """Return an item as it is stored, with numbers in their one form.

    Raises Refused for a value that DynamoDB does not store, and for an item of over 400 KB.
    """
    checked = {}
    for name, value in item.items():
        checked[name] = check_value(value)
    if size_of_map(checked) > MOST_ITEM_BYTES:
        raise invalid("Item size has exceeded the maximum allowed size")
    return checked


def check_value(value: Value) -> Value:
    """Return a value as it is stored. Raises Refused for one that DynamoDB does not store."""
    if len(value) != 1 or type_of(value) not in TYPES:
        raise invalid(f"Supplied AttributeValue has {sorted(value)}, not one of {sorted(TYPES)}")
    kind = type_of(value)
    content = value[kind]
    if kind == "N":
        return {"N": check_number(content)}
    if kind in ("SS", "NS", "BS"):
        return {kind: check_set(kind, content)}
    if kind == "M":
        return {"M": {name: check_value(entry) for name, entry in content.items()}}
    if kind == "L":
        return {"L": list(map(check_value, content))}
    return dict(value)


def check_set(kind: str, content: list[str]) -> list[str]:
    if not content or len(set(content)) < len(content):
        raise invalid(f"{INVALID}a set is empty or has duplicates")
    if kind == "NS":
        return list(map(check_number, content))
    return content


def check_number(text: str) -> str:
    """Return a number as it is stored: plain digits, without zeros that say nothing.

    Raises Refused for what is no number, has over 38 digits, or is too large or too small.
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}")
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if len(digits) > MOST_DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    if number.copy_abs() > LARGEST:
        raise invalid(
            "Number overflow. Attempting to store a number with magnitude larger than supported"
            " range"
        )
    if number and number.copy_abs() < SMALLEST:
        raise invalid(
            "Number underflow. Attempting to store a number with magnitude smaller than supported"
            " range"
        )
    return write_number(number)


def write_number(number: Decimal) -> str:
    """Return the plain digits of a number, whatever its exponent."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text == "-0":
        return "0"
    return text


def size_of_map(content: Mapping[str, Value]) -> int:
    """Return the bytes that names and values count together."""
    size = 0
    for name, value in content.items():
        size += len(name.encode()) + size_of(value)
    return size


def size_of(value: Value) -> int:
    """Return the bytes that a value counts, about as DynamoDB does."""
    kind = type_of(value)
    content = value[kind]
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content) // 2 + 2
    if kind == "B":
        return len(content) * 3 // 4
    if kind == "M":
        return CONTAINER_BYTES + len(content) + size_of_map(content)
    if kind == "L":
        return CONTAINER_BYTES + len(content) + sum(map(size_of, content))
    if kind in ("SS", "NS", "BS"):
        return sum(map(len, content))
    return 1
