"""The small SQS behaves as moto does, as far as the service can see."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from standins.queueserver import Queues, serve_queues
from standins.queuetreatment import Treatment

#: Less than the longest wait of a receive.
PATIENCE_SECONDS = 10

_numbers = itertools.count(1)


@pytest.fixture
def queues() -> Iterator[Queues]:
    with serve_queues() as queues:
        yield queues


@pytest.fixture(params=["ours", "moto"])
def sqs(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "moto":
        yield from connect(request.getfixturevalue("sqs_server"))
    else:
        yield from connect(request.getfixturevalue("queues").url)


def connect(url: str) -> Iterator[Any]:
    client = boto3.client(
        "sqs",
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE_SECONDS),
    )
    yield client
    client.close()


def create(sqs: Any, ending: str = "", **attributes: str) -> str:
    given = {"FifoQueue": "true", **attributes} if ending else attributes
    return str(
        sqs.create_queue(QueueName=f"chaos-{next(_numbers)}{ending}", Attributes=given)["QueueUrl"]
    )


def receive(sqs: Any, url: str, **options: Any) -> list[dict[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
        **options,
    )
    return list(answer.get("Messages", []))


def test_a_batch_comes_back_with_bodies_and_attributes(sqs: Any) -> None:
    url = create(sqs)
    attributes = {"callId": {"DataType": "String", "StringValue": "7"}}
    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "a", "MessageBody": "שלום", "MessageAttributes": attributes},
            {"Id": "b", "MessageBody": "x"},
        ],
    )

    received = receive(sqs, url)

    assert {entry["Id"] for entry in answer["Successful"]} == {"a", "b"}
    accepted = {entry["MessageId"] for entry in answer["Successful"]}
    assert accepted == {message["MessageId"] for message in received}
    first = next(message for message in received if message["Body"] == "שלום")
    assert first["MessageAttributes"]["callId"]["StringValue"] == "7"
    assert int(first["Attributes"]["SentTimestamp"]) > 0
    assert first["Attributes"]["ApproximateReceiveCount"] == "1"


def test_what_was_received_is_hidden_until_it_is_put_back(sqs: Any) -> None:
    url = create(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = receive(sqs, url, VisibilityTimeout=60)

    hidden = receive(sqs, url)
    sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[{"Id": "0", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}],
    )

    assert (hidden, len(receive(sqs, url))) == ([], 1)


def test_a_deleted_message_is_gone_and_deleting_it_twice_is_no_error(sqs: Any) -> None:
    url = create(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = receive(sqs, url, VisibilityTimeout=0)
    entries = [{"Id": "0", "ReceiptHandle": message["ReceiptHandle"]}]

    answers = [sqs.delete_message_batch(QueueUrl=url, Entries=entries) for _ in range(2)]

    assert [len(answer["Successful"]) for answer in answers] == [1, 1]
    assert receive(sqs, url) == []


def test_fifo_drops_a_repeat_and_keeps_the_order_of_a_group(sqs: Any) -> None:
    url = create(sqs, ".fifo")
    for body, deduplication in (("first", "1"), ("first", "1"), ("second", "2")):
        sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId="g", MessageDeduplicationId=deduplication
        )

    received = receive(sqs, url, VisibilityTimeout=60)

    assert [message["Body"] for message in received] == ["first", "second"]


def test_nothing_of_a_fifo_group_is_received_while_some_of_it_is_in_flight(sqs: Any) -> None:
    url = create(sqs, ".fifo")
    sqs.send_message(
        QueueUrl=url, MessageBody="first", MessageGroupId="g", MessageDeduplicationId="1"
    )
    receive(sqs, url, VisibilityTimeout=60)
    sqs.send_message(
        QueueUrl=url, MessageBody="second", MessageGroupId="g", MessageDeduplicationId="2"
    )

    assert receive(sqs, url) == []


def test_a_queue_that_is_not_there_is_refused(sqs: Any) -> None:
    url = create(sqs)

    with pytest.raises(ClientError) as refused:
        sqs.send_message(QueueUrl=f"{url}-none", MessageBody="x")

    assert "NonExistentQueue" in refused.value.response["Error"]["Code"] or "DoesNotExist" in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([("a", 1), ("a", 1)], "BatchEntryIdsNotDistinct"),
        ([("a", 600_000), ("b", 600_000)], "BatchRequestTooLong"),
        ([(str(number), 1) for number in range(11)], "TooManyEntriesInBatchRequest"),
    ],
)
def test_a_batch_beyond_the_limits_is_refused_whole(
    sqs: Any, entries: list[tuple[str, int]], code: str
) -> None:
    url = create(sqs)
    batch = [{"Id": name, "MessageBody": "x" * size} for name, size in entries]

    with pytest.raises(ClientError, match=code):
        sqs.send_message_batch(QueueUrl=url, Entries=batch)

    assert receive(sqs, url) == []


def test_a_limit_that_is_lowered_holds_from_then_on(sqs: Any) -> None:
    url = create(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="x" * 2000)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "1024"})

    with pytest.raises(ClientError, match="InvalidParameterValue"):
        sqs.send_message(QueueUrl=url, MessageBody="x" * 2000)

    assert len(receive(sqs, url)) == 1


def text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"MessageBody": "\uffff"}, "InvalidMessageContents"),
        ({"MessageBody": "x", "MessageAttributes": {"a": text("")}}, "InvalidParameterValue"),
        ({"MessageBody": "x", "MessageAttributes": {"a": text("\x00")}}, "InvalidParameterValue"),
        ({"MessageBody": "x", "MessageAttributes": {"AWS.a": text("1")}}, "InvalidParameterValue"),
        ({"MessageBody": "x", "MessageAttributes": {"a b": text("1")}}, "InvalidParameterValue"),
        (
            {"MessageBody": "x", "MessageAttributes": {f"a{n}": text("1") for n in range(11)}},
            "InvalidParameterValue",
        ),
        ({"MessageBody": "x" * 1020, "MessageAttributes": {"a": text("1")}}, "InvalidParameter"),
    ],
)
def test_what_sqs_refuses_of_a_message_is_refused(
    queues: Queues, entry: dict[str, Any], code: str
) -> None:
    queue = queues.create("q", {"MaximumMessageSize": "1024"})
    for sqs in connect(queues.url):
        with pytest.raises(ClientError, match=code):
            sqs.send_message(QueueUrl=queues.url_of("q"), **entry)
    assert not queue.messages


@pytest.mark.parametrize("name", ["MessageGroupId", "MessageDeduplicationId"])
@pytest.mark.parametrize("given", ["a b", "שיחה", "x" * 129])
def test_an_id_of_fifo_has_no_blank_and_only_ascii(queues: Queues, name: str, given: str) -> None:
    queue = queues.create("q.fifo")
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "1", name: given}
    for sqs in connect(queues.url):
        with pytest.raises(ClientError, match="InvalidParameterValue"):
            sqs.send_message(QueueUrl=queues.url_of("q.fifo"), MessageBody="x", **ids)
    assert not queue.messages


@pytest.mark.parametrize(
    "wrong", [{"WaitTimeSeconds": 21}, {"MaxNumberOfMessages": 11}, {"VisibilityTimeout": 43_201}]
)
def test_a_receive_beyond_the_bounds_is_refused(queues: Queues, wrong: dict[str, int]) -> None:
    queues.create("q")
    for sqs in connect(queues.url):
        with pytest.raises(ClientError, match="InvalidParameterValue"):
            sqs.receive_message(QueueUrl=queues.url_of("q"), **wrong)


def test_nothing_is_hidden_for_more_than_twelve_hours_since_it_was_received(
    queues: Queues,
) -> None:
    queue = queues.create("q")
    for sqs in connect(queues.url):
        url = queues.url_of("q")
        sqs.send_message(QueueUrl=url, MessageBody="x")
        (message,) = receive(sqs, url, VisibilityTimeout=600)
        handle = message["ReceiptHandle"]
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=43_000)
        next(iter(queue.messages.values())).received_at -= 300
        with pytest.raises(ClientError, match="InvalidParameterValue"):
            sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=43_000
            )


def test_attributes_count_what_waits_and_what_is_in_flight(sqs: Any) -> None:
    url = create(sqs)
    for _ in range(2):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=60)

    facts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    assert (
        facts["ApproximateNumberOfMessages"],
        facts["ApproximateNumberOfMessagesNotVisible"],
    ) == (
        "1",
        "1",
    )


def test_a_request_that_is_cut_after_it_was_carried_out_counts_as_accepted(queues: Queues) -> None:
    queue = queues.create("q")
    queues.treat = lambda request: Treatment(cut_after=True)
    for sqs in connect(queues.url):
        with pytest.raises(ConnectionClosedError):
            sqs.send_message(QueueUrl=queues.url_of("q"), MessageBody="x")

    assert [taken.sender for taken in queues.accepted] == ["test"]
    assert len(queue.messages) == 1


def test_an_entry_that_is_made_to_fail_is_not_taken(queues: Queues) -> None:
    queue = queues.create("q")
    queues.treat = lambda request: Treatment(failed_entries={"b": "InternalError"})
    for sqs in connect(queues.url):
        entries = [{"Id": name, "MessageBody": name} for name in "ab"]
        answer = sqs.send_message_batch(QueueUrl=queues.url_of("q"), Entries=entries)

    assert [entry["Code"] for entry in answer["Failed"]] == ["InternalError"]
    assert [message.body for message in queue.messages.values()] == ["a"]


def test_no_receive_waits_longer_than_its_server_lets_it() -> None:
    with serve_queues(Queues(longest_wait_seconds=0.05)) as brief:
        for sqs in connect(brief.url):
            # Its client would give up first.
            assert receive(sqs, create(sqs), WaitTimeSeconds=20) == []
