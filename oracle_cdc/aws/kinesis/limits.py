"""What Kinesis takes in one request, and requests made of many records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html, and PutRecords of
# botocore's service model of Kinesis (botocore/data/kinesis/2013-12-02).

MAX_RECORDS = 500
#: Data and partition keys of one request. Streams that were given larger records take 10 MiB.
MAX_REQUEST_BYTES = 5 * 1024 * 1024
#: The largest record of a stream that says nothing else (MaxRecordSizeInKiB).
USUAL_RECORD_BYTES = 1024 * 1024
#: Characters of a partition key.
MAX_KEY_LENGTH = 256

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


def split_requests(records: Sequence[StreamRecord]) -> Iterator[Sequence[StreamRecord]]:
    """Yield the records in requests that Kinesis takes, in their order.

    A record that is larger than a request stands alone in one, for Kinesis to answer.
    """
    begin, size_bytes = 0, 0
    for number, record in enumerate(records):
        is_full = number - begin == MAX_RECORDS
        if number > begin and (is_full or size_bytes + record.size_bytes > MAX_REQUEST_BYTES):
            yield records[begin:number]
            begin, size_bytes = number, 0
        size_bytes += record.size_bytes
    if begin < len(records):
        yield records[begin:]
