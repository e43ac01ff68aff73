"""Requests that are written and read all at once are those that the driver itself makes."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from oracle_cdc.aws.plain_json import write_plainly
from standins.scriptedsqs import Answer, accepted, failed, refuse, serve_endpoint

ENTRIES = [
    {
        "Id": "0",
        "MessageBody": '{"text":"שלום \\ud83d\\ude00 \\"\\u0001"}\t\U0001f600',
        "MessageAttributes": {"callId": {"DataType": "String", "StringValue": "אב"}},
    },
    {"Id": "1", "MessageBody": "1", "MessageGroupId": "1", "MessageDeduplicationId": "1-1"},
]


def make_client(url: str) -> Any:
    return boto3.client(
        "sqs",
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )


def ask_both(answer: Answer) -> tuple[list[dict[str, Any]], list[Any]]:
    """Send the entries by a client of the driver's and by one that writes plainly.

    Returns what each asked and what it made of the answer.
    """
    made: list[Any] = []
    with serve_endpoint(answer) as endpoint:
        usual, plain = make_client(endpoint.url), make_client(endpoint.url)
        write_plainly(plain, "sqs.SendMessageBatch")
        for client in (usual, plain):
            try:
                made.append(client.send_message_batch(QueueUrl=endpoint.queue_url, Entries=ENTRIES))
            except (ClientError, ResponseParserError) as error:
                made.append((type(error), getattr(error, "response", None)))
            client.close()
    return [request for _, request in endpoint.requests], made


def test_a_request_says_what_the_drivers_own_says() -> None:
    (usual, plain), _ = ask_both(lambda _action, _request: (200, {}))

    assert plain == usual
    assert plain["Entries"] == ENTRIES


def test_the_entries_that_were_given_stay_as_they_are() -> None:
    before = json.dumps(ENTRIES)

    ask_both(lambda _action, _request: (200, {}))

    assert json.dumps(ENTRIES) == before


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"Successful": [accepted({"Id": "0"})], "Failed": [failed({"Id": "1"}, "Wrong")]}),
        (200, {}),
        (200, b"<html>"),
        (200, b""),
        refuse("OverLimit"),
        refuse("InternalError", status=500),
        (503, b"<html>"),
        (403, b""),
    ],
)
def test_an_answer_is_read_as_the_driver_reads_it(
    answer: tuple[int, dict[str, Any] | bytes],
) -> None:
    _, (usual, plain) = ask_both(lambda _action, _request: answer)

    assert without_dates(plain) == without_dates(usual)


def without_dates(made: Any) -> Any:
    """Return what came of a request without when it was answered."""
    if isinstance(made, dict):
        return {name: without_dates(value) for name, value in made.items() if name != "date"}
    if isinstance(made, tuple):
        return tuple(without_dates(value) for value in made)
    return made
