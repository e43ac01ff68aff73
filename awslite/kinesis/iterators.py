"""Shard iterators: a place in a shard, which holds for some minutes."""

from __future__ import annotations

import base64
import json
from typing import NamedTuple

from awslite.kinesis.shards import Shard
from awslite.refusals import Document, Refused


class Iterator(NamedTuple):
    """A place in a shard.

    sequence: the lowest sequence number that is still to be read.
    made_at: when it was given out, in seconds since 1970.
    empty_reads: how many reads give nothing before its records come.
    """

    arn: str
    shard: str
    sequence: int
    made_at: float
    empty_reads: int = 0

    def write(self) -> str:
        """Return the text that stands for it on the wire."""
        return base64.b64encode(json.dumps(self).encode()).decode()


def read_iterator(text: str) -> Iterator:
    """Return the place that a text stands for. Raises Refused for a text of no iterator."""
    try:
        return Iterator(*json.loads(base64.b64decode(text, validate=True)))
    except (ValueError, TypeError) as error:
        raise Refused("InvalidArgumentException", "Invalid ShardIterator.") from error


def find_start(shard: Shard, document: Document, at: float) -> int:
    """Return the lowest sequence number that a request for an iterator wants.

    at: the present, in seconds since 1970.
    """
    kind: str = document["ShardIteratorType"]
    if kind == "TRIM_HORIZON":
        return shard.first_sequence
    if kind == "LATEST":
        return shard.next_sequence + 1
    if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        return read_number(shard, document) + (kind == "AFTER_SEQUENCE_NUMBER")
    if kind == "AT_TIMESTAMP":
        moment = float(require(document, "Timestamp", kind))
        if moment > at:
            raise Refused(
                "InvalidArgumentException",
                "The timestampInMillis parameter cannot be greater than the"
                f" currentTimestampInMillis. timestampInMillis: {moment * 1000:.0f},"
                f" currentTimestampInMillis: {at * 1000:.0f}",
            )
        for record in shard.records:
            if record.arrived >= moment:
                return record.sequence
        return shard.next_sequence + 1
    raise Refused("ValidationException", f"ShardIteratorType {kind!r} is none of the five")


def read_number(shard: Shard, document: Document) -> int:
    """Return the sequence number of a request. Raises Refused for one of another shard."""
    text = require(document, "StartingSequenceNumber", document["ShardIteratorType"])
    if not text.isdecimal():
        raise Refused("InvalidArgumentException", f"StartingSequenceNumber {text} is no number")
    number = int(text)
    # The last number of a shard is its end, which can be asked for as well.
    if not shard.first_sequence <= number <= shard.next_sequence:
        raise Refused(
            "InvalidArgumentException",
            f"StartingSequenceNumber {text} used in GetShardIterator on shard {shard.name} is"
            " invalid because it did not come from this stream.",
        )
    return number


def require(document: Document, name: str, kind: str) -> str:
    """Return a parameter that this type of iterator needs."""
    if name not in document:
        raise Refused("InvalidArgumentException", f"Must either specify {name} or not {kind}.")
    return str(document[name])
