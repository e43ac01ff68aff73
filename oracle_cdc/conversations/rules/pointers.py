"""Pointers from a message into S3, and the keys of our own objects there."""

from __future__ import annotations

import json
import re

#: The pointer of the extended client libraries:
#: https://github.com/awslabs/payload-offloading-java-common-lib-for-aws
POINTER_CLASS = "software.amazon.payloadoffloading.PayloadS3Pointer"

#: How the keys of our own objects end: revision and hash, whatever the prefix was when they were
#: written.
_OWN_KEY = re.compile(r".*-\d+-[0-9a-f]{64}\.json", re.ASCII | re.DOTALL)


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
