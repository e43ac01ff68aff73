"""Times that others wrote down, read alike by each Python."""

from __future__ import annotations

import re
from datetime import datetime

_FRACTION = re.compile(r"[.,](\d+)")
_OFFSET = re.compile(r"(:\d\d(?:\.\d+)?[+-]\d\d)(\d\d)?$")


def read_instant(text: str) -> datetime:
    """Read a time with a zone, in ISO 8601, such as 2024-01-15T10:30:00.5Z.

    Raises ValueError for what is none.
    """
    moment = read_time(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return moment


def read_time(text: str) -> datetime:
    """Read a time in ISO 8601, whatever digits its fraction has. Raises ValueError.

    What is beyond microseconds is cut off.
    """
    # Python 3.10 reads no Z, no offset of four digits, and of a fraction three digits or six.
    plain = text.replace("Z", "+00:00")
    plain = _FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", plain, count=1)
    plain = _OFFSET.sub(lambda found: f"{found[1]}:{found[2] or '00'}", plain)
    return datetime.fromisoformat(plain)
