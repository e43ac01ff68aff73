"""Whatever comes over the wire, the next request is answered."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from awslite.cloud import Cloud


def ask(cloud: Cloud, target: str, body: bytes, **headers: str) -> tuple[int, Any]:
    """Return the status and the document that a request is answered with."""
    connection = HTTPConnection(urlsplit(cloud.url).netloc, timeout=10)
    try:
        connection.request("POST", "/", body, {"X-Amz-Target": target, **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        ("Kinesis_20131202.ListStreams", b"{", "SerializationException"),
        ("Kinesis_20131202.ListStreams", b"[]", "SerializationException"),
        ("Kinesis_20131202.ListStreams", b"[" * 100_000, "SerializationException"),
        ("Kinesis_20131202.CreateStream", b"{}", "ValidationException"),
        ("Kinesis_20131202.CreateStream", b'{"StreamName": []}', "SerializationException"),
        ("Kinesis_20131202.Invented", b"{}", "UnknownOperationException"),
        ("AmazonSQS.SendMessage", b"{}", "UnknownOperationException"),
        ("nothing", b"{}", "UnknownOperationException"),
    ],
)
def test_what_is_no_request_is_refused(cloud: Cloud, target: str, body: bytes, code: str) -> None:
    status, document = ask(cloud, target, body)

    assert (status, document["__type"]) == (400, code)
    assert ask(cloud, "Kinesis_20131202.ListStreams", b"{}")[0] == 200


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"no gzip",
        lambda: gzip.compress(b"{}")[:-1],
        lambda: gzip.compress(bytes(64 << 20), 9),
    ],
    ids=["no gzip", "cut off", "a bomb"],
)
def test_a_packed_body_that_can_t_be_unpacked_is_refused(
    cloud: Cloud, make: Callable[[], bytes]
) -> None:
    body = make()
    packed = {"Content-Encoding": "gzip"}
    status, document = ask(cloud, "Kinesis_20131202.ListStreams", body, **packed)
    assert (status, document["__type"]) == (400, "SerializationException")
    assert ask(cloud, "Kinesis_20131202.ListStreams", gzip.compress(b"{}"), **packed)[0] == 200
