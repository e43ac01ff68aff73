"""What the fast queue server of the benchmark and the chaos rounds is held to: moto answers the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.chaos.queueserver import serve_queues

_numbers = itertools.count(1)


@pytest.fixture(params=["moto", "fast"])
def sqs(request: pytest.FixtureRequest, sqs_server: str) -> Iterator[Any]:
    """A client of each server."""
    with serve_queues() as queues:
        endpoint = sqs_server if request.param == "moto" else queues.url
        client = boto3.client(
            "sqs", endpoint_url=endpoint, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        yield client
        client.close()


@pytest.fixture
def url(sqs: Any) -> str:
    created = sqs.create_queue(QueueName=f"contract-{next(_numbers)}", Attributes={"VisibilityTimeout": "30"})
    return str(created["QueueUrl"])


@pytest.fixture
def fifo_url(sqs: Any) -> str:
    name = f"contract-{next(_numbers)}.fifo"
    return str(
        sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true", "VisibilityTimeout": "30"})["QueueUrl"]
    )


def receive(sqs: Any, url: str, **options: Any) -> list[dict[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
        **{"WaitTimeSeconds": 0, **options},
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def entries(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"Id": str(number), "MessageBody": f"שלום {number}", **more} for number in range(count)]


def count(sqs: Any, url: str, name: str) -> int:
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"][name])


def test_a_batch_is_taken_entry_by_entry_and_received_whole(sqs: Any, url: str) -> None:
    attributes = {"callId": {"DataType": "String", "StringValue": "7"}}

    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries(10, MessageAttributes=attributes))

    assert [entry["Id"] for entry in answer["Successful"]] == [str(number) for number in range(10)]
    assert not answer.get("Failed")
    received = receive(sqs, url)
    assert {message["Body"] for message in received} == {f"שלום {number}" for number in range(10)}
    assert {message["MessageAttributes"]["callId"]["StringValue"] for message in received} == {"7"}
    assert {message["Attributes"]["ApproximateReceiveCount"] for message in received} == {"1"}
    assert {message["MessageId"] for message in received} == {entry["MessageId"] for entry in answer["Successful"]}


def test_what_was_received_is_hidden_until_it_is_made_visible(sqs: Any, url: str) -> None:
    sqs.send_message(QueueUrl=url, MessageBody="once")
    (message,) = receive(sqs, url)

    assert receive(sqs, url) == []
    assert count(sqs, url, "ApproximateNumberOfMessagesNotVisible") == 1

    sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[{"Id": "0", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}]
    )
    (again,) = receive(sqs, url)
    assert (again["MessageId"], again["Attributes"]["ApproximateReceiveCount"]) == (message["MessageId"], "2")


def test_what_was_deleted_is_gone(sqs: Any, url: str) -> None:
    sqs.send_message_batch(QueueUrl=url, Entries=entries(3))
    received = receive(sqs, url)

    answer = sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(received)],
    )

    assert len(answer["Successful"]) == 3
    assert count(sqs, url, "ApproximateNumberOfMessages") == 0
    assert count(sqs, url, "ApproximateNumberOfMessagesNotVisible") == 0


@pytest.mark.parametrize(
    ("wrong", "code"), [(entries(11), "TooManyEntriesInBatchRequest"), ([], "EmptyBatchRequest")], ids=["11", "none"]
)
def test_a_batch_has_one_to_ten_entries(sqs: Any, url: str, wrong: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        sqs.send_message_batch(QueueUrl=url, Entries=wrong)

    assert code in refused.value.response["Error"]["Code"]


def test_a_queue_that_is_not_there_is_told(sqs: Any, url: str) -> None:
    with pytest.raises(ClientError) as refused:
        sqs.send_message(QueueUrl=f"{url}-not", MessageBody="lost")

    assert "NonExistentQueue" in refused.value.response["Error"]["Code"] or "QueueDoesNotExist" in str(refused.value)


def test_a_fifo_queue_drops_a_repeat_and_keeps_the_order_of_a_group(sqs: Any, fifo_url: str) -> None:
    for body, repeat in (("first", "a"), ("first", "a"), ("second", "b")):
        sqs.send_message(QueueUrl=fifo_url, MessageBody=body, MessageGroupId="7", MessageDeduplicationId=repeat)

    (first, *rest) = receive(sqs, fifo_url)
    assert first["Body"] == "first"
    sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=first["ReceiptHandle"])
    for message in rest:
        sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=message["ReceiptHandle"])

    assert [message["Body"] for message in (*rest, *receive(sqs, fifo_url))] == ["second"]
