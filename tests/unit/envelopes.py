"""Answers and conversations in the envelopes of AWS."""

from __future__ import annotations

import base64
import gzip
import json

from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from tests.builders import (
    ASSEMBLED_AT,
    a_conversation,
    a_result_body,
    encode,
)

CONVERSATION = encode(a_conversation(), revision=1, assembled_at=ASSEMBLED_AT, time_zone=None)
RESULT = a_result_body()


OWN_KEY = f"big/1001-1-{'0' * 64}.json"


def compressed(body: str) -> str:
    return base64.b64encode(gzip.compress(body.encode(), mtime=0)).decode()


def notified(body: str, **attributes: str) -> str:
    reported = {name: {"Type": "String", "Value": value} for name, value in attributes.items()}
    return json.dumps(
        {"Type": "Notification", "TopicArn": "arn", "Message": body, "MessageAttributes": reported}
    )


def pointing_to(key: str) -> str:
    return json.dumps([POINTER_CLASS, {"s3BucketName": "b", "s3Key": key}])
