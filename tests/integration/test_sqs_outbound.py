"""Sending, to moto and to an endpoint: each message has one outcome."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from oracle_cdc.aws.sqs.client import SqsClient, read_queue
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.errors import (
    CdcError,
    SqsUnanswered,
)
from oracle_cdc.model import QueueFacts
from standins.scriptedsqs import accept, failed, refuse, serve_endpoint
from tests.builders import a_message, queue_facts, sqs_settings
from tests.integration.sendings import TEXT, always, an_outbound, in_order, on_send, send_to


def create_queue(client: SqsClient, name: str = "", **attributes: str) -> QueueFacts:
    with client.calling("CreateQueue", "") as sqs:
        unique = f"{uuid4().hex}{name}"
        made = sqs.create_queue(QueueName=unique, Attributes=attributes)  # type: ignore[arg-type]
        url = made["QueueUrl"]
    return read_queue(client, url)


def receive_all(client: SqsClient, facts: QueueFacts) -> list[Any]:
    received: list[Any] = []
    with client.calling("ReceiveMessage", facts.url) as sqs:
        while found := sqs.receive_message(
            QueueUrl=facts.url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        ).get("Messages", []):
            received += found
    return received


def test_messages_arrive_as_they_were_made(client: SqsClient) -> None:
    facts = create_queue(client)
    message = a_message(TEXT, facts=facts)

    (outcome,) = an_outbound(client, facts).send([message], may_send=always)
    (arrived,) = receive_all(client, facts)

    assert (arrived["Body"], arrived["MessageId"]) == (TEXT, outcome.message_id)
    assert {
        name: value["StringValue"] for name, value in arrived["MessageAttributes"].items()
    } == message.attributes
    assert {value["DataType"] for value in arrived["MessageAttributes"].values()} == {"String"}


def test_each_message_has_one_outcome(client: SqsClient) -> None:
    facts = create_queue(client)
    messages = [
        a_message("x" * (number * 37 % 500), call_id=str(number), facts=facts)
        for number in range(35)
    ]

    outcomes = in_order(messages, an_outbound(client, facts).send(messages, may_send=always))

    assert [outcome.message for outcome in outcomes] == messages
    assert all(outcome.message_id and not outcome.error for outcome in outcomes)
    assert len({outcome.message_id for outcome in outcomes}) == 35


def test_a_fifo_queue_gets_group_and_deduplication_id(client: SqsClient) -> None:
    facts = create_queue(client, ".fifo", FifoQueue="true")
    messages = [
        a_message(f"{revision}", call_id="7", revision=revision, facts=facts) for revision in (1, 2)
    ]

    list(an_outbound(client, facts).send([*messages, messages[0]], may_send=always))
    arrived = receive_all(client, facts)

    assert [found["Body"] for found in arrived] == ["1", "2"]
    assert {found["Attributes"]["MessageGroupId"] for found in arrived} == {"7"}


def test_later_messages_of_a_fifo_group_wait_for_the_earlier_ones_to_be_answered() -> None:
    # Given a group whose first message fails once, among requests that run at the same time
    texts: list[str] = []

    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        texts.extend(entry["MessageBody"] for entry in request["Entries"])
        return refuse("InternalError", status=500) if len(texts) == 1 else accept(request)

    facts = queue_facts(url="http://127.0.0.1/0/outbound.fifo")
    messages = [a_message(str(revision), revision=revision, facts=facts) for revision in (1, 2, 3)]

    send_to(on_send(answer), *messages)

    assert texts == ["1", "1", "2", "3"]


def test_an_sqs_that_is_not_there_is_an_outcome_and_no_exception() -> None:
    with serve_endpoint(on_send(accept)) as endpoint:
        gone = endpoint.url
    client = create_client(sqs_settings(gone))

    outcomes = list(
        an_outbound(client, queue_facts(url=f"{gone}/0/q")).send(
            [a_message()] * 12, may_send=always
        )
    )

    assert [(type(outcome.error), outcome.is_own) for outcome in outcomes] == [
        (SqsUnanswered, False)
    ] * 12


def test_a_failure_of_the_caller_is_one_outcome_for_each_message_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> bool:
        raise RuntimeError

    with serve_endpoint(on_send(accept)) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        outcomes = list(
            an_outbound(client, queue_facts(url=endpoint.queue_url)).send(
                [a_message()] * 3, may_send=broken
            )
        )

    assert [type(outcome.error) for outcome in outcomes] == [CdcError] * 3


def test_nothing_to_send_asks_nothing() -> None:
    outcomes, endpoint = send_to(on_send(accept))

    assert (outcomes, endpoint.requests) == ([], [])


def test_refused_credentials_are_read_anew_for_the_next_request() -> None:
    with serve_endpoint(on_send(lambda request: refuse("ExpiredToken", status=403))) as endpoint:
        client = create_client(sqs_settings(endpoint.url))
        with client.calling("SendMessage", "") as before:
            list(
                an_outbound(client, queue_facts(url=endpoint.queue_url)).send(
                    [a_message()], may_send=always
                )
            )
        with client.calling("SendMessage", "") as after:
            assert after is not before
        client.close()


def test_no_text_of_a_message_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="oracle_cdc")

    def answer(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        entries = request["Entries"]
        return 200, {"Failed": [failed(entries[0], "InvalidMessageContents")]}

    send_to(
        on_send(answer),
        replace(a_message(json.dumps("my secret words"))),
        a_message("other secret"),
    )

    assert "InvalidMessageContents" in caplog.text
    assert "secret" not in caplog.text


def test_one_performance_line_describes_each_batch(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="oracle_cdc.performance")

    send_to(on_send(accept), *[a_message("x")] * 12)

    (record,) = [record for record in caplog.records if record.name == "oracle_cdc.performance"]
    assert record.getMessage().startswith(
        f"sqs send: messages=12 sent=12 requests=2 bytes={12 * a_message('x').size_bytes}"
    )
