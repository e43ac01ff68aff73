"""Bodies too large for SQS, in S3: ours are put there before the message, answers are read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from io import SEEK_CUR, SEEK_END, RawIOBase
from typing import IO, TYPE_CHECKING, cast

from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.errors import CdcError, ResultRefused, TransientError
from oracle_cdc.model import OutboundMessage, SendOutcome, StoredBody

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

logger = logging.getLogger(__name__)


class JoinedParts(RawIOBase):
    """Reads parts as one file, without joining them in memory."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._size = sum(map(len, parts))
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        start = {SEEK_CUR: self._position, SEEK_END: self._size}.get(whence, 0)
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer with what is left of one part. Returns 0 at the end of the last."""
        wanted = memoryview(buffer).cast("B")
        begin = 0
        for part in self._parts:
            offset = self._position - begin
            if offset < len(part):
                count = min(len(wanted), len(part) - offset)
                wanted[:count] = memoryview(part)[offset : offset + count]
                self._position += count
                return count
            begin += len(part)
        return 0


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
    with client.storing(stored.bucket, "PutObject") as s3:
        # A file is sent piece by piece: of bytes botocore makes a copy.
        s3.put_object(
            Bucket=stored.bucket,
            Key=stored.key,
            Body=cast("IO[bytes]", JoinedParts(stored.body)),
            ContentType="application/json",
        )
    logger.info("%s bytes stored in s3://%s", stored.size_bytes, stored.bucket)


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
