"""What EventBridge takes: sizes in bytes, integers, levels."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html, and PutEvents of
# botocore's service model of EventBridge (botocore/data/events/2015-10-07).

MAX_ENTRIES = 10
#: "The total entry size must be less than 1MB." Regions of China take 256 KB:
#: https://docs.amazonaws.cn/goto/WebAPI/eventbridge-2015-10-07/PutEvents
MAX_REQUEST_BYTES = 1024 * 1024 - 1
#: Characters of a detail type. What is longer is accepted, and then not delivered.
MAX_DETAIL_TYPE_LENGTH = 128
SMALLEST_INTEGER, LARGEST_INTEGER = -(2**63), 2**63 - 1
#: Levels of objects and arrays.
MAX_LEVELS = 1000

#: What a time counts towards the size of an entry:
#: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
TIME_BYTES = 14


class BusEntry(NamedTuple):
    """One event to a bus.

    detail: an object, as JSON.
    time: when what it is of happened, with a zone.
    """

    source: str
    detail_type: str
    detail: str
    time: datetime | None = None

    @property
    def size_bytes(self) -> int:
        """Return the bytes that EventBridge counts."""
        size = len(self.source.encode()) + len(self.detail_type.encode())
        if self.time is not None:
            size += TIME_BYTES
        return size + len(self.detail.encode())


def find_excess(entry: BusEntry) -> str | None:
    """Return what of an entry is more than EventBridge takes, or None."""
    length = len(entry.detail_type)
    if length > MAX_DETAIL_TYPE_LENGTH:
        return f"a detail type of {length} characters, {MAX_DETAIL_TYPE_LENGTH} are allowed"
    size = entry.size_bytes
    if size > MAX_REQUEST_BYTES:
        return f"an event of {size} bytes, {MAX_REQUEST_BYTES} are allowed"
    return None


def find_excess_in(detail: object) -> str | None:
    """Return what of a detail, as JSON was read, is more than EventBridge takes, or None.

    Integers have 64 bits there, and JSON has a limited number of levels.
    """
    levels = 0
    values = [detail]
    while values:
        below: list[object] = []
        for value in values:
            if isinstance(value, int) and not SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
                return "an integer of more than 64 bits"
            if isinstance(value, dict):
                below += value.values()
            elif isinstance(value, (list, tuple)):
                below += value
        # Values that hold no others make no level.
        if any(isinstance(value, (dict, list, tuple)) for value in values):
            levels += 1
        if levels > MAX_LEVELS:
            return f"more than {MAX_LEVELS} levels"
        values = below
    return None
