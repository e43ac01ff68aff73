"""FIFO queues, a shared queue, limits and policies."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from oracle_cdc.conversations.wiring import Application
from tests.integration.queue_helpers import HELLO, count, due_now
from tests.world import USER, World


@pytest.fixture(scope="module")
def queue_server(sqs_server: str) -> str:
    """Return moto's address: it has more of AWS than queues."""
    return sqs_server


def make_queue(world: World, name: str, **attributes: str) -> str:
    queue = world.outbound_url.rsplit("/", 1)[-1]
    return str(
        world.sqs.create_queue(QueueName=f"{queue}-{name}", Attributes=attributes)["QueueUrl"]
    )


def make_fifo(world: World) -> None:
    """Make both queues of this world FIFO ones."""
    outbound = make_queue(world, "out.fifo", FifoQueue="true")
    results = make_queue(world, "in.fifo", FifoQueue="true")
    world.outbound_url, world.results_url = outbound, results


def received(world: World, url: str) -> list[dict[str, Any]]:
    answer = world.sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
        VisibilityTimeout=0,
    )
    return list(answer.get("Messages", []))


def drain(service: Application) -> None:
    service.startup.ensure_database()
    service.startup.ensure_queue(service.settings.sqs.results_queue_url)
    service.results.drain_all()


def open_again(world: World) -> None:
    """Leave a call as a kill does between the answer of SQS and the third commit.

    Its lease has ended.
    """
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS "
        "SET STATE = 'LEASED', SENT_REVISION = NULL, LEASE_TOKEN = 'dead', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '1' SECOND"
    )


def test_fifo_queues_work_both_ways(world: World) -> None:
    make_fifo(world)
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    (message,) = received(world, world.outbound_url)
    digest = world.rows(f"SELECT CONTENT_HASH FROM {USER}.CDC_PROCESSED_CALLS")[0][0]

    body = json.dumps(
        {"type": "ML_PROCESSING_RESULT", "callId": "1", "revision": 1, "summary": "s"}
    )
    world.sqs.send_message(
        QueueUrl=world.results_url, MessageBody=body, MessageGroupId="1", MessageDeduplicationId="1"
    )
    drain(service)

    assert message["Attributes"]["MessageGroupId"] == "1"
    assert message["Attributes"]["MessageDeduplicationId"] == f"1-1-{digest}"
    assert world.states() == {"1": "SUMMARIZED"}
    assert world.waiting(world.results_url) == 0


def test_a_fifo_queue_drops_the_repeat_of_a_send_whose_fate_was_unknown(world: World) -> None:
    make_fifo(world)
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    open_again(world)

    world.cycle(service)

    assert world.states() == {"1": "SENT"}
    assert world.waiting(world.outbound_url) == 1


def test_a_revision_of_a_call_follows_it_in_its_group(world: World) -> None:
    make_fifo(world)
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.record("1", ("C", "one more thing"), ago_seconds=60)
    world.cycle(service)

    messages = received(world, world.outbound_url)

    assert [json.loads(m["Body"])["revision"] for m in messages] == [1, 2]
    assert len({m["Attributes"]["MessageDeduplicationId"] for m in messages}) == 2


def test_a_shared_queue_carries_both_directions_and_nothing_of_the_other_is_touched(
    world: World,
) -> None:
    world.record("1", *HELLO)
    url = world.outbound_url
    service = world.application(queue_url=url, results_visibility_seconds=1)
    world.cycle(service)
    world.answer("1", queue_url=url, revision=1, summary="s")
    world.answer_raw("neither JSON nor ours", queue_url=url)

    drain(service)

    assert world.states() == {"1": "SUMMARIZED"}
    assert world.waiting(url) == 2
    assert count(world, "SQS_PERMANENT_FAILURES") == 0


def test_a_limit_that_is_lowered_while_the_service_runs_is_read_again(world: World) -> None:
    long = "הלקוחה חוזרת על עצמה. " * 2000
    service = world.application()
    world.cycle(service)
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "4096"}
    )
    world.record("1", ("A", long), ("C", "yes"))

    world.cycle(service)
    due_now(world)
    world.cycle(service)

    assert world.states() == {"1": "SENT"}
    (body,) = world.received()
    assert body["messages"][0]["text"] == long


def test_a_limit_that_is_raised_while_the_service_runs_is_read_again_before_a_call_fails(
    world: World,
) -> None:
    noise = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(5000))
    limit = {"MaximumMessageSize": "1024"}
    world.sqs.set_queue_attributes(QueueUrl=world.outbound_url, Attributes=limit)
    service = world.application()
    world.record("1", ("A", noise), ("C", "yes"))
    world.cycle(service)
    assert world.states() == {"1": "FAILED"}

    limit = {"MaximumMessageSize": "262144"}
    world.sqs.set_queue_attributes(QueueUrl=world.outbound_url, Attributes=limit)
    world.record("2", ("A", noise), ("C", "yes"))
    world.cycle(service)

    assert world.states() == {"1": "FAILED", "2": "SENT"}


def test_with_a_redrive_policy_a_bad_result_is_set_aside_and_never_reaches_the_dead_letters(
    world: World,
) -> None:
    dead = make_queue(world, "dead")
    arn = world.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"})
    world.sqs.set_queue_attributes(QueueUrl=world.results_url, Attributes={"RedrivePolicy": policy})
    world.answer_raw("{broken")
    world.answer("1", revision=1, summary="good")
    service = world.application()

    drain(service)

    assert count(world, "SQS_PERMANENT_FAILURES") == count(world, "DICTA_CALL_SUMMARY") == 1
    assert world.waiting(dead) == world.waiting(world.results_url) == 0


def test_what_is_too_much_for_one_transaction_is_received_once_and_is_no_dead_letter(
    world: World,
) -> None:
    dead = make_queue(world, "unread")
    arn = world.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"})
    world.sqs.set_queue_attributes(QueueUrl=world.results_url, Attributes={"RedrivePolicy": policy})
    for call_id in range(1, 7):
        world.answer(str(call_id), revision=1, summary="x" * 900)

    drain(world.application(max_batch_bytes=1024))

    assert count(world, "DICTA_CALL_SUMMARY") == 6
    assert world.waiting(dead) == world.waiting(world.results_url) == 0


def test_no_more_is_received_than_the_memorys_budget_takes(world: World) -> None:
    for call_id in range(1, 13):
        world.answer(str(call_id), revision=1, summary="x" * 900)
    service = world.application(max_batch_bytes=1024)
    service.startup.ensure_database()

    assert [service.results.drain(0), service.results.drain(0)] == [10, 2]


def test_a_small_receive_count_is_warned_of(world: World, caplog: pytest.LogCaptureFixture) -> None:
    dead = make_queue(world, "dead")
    arn = world.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "3"})
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"RedrivePolicy": policy}
    )

    with caplog.at_level(logging.WARNING):
        world.application(queue_url=world.outbound_url).startup.ensure_queue(world.outbound_url)

    assert "maxReceiveCount 3; set it to 10 or more" in caplog.text
    assert "its dead-letter queue would collect conversations" in caplog.text
