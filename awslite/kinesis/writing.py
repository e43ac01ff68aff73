"""PutRecord and PutRecords, with AWS's limits."""

from __future__ import annotations

from awslite.account import ACCOUNT
from awslite.kinesis.collection import Streams
from awslite.kinesis.shards import Shard
from awslite.kinesis.streams import Accepted, Shape, Stream
from awslite.limits import MEBIBYTE
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request, Treatment

#: Quotas of botocore's model and of
#: docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
MOST_RECORDS, LONGEST_KEY = 500, 256
RECORDS_A_SECOND, BYTES_A_SECOND = 1000, MEBIBYTE
#: What a request may hold of a stream whose records may be larger than 1 MiB.
LARGE_REQUEST_BYTES = 10 * MEBIBYTE
THROTTLED = "ProvisionedThroughputExceededException"


def put_records(streams: Streams, request: Request, treatment: Treatment) -> Document:
    stream = streams.find(request.document)
    entries = request.document["Records"]
    if not 1 <= len(entries) <= MOST_RECORDS:
        raise invalid(
            f"1 validation error detected: Value at 'records' failed to satisfy constraint: Member"
            f" must have length less than or equal to {MOST_RECORDS}"
        )
    sizes = [check_entry(stream, position, entry) for position, entry in enumerate(entries)]
    most = streams.limits.request_bytes
    if stream.shape.max_record_kib > Shape.max_record_kib:
        most = max(most, LARGE_REQUEST_BYTES)
    if sum(sizes) > most:
        raise Refused(
            "InvalidArgumentException", f"Records size exceeds {most // MEBIBYTE} MB limit"
        )
    refuse_dry_run(request)
    results, failed_count = [], 0
    for position, (entry, size_bytes) in enumerate(zip(entries, sizes, strict=True)):
        code = treatment.code_for(position, entry["PartitionKey"])
        result = put_entry(streams, stream, entry, size_bytes, request=request, code=code)
        failed_count += "ErrorCode" in result
        results.append(result)
    return {"FailedRecordCount": failed_count, "Records": results, "EncryptionType": "NONE"}


def put_record(streams: Streams, request: Request, treatment: Treatment) -> Document:
    stream = streams.find(request.document)
    size_bytes = check_entry(stream, 0, request.document)
    refuse_dry_run(request)
    code = treatment.code_for(0, request.document["PartitionKey"])
    result = put_entry(streams, stream, request.document, size_bytes, request=request, code=code)
    if "ErrorCode" in result:
        raise Refused(result["ErrorCode"], result["ErrorMessage"])
    return {**result, "EncryptionType": "NONE"}


def put_entry(
    streams: Streams,
    stream: Stream,
    entry: Document,
    size_bytes: int,
    *,
    request: Request,
    code: str | None,
) -> Document:
    """Put a record into its shard, or say why not. code: of a failure that a test has ordered."""
    shard = stream.shard_for(entry["PartitionKey"], entry.get("ExplicitHashKey"))
    at = streams.clock()
    if code is None and streams.limits.throttles_writes and is_full(shard, size_bytes, at):
        code = THROTTLED
    if code == THROTTLED:
        message = (
            f"Rate exceeded for shard {shard.name} in stream {stream.name} under account {ACCOUNT}."
        )
        return {"ErrorCode": code, "ErrorMessage": message}
    if code is not None:
        return {"ErrorCode": code, "ErrorMessage": "Internal service failure."}
    record = shard.put(entry["PartitionKey"], entry["Data"], size_bytes, at)
    stream.accepted.append(Accepted(shard.name, record, request.sender, request.request_id))
    return {"SequenceNumber": str(record.sequence), "ShardId": shard.name}


def check_entry(stream: Stream, position: int, entry: Document) -> int:
    """Return how many bytes a record has, with its key.

    Raises Refused, as the whole request is, for what breaks a limit.
    """
    key, data = entry["PartitionKey"], entry["Data"]
    if not 1 <= len(key) <= LONGEST_KEY:
        raise invalid(
            f"1 validation error detected: Value at 'records.{position + 1}.member.partitionKey'"
            f" failed to satisfy constraint: Member must have length less than or equal to"
            f" {LONGEST_KEY}"
        )
    size_bytes: int = len(data) * 3 // 4 - data[-2:].count("=") + len(key.encode())
    most = stream.shape.max_record_kib * 1024
    if size_bytes > most:
        raise invalid(
            f"1 validation error detected: Value at 'records.{position + 1}.member.data' failed to"
            f" satisfy constraint: Member must have length less than or equal to {most}"
        )
    return size_bytes


def is_full(shard: Shard, size_bytes: int, at: float) -> bool:
    """Say whether a shard has had all that it takes in a second, and else count this record."""
    writes = shard.writes
    while writes and writes[0][0] <= at - 1:
        writes.popleft()
    has_bytes = sum(size for _, size in writes) + size_bytes > BYTES_A_SECOND
    if has_bytes or len(writes) >= RECORDS_A_SECOND:
        return True
    writes.append((at, size_bytes))
    return False


def refuse_dry_run(request: Request) -> None:
    """Raise Refused for a request that only asked whether it would succeed."""
    if request.document.get("DryRun"):
        raise Refused(
            "DryRunOperationException", "The request would have succeeded, but DryRun is set."
        )
