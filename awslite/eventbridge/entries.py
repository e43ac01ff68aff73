"""What EventBridge makes of one entry of PutEvents: its size, and why it is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from awslite.refusals import Document

LONGEST_DETAIL_TYPE = 128
DEEPEST_JSON = 1000
#: The bounds of integers in a detail, by the documentation of PutEvents.
SMALLEST_INTEGER, LARGEST_INTEGER = -(2**63), 2**63 - 1
#: What a Time counts towards an entry's size.
TIME_BYTES = 14
REQUIRED = ("Source", "DetailType", "Detail")


class Unacceptable(Exception):
    """An entry is refused with an error code and a message, and the others are not."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def size_of(entry: Document) -> int:
    """Return the bytes that an entry counts.

    Source: docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
    """
    size = 0
    if entry.get("Time") is not None:
        size += TIME_BYTES
    for name in REQUIRED:
        size += len((entry.get(name) or "").encode())
    for resource in entry.get("Resources") or ():
        size += len(resource.encode())
    return size


def check_entry(entry: Document) -> Document:
    """Return the detail of an entry, parsed. Raises Unacceptable."""
    for name in REQUIRED:
        if not entry.get(name):
            raise invalid_argument(name, f"{name} is a required argument.")
    if len(entry["DetailType"]) > LONGEST_DETAIL_TYPE:
        raise invalid_argument(
            "DetailType", f"DetailType must have at most {LONGEST_DETAIL_TYPE} characters."
        )
    return read_detail(entry["Detail"])


def read_detail(text: str) -> Document:
    """Return a detail as an object. Raises Unacceptable for what is none, or has no place here."""
    try:
        detail = json.loads(text, parse_int=read_integer, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unacceptable("MalformedDetail", "Detail is malformed.") from error
    if not isinstance(detail, dict) or depth_of(detail) > DEEPEST_JSON:
        raise Unacceptable("MalformedDetail", "Detail is malformed.")
    return detail


def read_integer(digits: str) -> int:
    """Return an integer. Raises ValueError for one that takes more than 64 bits."""
    number = int(digits)
    if not SMALLEST_INTEGER <= number <= LARGEST_INTEGER:
        raise ValueError("an integer of more than 64 bits")
    return number


def refuse_constant(name: str) -> NoReturn:
    """Raise ValueError: NaN and Infinity are no JSON."""
    raise ValueError(name)


def depth_of(value: Any) -> int:
    """Return how many levels of objects and arrays a value has."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        below: list[Any] = []
        for item in level:
            below.extend(item.values() if isinstance(item, dict) else item)
        level = below
    return depth


def invalid_argument(name: str, reason: str) -> Unacceptable:
    return Unacceptable("InvalidArgument", f"Parameter {name} is not valid. Reason: {reason}")
