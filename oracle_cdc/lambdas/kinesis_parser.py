"""Records as AWS Lambda hands them over, read."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from oracle_cdc.changes.rules.codec import parse_object
from oracle_cdc.changes.rules.dead_letters import Place
from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.processor.publishing.records import Received


def parse_kinesis_records(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, object]]:
    """Return the row changes that records hold, each as its JSON object.

    Raises ParseError for the first that holds none, without a value of it.

    Parameters:
        records: the Records of an event of Kinesis.
    """
    parsed: list[Mapping[str, object]] = []
    for record in read_records(records):
        if record.fault is not None:
            raise record.fault
        parsed.append(parse_object(record.data))
    return parsed


def read_records(records: Sequence[Mapping[str, Any]]) -> list[Received]:
    """Return records as the processor takes them. One that can't be decoded says so itself."""
    return [read_record(record) for record in records]


def read_record(record: Mapping[str, Any]) -> Received:
    """Return one record. Raises KeyError for what is no record of Kinesis."""
    kinesis = record["kinesis"]
    text = str(kinesis["data"])
    # eventID is shardId-000000000000:49590338271490256608559692538361571095921575989136588898.
    shard_id, _, number = str(record["eventID"]).partition(":")
    stream = str(record.get("eventSourceARN", "")).rpartition("/")[2]
    place = Place(stream, shard_id, str(kinesis.get("sequenceNumber", number)))
    try:
        return Received(place, base64.b64decode(text, validate=True))
    except ValueError:
        fault = ParseError("a record is no base64")
    return Received(place, text.encode(errors="replace"), fault)
