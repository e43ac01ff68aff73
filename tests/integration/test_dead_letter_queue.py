"""Dead letters to moto's SQS and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.sqs.client import SqsClient, is_encrypted
from oracle_cdc.aws.sqs.dead_letters import DeadLetterQueue
from oracle_cdc.errors import MessageTooLarge, SqsConfigurationError, SqsUnavailable
from standins.scriptedsqs import Answer, refuse, serve_endpoint
from tests.awsplaces import connect, make_session
from tests.queues import create_queues

DOCUMENT = '{"originalEvent": {}, "attempts": 3}'
ATTRIBUTES = {"errorCode": "VALIDATION_ERROR", "table": "users", "sequenceNumber": "7"}


@pytest.fixture
def session(sqs_server: str) -> Iterator[AwsSession]:
    made = make_session(sqs_server)
    yield made
    made.close()


@pytest.fixture
def queue(sqs_server: str, session: AwsSession) -> DeadLetterQueue:
    url, _ = create_queues(sqs_server)
    return DeadLetterQueue(SqsClient(session, poll_seconds=1), url)


def in_an_hour() -> datetime:
    return datetime.now(timezone.utc) + timedelta(hours=1)


def test_a_dead_letter_comes_back_as_it_was_sent(queue: DeadLetterQueue) -> None:
    sent_id = queue.send(DOCUMENT, ATTRIBUTES)
    (letter,) = queue.receive(in_an_hour())
    assert letter.message_id == sent_id
    assert letter.body == DOCUMENT
    assert letter.attributes == ATTRIBUTES
    assert "originalEvent" not in repr(letter)


def test_what_was_received_is_hidden_until_it_is_deleted_or_given_back(
    queue: DeadLetterQueue,
) -> None:
    queue.send(DOCUMENT, ATTRIBUTES)
    letters = queue.receive(in_an_hour())
    assert queue.depth() == 0
    queue.give_back(letters)
    assert queue.depth() == 1

    assert queue.delete(queue.receive(in_an_hour())) == []

    assert queue.depth() == 0
    assert queue.receive(in_an_hour()) == []


def test_what_is_sent_after_a_moment_is_left_for_the_next_run(queue: DeadLetterQueue) -> None:
    for _ in range(12):
        queue.send(DOCUMENT, ATTRIBUTES)
    assert queue.receive(datetime.now(timezone.utc) - timedelta(hours=1)) == []
    assert queue.depth() == 0
    queue.give_back()
    assert queue.depth() == 12
    assert queue.receive(in_an_hour())


def test_a_queue_says_whether_it_is_encrypted_and_how_much_it_takes(
    sqs_server: str, queue: DeadLetterQueue
) -> None:
    sqs = connect("sqs", sqs_server)
    plain = {"SqsManagedSseEnabled": "false", "MaximumMessageSize": "2048"}
    sqs.set_queue_attributes(QueueUrl=queue.url, Attributes=plain)
    assert not queue.read_facts().is_encrypted
    assert queue.max_bytes == 2048
    key = {"KmsMasterKeyId": "alias/aws/sqs"}
    sqs.set_queue_attributes(QueueUrl=queue.url, Attributes=key)
    assert queue.read_facts().is_encrypted


def test_a_queue_with_sqss_own_key_is_encrypted() -> None:
    assert is_encrypted({"SqsManagedSseEnabled": "true"})
    assert not is_encrypted({"SqsManagedSseEnabled": "false"})
    assert not is_encrypted({})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refuse("InvalidParameterValue"), MessageTooLarge),
        (refuse("QueueDoesNotExist"), SqsConfigurationError),
        (refuse("RequestThrottled"), SqsUnavailable),
        ((503, b"<html>"), SqsUnavailable),
        ((200, b'{"MessageId": "'), SqsUnavailable),
        ((200, {}), SqsUnavailable),
    ],
)
def test_a_dead_letter_that_is_not_accepted_is_an_error(
    answer: tuple[int, dict[str, Any] | bytes], kind: type[Exception]
) -> None:
    def refusing(_action: str, _request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        return answer

    with pytest.raises(kind):
        send_to(refusing)


def send_to(answer: Answer) -> None:
    with serve_endpoint(answer) as endpoint:
        session = make_session(endpoint.url)
        try:
            client = SqsClient(session, poll_seconds=1)
            DeadLetterQueue(client, endpoint.queue_url).send(DOCUMENT, ATTRIBUTES)
        finally:
            session.close()
