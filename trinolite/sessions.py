"""Properties of a session: the one of the Hive connector that changes what is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from trinolite.refusals import Refused
from trinolite.warehouse import MILLISECONDS, Warehouse

SET = re.compile(r"\s*SET\s+SESSION\s+(\S+)\s*=\s*'([^']*)'\s*", re.I)
PRECISION = "timestamp_precision"
#: Digits of a second, by the name of a precision.
DIGITS = {"MILLISECONDS": MILLISECONDS, "MICROSECONDS": 6, "NANOSECONDS": 9}


def read_header(header: str) -> dict[str, str]:
    """Return the properties that a request's header has."""
    found: dict[str, str] = {}
    for each in header.split(","):
        name, _, value = each.strip().partition("=")
        if name:
            found[name] = unquote(value)
    return found


def digits_of(warehouse: Warehouse, properties: Mapping[str, str]) -> dict[str, int]:
    """Return the digits of a second that each catalog shows. Raises Refused."""
    found: dict[str, int] = {}
    for name, value in properties.items():
        catalog, _, last = name.partition(".")
        if last != PRECISION or not warehouse.has_files(catalog):
            message = f"Session property '{name}' does not exist"
            raise Refused("INVALID_SESSION_PROPERTY", message)
        if value not in DIGITS:
            raise Refused("INVALID_SESSION_PROPERTY", f"Invalid value [{value}]")
        found[catalog] = DIGITS[value]
    return found
