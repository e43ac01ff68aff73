"""Where in a shard reading begins, and sequence numbers, which are too long for most things.

A sequence number has up to 56 digits: more than a Number of DynamoDB keeps exactly, and as text
"9" would follow "10".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

#: Digits of a sequence number as it is kept, so that the order of texts is that of numbers.
DIGITS = 64
#: Kept of a shard of which nothing is processed yet.
NOTHING_YET = "0" * DIGITS

# The iterators of GetShardIterator:
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
TRIM_HORIZON = "TRIM_HORIZON"
LATEST = "LATEST"
AT_TIMESTAMP = "AT_TIMESTAMP"
AT_SEQUENCE_NUMBER = "AT_SEQUENCE_NUMBER"
AFTER_SEQUENCE_NUMBER = "AFTER_SEQUENCE_NUMBER"


@dataclass(frozen=True)
class Position:
    """Where reading begins.

    kind: as GetShardIterator names it.
    sequence_number: at which or behind which.
    moment: with a zone. Records that came at it or later are read.
    """

    kind: str
    sequence_number: str | None = None
    moment: datetime | None = None


OLDEST = Position(TRIM_HORIZON)
NEWEST = Position(LATEST)


def at(sequence_number: str) -> Position:
    """Return the position of a record."""
    return Position(AT_SEQUENCE_NUMBER, sequence_number=sequence_number)


def after(sequence_number: str) -> Position:
    """Return the position behind a record."""
    return Position(AFTER_SEQUENCE_NUMBER, sequence_number=sequence_number)


def since(moment: datetime) -> Position:
    """Return the position of the first record that came at a moment or later."""
    return Position(AT_TIMESTAMP, moment=moment.astimezone(timezone.utc))


def pad(sequence_number: str) -> str:
    """Return a sequence number as it is kept, in 64 digits.

    Raises ValueError for what is no number of at most 64 digits.
    """
    if not sequence_number.isascii() or not sequence_number.isdigit():
        raise ValueError("a sequence number of Kinesis has digits only")
    padded = sequence_number.lstrip("0").rjust(DIGITS, "0")
    if len(padded) > DIGITS:
        raise ValueError(f"a sequence number of {len(padded)} digits: {DIGITS} are kept")
    return padded


def unpad(kept: str) -> str:
    """Return a kept sequence number as Kinesis gave it."""
    return kept.lstrip("0") or "0"


def is_later(one: str, other: str) -> bool:
    """Return whether a sequence number comes behind another of its shard."""
    return int(one) > int(other)
