"""Events as AWS Lambda hands them to functions."""

from __future__ import annotations

import base64
from typing import Any

from oracle_cdc.changes.rules.codec import encode
from tests.changes.changefixtures import make_change

ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/coredb-cdc-stream"


class Context:
    """Of an invocation with this time left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def kinesis_record(data: bytes | str, number: int) -> dict[str, Any]:
    """Return a record of an event. Text is what is not even base64."""
    if isinstance(data, bytes):
        data = base64.b64encode(data).decode()
    sequence = f"4959033827149025660855969253836157109592157598913658{number:04}"
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "users|1",
            "sequenceNumber": sequence,
            "data": data,
            "approximateArrivalTimestamp": 1705314600.0,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000006:{sequence}",
        "eventName": "aws:kinesis:record",
        "awsRegion": "us-east-1",
        "eventSourceARN": ARN,
    }


def row_record(number: int, row: int, **more: object) -> dict[str, Any]:
    change = make_change(None, {"id": row, **more}, number=number, keys={"id": row})
    return kinesis_record(encode(change), number)


def kinesis_event(*records: dict[str, Any]) -> dict[str, Any]:
    return {"Records": list(records)}
