"""Times that others wrote down, read alike by each Python."""

from __future__ import annotations

import re
from datetime import datetime

#: A day, and a time of day with or without seconds, a fraction and a zone.
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d:\d\d)(?:(:\d\d)(?:[.,](\d+))?)?(?:(Z)|([+-]\d\d):?(\d\d)?)?)?",
    re.ASCII,
)


def read_instant(text: str) -> datetime:
    """Read a time with a zone, in ISO 8601, such as 2024-01-15T10:30:00.5Z.

    Raises ValueError for what is none.
    """
    moment = read_time(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return moment


def read_time(text: str) -> datetime:
    """Read a day, or a day and a time, in the extended form of ISO 8601.

    A fraction may have any digits, of which those beyond microseconds are cut off.
    Raises ValueError for what is none.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time such as 2024-01-15T10:30:00.5Z")
    day, minute, second, fraction, utc, hours, minutes = found.groups()
    # datetime.fromisoformat reads a Z, and other fractions than these, on newer Pythons only.
    microseconds = (fraction or "")[:6].ljust(6, "0")
    zone = ""
    if utc or hours:
        zone = f"{hours or '+00'}:{minutes or '00'}"
    plain = f"{day}T{minute or '00:00'}{second or ':00'}.{microseconds}"
    return datetime.fromisoformat(plain + zone)
