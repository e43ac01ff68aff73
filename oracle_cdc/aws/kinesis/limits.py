"""What Kinesis takes in one request, and gives in one."""

from __future__ import annotations

from typing import NamedTuple

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html, and PutRecords of
# botocore's service model of Kinesis (botocore/data/kinesis/2013-12-02).

MAX_RECORDS = 500
#: Data and partition keys of one request. Streams that were given larger records take 10 MiB.
MAX_REQUEST_BYTES = 5 * 1024 * 1024
#: The largest record of a stream that says nothing else (MaxRecordSizeInKiB).
USUAL_RECORD_BYTES = 1024 * 1024

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html

#: Records that one GetRecords can be asked for.
MAX_READ_RECORDS = 10_000
#: Between two GetRecords of a shard, which takes five a second.
READ_SECONDS = 0.2
#: What a shard gives out in a second: after more, the next request is refused.
READ_BYTES_PER_SECOND = 2 * 1024 * 1024


class StreamRecord(NamedTuple):
    """One record to a stream.

    partition_key: records of one key go to one shard, at most 256 characters.
    """

    partition_key: str
    data: bytes

    @property
    def size_bytes(self) -> int:
        """Return the bytes that Kinesis counts."""
        return len(self.partition_key.encode()) + len(self.data)
