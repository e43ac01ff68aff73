"""Requests to the AWS stand-in: HTTP on a connection, and the documents of its services."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from awslite.cloud import Cloud
from awslite.server import Server
from tests.fuzz.decoders import Take

TARGETS = {
    "Kinesis_20131202": ("CreateStream", "PutRecords", "GetShardIterator", "GetRecords"),
    "AWSEvents": ("CreateEventBus", "PutEvents"),
    "DynamoDB_20120810": ("CreateTable", "PutItem", "UpdateItem", "Query", "GetItem"),
    "GraniteServiceVersion20100801": ("PutMetricData",),
}
WORDS = (
    *(f"X-Amz-Target: {name}.".encode() for name in TARGETS),
    b"Content-Length: ",
    b"Content-Encoding: gzip\r\n",
    b'"StreamName":"s"',
    b'"TableName":"t"',
    b'"UpdateExpression":"SET a = :a"',
    b'"ConditionExpression":"attribute_not_exists(a)"',
    b'{"N":"1e999"}',
    b"1e400",
    b"NaN",
)
DOCUMENTS: Mapping[str, Mapping[str, Any]] = {
    "CreateStream": {"StreamName": "s", "ShardCount": 2},
    "PutRecords": {"StreamName": "s", "Records": [{"Data": "eA==", "PartitionKey": "p"}]},
    "GetShardIterator": {
        "StreamName": "s",
        "ShardId": "shardId-000000000000",
        "ShardIteratorType": "AT_TIMESTAMP",
        "Timestamp": 1.5,
    },
    "GetRecords": {"ShardIterator": "AAA", "Limit": 10},
    "CreateEventBus": {"Name": "b"},
    "PutEvents": {"Entries": [{"Source": "s", "DetailType": "t", "Detail": "{}", "Time": 1.5}]},
    "CreateTable": {
        "TableName": "t",
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
    "PutItem": {"TableName": "t", "Item": {"a": {"S": "x"}, "n": {"N": "1"}}},
    "UpdateItem": {
        "TableName": "t",
        "Key": {"a": {"S": "x"}},
        "UpdateExpression": "SET n = n + :one REMOVE b",
        "ConditionExpression": "attribute_exists(a) AND n < :most",
        "ExpressionAttributeValues": {":one": {"N": "1"}, ":most": {"N": "9"}},
    },
    "Query": {
        "TableName": "t",
        "KeyConditionExpression": "a = :a",
        "ExpressionAttributeValues": {":a": {"S": "x"}},
    },
    "GetItem": {"TableName": "t", "Key": {"a": {"S": "x"}}},
    "PutMetricData": {
        "Namespace": "n",
        "MetricData": [{"MetricName": "m", "Value": 1.5, "Unit": "Count"}],
    },
}


def seeds() -> Sequence[bytes]:
    found = [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /faults HTTP/1.1\r\n\r\n"]
    everything = b""
    for target, actions in TARGETS.items():
        for action in actions:
            body = json.dumps(DOCUMENTS[action]).encode()
            found.append(request(f"{target}.{action}", body))
            everything += found[-1]
    return [*found, everything]


def request(target: str, body: bytes) -> bytes:
    head = f"POST / HTTP/1.1\r\nX-Amz-Target: {target}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Writer:
    """Takes answers, each of which says its status."""

    def __init__(self) -> None:
        self.answers = bytearray()

    def write(self, content: bytes) -> None:
        self.answers += content

    async def drain(self) -> None:
        """Return at once."""

    def close(self) -> None:
        """End the connection."""


@contextmanager
def opened() -> Iterator[Take]:
    loop = asyncio.new_event_loop()

    def take(data: bytes) -> None:
        server = Server(Cloud())
        writer = Writer()
        loop.run_until_complete(serve(server, data, writer))
        assert b"HTTP/1.1 500" not in writer.answers

    yield take
    loop.close()


async def serve(server: Server, data: bytes, writer: Writer) -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    await server._serve_connection(reader, writer)  # type: ignore[arg-type]
