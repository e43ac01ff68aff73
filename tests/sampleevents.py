"""The event that AWS Lambda hands to a function for records of a Kinesis stream, from changes.

https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-example.html shows one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from oracle_cdc.changes.rules.codec import encode
from oracle_cdc.changes.rules.partitions import make_partition_key
from oracle_cdc.changes.rules.values import Change, Metadata, Operation

REGION, ACCOUNT, STREAM = "us-east-1", "123456789012", "coredb-cdc-stream"
SHARD = "shardId-000000000000"
#: Of the first record, with the 56 digits that Kinesis gives.
FIRST_SEQUENCE = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898
ARRIVED_AT = 1_705_314_600.5

#: The change that shows what an event looks like.
SAMPLE = Change(
    "users",
    Operation.UPDATE,
    "2024-01-15T10:30:00Z",
    {"id": "user-123", "name": "Dana", "status": "active", "updated_at": "2024-01-10T08:00:00"},
    {"id": "user-123", "name": "Dana", "status": "inactive", "updated_at": "2024-01-15T10:30:00"},
    {"id": "user-123"},
    Metadata(
        transaction_id="txn-456",
        sequence_number="12345678901234567890",
        event_id="users-12345678901234567890",
        event_type="user.changed",
    ),
)


def make_event(changes: Sequence[Change]) -> dict[str, object]:
    """Return the event of some changes, in the order of one shard."""
    records = [make_record(number, change) for number, change in enumerate(changes)]
    return {"Records": records}


def make_record(number: int, change: Change) -> dict[str, object]:
    sequence_number = str(FIRST_SEQUENCE + number)
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": make_partition_key(change.table, change.keys),
            "sequenceNumber": sequence_number,
            "data": base64.b64encode(encode(change)).decode(),
            "approximateArrivalTimestamp": ARRIVED_AT,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{SHARD}:{sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/cdc-processor",
        "awsRegion": REGION,
        "eventSourceARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{STREAM}",
    }


def format_event(event: object) -> str:
    """Return an event as a file has it."""
    return json.dumps(event, indent=2, ensure_ascii=False) + "\n"
