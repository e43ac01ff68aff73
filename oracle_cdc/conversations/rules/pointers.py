"""Pointers from a message into S3, and the keys of our own objects there."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

#: The pointer of the extended client libraries:
#: https://github.com/awslabs/payload-offloading-java-common-lib-for-aws
POINTER_CLASS = "software.amazon.payloadoffloading.PayloadS3Pointer"

#: What we read: ours, and that of the older client libraries.
_POINTER_CLASSES = (POINTER_CLASS, "com.amazon.sqs.javamessaging.MessageS3Pointer")

#: How the keys of our own objects end: revision and hash, whatever the prefix was when they were
#: written.
_OWN_KEY = re.compile(r".*-\d+-[0-9a-f]{64}\.json", re.ASCII | re.DOTALL)


class Pointer(NamedTuple):
    """Where in S3 a body lies."""

    bucket: str
    key: str


def make_key(prefix: str, call_id: str, revision: int, content_hash: str) -> str:
    """Return the key of the object that has a call's body.

    Equal bodies of a revision have equal keys.
    """
    return f"{prefix}{call_id}-{revision}-{content_hash}.json"


def is_own_key(key: str) -> bool:
    """Return whether a key is one that `make_key` makes."""
    return _OWN_KEY.fullmatch(key) is not None


def write_pointer(bucket: str, key: str) -> str:
    """Return the body of a message that points to an object."""
    return json.dumps(
        [POINTER_CLASS, {"s3BucketName": bucket, "s3Key": key}], separators=(",", ":")
    )


def read_pointer(items: Sequence[Any]) -> Pointer | None:
    """Return the pointer that a client library put in the place of a body, if the list is one."""
    if len(items) != 2 or items[0] not in _POINTER_CLASSES or not isinstance(items[1], dict):
        return None
    bucket, key = items[1].get("s3BucketName"), items[1].get("s3Key")
    if not (isinstance(bucket, str) and isinstance(key, str) and bucket and key):
        return None
    return Pointer(bucket, key)
