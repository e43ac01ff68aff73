"""Receiving, deleting and giving back, on moto and on an endpoint that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.aws.sqs.inbound import DELETE_TRIES, Inbound
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.errors import SqsConfigurationError, SqsUnavailable
from oracle_cdc.model import ReceivedMessage
from standins.scriptedsqs import Answer, Endpoint, failed, refuse, serve_endpoint
from tests.builders import a_result, a_result_body, sqs_settings


@pytest.fixture
def client(sqs_server: str) -> Iterator[SqsClient]:
    client = create_client(sqs_settings(sqs_server))
    yield client
    client.close()


@pytest.fixture(params=["", ".fifo"], ids=["standard", "fifo"])
def queue_url(request: pytest.FixtureRequest, client: SqsClient) -> str:
    attributes: Any = {"FifoQueue": "true"} if request.param else {}
    with client.calling("CreateQueue", "") as sqs:
        return sqs.create_queue(QueueName=uuid4().hex + request.param, Attributes=attributes)[
            "QueueUrl"
        ]


def put(client: SqsClient, url: str, *bodies: str) -> None:
    for number, body in enumerate(bodies):
        fifo: Any = (
            {"MessageGroupId": str(number), "MessageDeduplicationId": str(number)}
            if ".fifo" in url
            else {}
        )
        with client.calling("SendMessage", url) as sqs:
            sqs.send_message(
                QueueUrl=url,
                MessageBody=body,
                MessageAttributes={
                    "messageType": {"DataType": "String", "StringValue": "ML_PROCESSING_RESULT"},
                    "weight": {"DataType": "Number", "StringValue": "3"},
                    "blob": {"DataType": "Binary", "BinaryValue": b"\x00"},
                },
                **fifo,
            )


def an_inbound(client: SqsClient, url: str) -> Inbound:
    return Inbound(client, url, visibility_seconds=60)


def waiting(client: SqsClient, url: str) -> tuple[int, int]:
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    with client.calling("GetQueueAttributes", url) as sqs:
        found: Any = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(found[names[0]]), int(found[names[1]])


def test_a_result_is_received_with_its_attributes_and_times(
    client: SqsClient, queue_url: str
) -> None:
    put(client, queue_url, a_result_body())

    (received,) = an_inbound(client, queue_url).receive(0)

    assert received.body == a_result_body()
    assert received.attributes == {"messageType": "ML_PROCESSING_RESULT", "weight": "3"}
    assert received.receive_count == 1
    assert received.sent_ms > 1_700_000_000_000


def test_an_empty_queue_brings_an_empty_list(client: SqsClient, queue_url: str) -> None:
    assert an_inbound(client, queue_url).receive(0) == []


def test_at_most_ten_come_at_once_and_stay_hidden(client: SqsClient, queue_url: str) -> None:
    put(client, queue_url, *(f"{number}" for number in range(12)))
    inbound = an_inbound(client, queue_url)

    first, second = inbound.receive(0), inbound.receive(0)

    assert (len(first), len(second)) == (10, 2)
    assert waiting(client, queue_url) == (0, 12)


def test_what_is_deleted_is_gone_whatever_their_number(client: SqsClient, queue_url: str) -> None:
    put(client, queue_url, *(f"{number}" for number in range(12)))
    inbound = an_inbound(client, queue_url)
    received = inbound.receive(0) + inbound.receive(0)

    assert inbound.delete(received) == []
    assert waiting(client, queue_url) == (0, 0)


def test_a_second_delete_harms_nothing(client: SqsClient, queue_url: str) -> None:
    put(client, queue_url, "1")
    inbound = an_inbound(client, queue_url)
    received = inbound.receive(0)

    inbound.delete(received)

    assert inbound.delete([]) == []
    inbound.delete(received)
    assert waiting(client, queue_url) == (0, 0)


def test_what_is_released_comes_again_at_once(client: SqsClient, queue_url: str) -> None:
    put(client, queue_url, "1")
    inbound = an_inbound(client, queue_url)
    received = inbound.receive(0)

    assert inbound.release(received) == []

    assert [message.receive_count for message in inbound.receive(0)] == [2]


def test_what_is_extended_stays_hidden(client: SqsClient, queue_url: str) -> None:
    put(client, queue_url, "1")
    inbound = an_inbound(client, queue_url)

    assert inbound.extend(inbound.receive(0), 600) == []

    assert waiting(client, queue_url) == (0, 1)


def test_a_queue_that_is_not_there_is_named(client: SqsClient, sqs_server: str) -> None:
    with pytest.raises(
        SqsConfigurationError, match=r"ReceiveMessage at .*/nowhere: .*this queue is not there"
    ):
        an_inbound(client, f"{sqs_server}/123456789012/nowhere").receive(0)


def test_an_sqs_that_is_not_there_is_a_passing_failure() -> None:
    with serve_endpoint(lambda action, request: (200, {})) as endpoint:
        gone = endpoint.url
    with pytest.raises(SqsUnavailable, match="EndpointConnectionError"):
        an_inbound(create_client(sqs_settings(gone)), f"{gone}/0/q").receive(0)


def call(
    answer: Answer, messages: list[ReceivedMessage], verb: str
) -> tuple[list[ReceivedMessage], Endpoint]:
    with serve_endpoint(answer) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        left: list[ReceivedMessage] = getattr(an_inbound(client, endpoint.queue_url), verb)(
            messages
        )
        client.close()
        return left, endpoint


def some_results(count: int) -> list[ReceivedMessage]:
    return [a_result(callId=str(number)) for number in range(count)]


def test_only_what_failed_is_deleted_once_more_and_what_fails_again_is_returned() -> None:
    results = some_results(2)

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        first, *_ = entries = request["Entries"]
        if len(entries) == 1:
            return 200, {"Failed": [failed(first, "ReceiptHandleIsInvalid")]}
        return 200, {"Successful": [{"Id": "0"}], "Failed": [failed(entries[1], "InternalError")]}

    left, endpoint = call(answer, results, "delete")

    assert left == results[1:]
    assert [len(request["Entries"]) for _, request in endpoint.requests] == [2, 1]


def test_an_entry_that_is_not_mentioned_is_not_deleted() -> None:
    results = some_results(1)

    left, endpoint = call(lambda action, request: (200, {}), results, "delete")

    assert left == results
    assert len(endpoint.requests) == DELETE_TRIES


@pytest.mark.parametrize("verb", ["delete", "release"])
def test_a_failed_request_is_logged_and_its_messages_are_returned(
    verb: str, caplog: pytest.LogCaptureFixture
) -> None:
    results = some_results(11)

    left, _ = call(lambda action, request: refuse("InternalError", status=500), results, verb)

    assert left == results
    assert "InternalError" in caplog.text


def test_a_message_without_times_is_taken_all_the_same() -> None:
    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 200, {"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": "{}"}]}

    with serve_endpoint(answer) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        (received,) = an_inbound(client, endpoint.queue_url).receive(0)
        client.close()

    assert (received.message_id, received.receive_count, received.attributes) == ("m", 1, {})
    assert received.sent_ms > 0


def test_a_receive_asks_for_what_it_needs() -> None:
    with serve_endpoint(lambda action, request: (200, {})) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        an_inbound(client, endpoint.queue_url).receive(1)
        client.close()

    ((action, request),) = endpoint.requests
    assert (action, request["WaitTimeSeconds"], request["VisibilityTimeout"]) == (
        "ReceiveMessage",
        1,
        60,
    )
    assert request["MessageSystemAttributeNames"] == ["SentTimestamp", "ApproximateReceiveCount"]


def test_what_waits_is_hidden_for_twice_as_long_each_time_that_it_comes_up_to_an_hour() -> None:
    with serve_endpoint(lambda action, request: (200, {})) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        messages = []
        for count in (1, 2, 3, 6, 7, 1000):
            messages.append(replace(a_result(), receive_count=count))
        an_inbound(client, endpoint.queue_url).put_off(messages)
        Inbound(client, endpoint.queue_url, visibility_seconds=7200).put_off(messages[1:2])
        client.close()

    seconds = []
    for _, request in endpoint.requests:
        seconds.append([entry["VisibilityTimeout"] for entry in request["Entries"]])
    # What comes the first time is hidden as it was received.
    assert seconds == [[120, 240, 1920, 3600, 3600], [7200]]


def test_no_text_of_a_result_is_logged(
    client: SqsClient, queue_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="oracle_cdc")
    put(client, queue_url, a_result_body(summary="secret words"))
    inbound = an_inbound(client, queue_url)

    inbound.delete(inbound.receive(0))

    assert "sqs receive: messages=1" in caplog.text
    assert "secret" not in caplog.text
