"""Streams that tests make, and how they read them."""

from __future__ import annotations

from typing import Any


def create(kinesis: Any, name: str, shards: int = 1) -> str:
    """Create a stream and return its name."""
    kinesis.create_stream(StreamName=name, ShardCount=shards)
    return name


def entry(key: str, data: bytes = b"x", **options: str) -> dict[str, Any]:
    return {"PartitionKey": key, "Data": data, **options}


def put(kinesis: Any, name: str, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    return list(kinesis.put_records(StreamName=name, Records=list(entries))["Records"])


def shard_names(kinesis: Any, name: str) -> list[str]:
    return [shard["ShardId"] for shard in kinesis.list_shards(StreamName=name)["Shards"]]


def iterator(kinesis: Any, name: str, shard: str, kind: str = "TRIM_HORIZON", **place: Any) -> str:
    answer = kinesis.get_shard_iterator(
        StreamName=name, ShardId=shard, ShardIteratorType=kind, **place
    )
    return str(answer["ShardIterator"])


def read(kinesis: Any, name: str, shard: str, kind: str = "TRIM_HORIZON", **place: Any) -> Any:
    """Return the answer of the first read of a shard."""
    return kinesis.get_records(ShardIterator=iterator(kinesis, name, shard, kind, **place))


def data_of(answer: Any) -> list[bytes]:
    return [record["Data"] for record in answer["Records"]]
