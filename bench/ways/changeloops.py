"""Row changes as bare loops carry them, and as a loop does that cares for one at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from bench.changes import LOG, LOGGED
from bench.ways.edges import fetching

READ = f"SELECT ROWID, {LOGGED} FROM {LOG} ORDER BY CDC_CHANGE_ID, CDC_OP"
RECORDS, EVENTS = 500, 10
#: As PROCESSOR_REQUESTS_IN_FLIGHT has it by default.
THREADS = 10
SOURCE, DETAIL_TYPE = "cdc-pipeline", "CDC.TableChange"
PROCESSOR = "one-by-one"


def prepare_fetch() -> Callable[[], int]:
    """Fetch all rows of the change table by one cursor."""
    return fetching(READ)


def prepare_put(path: str) -> Callable[[], int]:
    """Put the records of a file, 500 a request, each after the answer to the one before."""
    kinesis = client("kinesis")
    kinesis.describe_stream_summary(StreamName=stream())
    requests = list(split(read_records(path), RECORDS))

    def put() -> int:
        count = 0
        for request in requests:
            answer = kinesis.put_records(StreamName=stream(), Records=request)
            count += len(request) - answer["FailedRecordCount"]
        return count

    return put


def prepare_get(records_a_read: str) -> Callable[[], int]:
    """Get all records of the stream, one shard after another."""
    kinesis = client("kinesis")
    shards = kinesis.list_shards(StreamName=stream())["Shards"]

    def get() -> int:
        return sum(read_shard(kinesis, shard["ShardId"], int(records_a_read)) for shard in shards)

    return get


def read_shard(kinesis: Any, shard_id: str, limit: int) -> int:
    """Get the records of a shard up to its newest, and count them."""
    answer = kinesis.get_shard_iterator(
        StreamName=stream(), ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )
    iterator, count = answer["ShardIterator"], 0
    while True:
        answer = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        count += len(answer["Records"])
        if not answer["MillisBehindLatest"]:
            return count
        iterator = answer["NextShardIterator"]


def prepare_publish(path: str) -> Callable[[], int]:
    """Put the events of a file, 10 a request, by as many threads as the processor has."""
    events = client("events", THREADS)
    events.describe_event_bus(Name=os.environ["EVENT_BUS_NAME"])
    requests = list(split(read_events(path), EVENTS))

    def publish_one(request: Sequence[dict[str, Any]]) -> int:
        return len(request) - int(events.put_events(Entries=request)["FailedEntryCount"])

    def publish() -> int:
        with ThreadPoolExecutor(THREADS) as threads:
            return sum(threads.map(publish_one, requests))

    return publish


def prepare_put_single(path: str, count: str) -> Callable[[], int]:
    """Put the first records of a file, each after the answer to the one before."""
    kinesis = client("kinesis")
    kinesis.describe_stream_summary(StreamName=stream())
    records = read_records(path)[: int(count)]

    def put() -> int:
        for record in records:
            kinesis.put_record(StreamName=stream(), **record)
        return len(records)

    return put


def prepare_single(records_path: str, events_path: str, count: str) -> Callable[[], int]:
    """Put each record, then its event, then write down how far that came."""
    kinesis, events, dynamodb = client("kinesis"), client("events"), client("dynamodb")
    kinesis.describe_stream_summary(StreamName=stream())
    events.describe_event_bus(Name=os.environ["EVENT_BUS_NAME"])
    dynamodb.describe_table(TableName=os.environ["STATE_TABLE_NAME"])
    pairs = zip(read_records(records_path), read_events(events_path), strict=True)
    work = list(pairs)[: int(count)]

    def carry() -> int:
        for record, event in work:
            put = kinesis.put_record(StreamName=stream(), **record)
            events.put_events(Entries=[event])
            dynamodb.update_item(
                TableName=os.environ["STATE_TABLE_NAME"],
                Key={"processor": {"S": PROCESSOR}},
                UpdateExpression="SET reached = :number ADD handled :one",
                ExpressionAttributeValues={
                    ":number": {"S": put["SequenceNumber"]},
                    ":one": {"N": "1"},
                },
            )
        return len(work)

    return carry


def client(service: str, threads: int = 1) -> Any:
    """Make a client as its documentation does, with a connection for each thread."""
    create: Any = boto3.client
    return create(
        service,
        endpoint_url=os.environ["AWS_ENDPOINT_URL"],
        config=Config(max_pool_connections=threads, region_name=os.environ["AWS_REGION"]),
    )


def stream() -> str:
    return os.environ["KINESIS_STREAM_NAME"]


def read_records(path: str) -> list[dict[str, Any]]:
    """Return the records of a file, as PutRecords takes them."""
    records = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        key, data = json.loads(line)
        records.append({"PartitionKey": key, "Data": data.encode()})
    return records


def read_events(path: str) -> list[dict[str, Any]]:
    """Return the events of a file, as PutEvents takes them."""
    events = []
    for detail in Path(path).read_text(encoding="utf-8").splitlines():
        events.append(
            {
                "EventBusName": os.environ["EVENT_BUS_NAME"],
                "Source": SOURCE,
                "DetailType": DETAIL_TYPE,
                "Detail": detail,
            }
        )
    return events


def split(items: Sequence[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield what goes into one request, and the next, to the end."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
