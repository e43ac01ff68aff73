"""Bodies too large for SQS, in S3: ours are put there before the message, answers are read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.errors import CdcError, ResultRefused, TransientError
from oracle_cdc.model import OutboundMessage, SendOutcome, StoredBody

logger = logging.getLogger(__name__)


def store_bodies(
    client: SqsClient,
    messages: Sequence[OutboundMessage],
    stored_keys: set[str],
    *,
    may_send: Callable[[], bool],
) -> tuple[list[OutboundMessage], list[SendOutcome]]:
    """Put what messages point to into S3.

    A repeat writes the same bytes under the same key. Nothing is deleted: the bucket's lifecycle
    rule does that. Returns the messages that may be sent now, and the others' outcomes.

    Parameters:
        stored_keys: what lies there already and is left out. What is put is added.
    """
    ready: list[OutboundMessage] = []
    failed: list[SendOutcome] = []
    for message in messages:
        error = _store(client, message.stored, stored_keys, may_send)
        if error is None:
            ready.append(message)
        else:
            failed.append(SendOutcome(message, error=error))
    return ready, failed


def _store(
    client: SqsClient,
    stored: StoredBody | None,
    stored_keys: set[str],
    may_send: Callable[[], bool],
) -> CdcError | None:
    if stored is None or stored.key in stored_keys:
        return None
    if not may_send():
        return TransientError("not stored in S3: the lease ends too soon, or the service stops")
    try:
        put_body(client, stored)
    except CdcError as error:
        return error
    stored_keys.add(stored.key)
    return None


def put_body(client: SqsClient, stored: StoredBody) -> None:
    """Write one object, the plain JSON.

    Raises SqsUnavailable, SqsConfigurationError or SqsCredentialsError.
    """
    body = stored.body.encode()
    with client.storing(stored.bucket, "PutObject") as s3:
        s3.put_object(
            Bucket=stored.bucket, Key=stored.key, Body=body, ContentType="application/json"
        )
    logger.info("%s bytes stored in s3://%s", len(body), stored.bucket)


class StoredBodies:
    """Reads the bodies of answers that came as a pointer, from the one bucket that is ours.

    Parameters:
        bucket: S3_OVERFLOW_BUCKET. None: nothing is read.
    """

    def __init__(self, client: SqsClient, bucket: str | None) -> None:
        self._client = client
        self._bucket = bucket

    def fetch(self, bucket: str, key: str, limit_bytes: int) -> bytes:
        """Read one object, of a larger one than limit_bytes one byte more than that.

        Raises ResultRefused when it is not there, or not in our bucket: whoever may write into the
        results queue must not choose what we read with our rights. Raises SqsUnavailable,
        SqsConfigurationError or SqsCredentialsError when S3 does not let us read it.
        """
        if bucket != self._bucket:
            raise ResultRefused(
                "points into S3, but not to S3_OVERFLOW_BUCKET, from which alone is read"
            )
        with self._client.storing(bucket, "GetObject") as s3:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read(limit_bytes + 1)
