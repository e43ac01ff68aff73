"""Queues as they come: FIFO, shared, small, with a redrive policy, encrypted, forbidden, missing; and the service."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.wiring import Application, make_application
from oracle_cdc.errors import SqsConfigurationError, SqsCredentialsError, SqsUnavailable
from oracle_cdc.settings.sections import AwsSettings
from standins.endpoint import accept, describe, failed, refuse, serve_endpoint
from tests.world import USER, World

HELLO = (("A", "שלום, איך אפשר לעזור?"), ("C", "My bill is wrong 😡"), ("A", "Let me look"))

#: What SQS documents for a queue whose key is out of reach:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
KMS_CODES = (
    "KmsAccessDenied",
    "KmsDisabled",
    "KmsInvalidKeyUsage",
    "KmsInvalidState",
    "KmsNotFound",
    "KmsOptInRequired",
    "KmsThrottled",
    "KMS.AccessDeniedException",
    "KMS.DisabledException",
    "KMS.ThrottlingException",
)


def make_queue(world: World, name: str, **attributes: str) -> str:
    queue = world.outbound_url.rsplit("/", 1)[-1]
    return str(
        world.sqs.create_queue(QueueName=f"{queue}-{name}", Attributes=attributes)["QueueUrl"]
    )


def make_fifo(world: World) -> None:
    """Both queues of this world become FIFO ones."""
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
    """The process was killed between the answer of SQS and the third commit, and its lease has ended."""
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'LEASED', SENT_REVISION = NULL, LEASE_TOKEN = 'dead', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '1' SECOND"
    )


def due_now(world: World) -> None:
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) WHERE STATE = 'OPEN'"
    )


def count(world: World, table: str) -> int:
    return int(world.rows(f"SELECT COUNT(*) FROM {USER}.{table}")[0][0])


# FIFO


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


# One shared queue


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


# Limits and policies


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


# What SQS answers when something around the queue is wrong


def with_endpoint(
    world: World, url: str, aws: AwsSettings | None = None, **cdc: Any
) -> Application:
    """The service against another SQS than moto."""
    settings = world.settings(queue_url=f"{url}/000000000000/outbound", **cdc)
    return make(
        world,
        settings.model_copy(
            update={"aws": aws or settings.aws.model_copy(update={"endpoint_url": url})}
        ),
    )


def make(world: World, settings: Settings) -> Application:
    application = make_application(settings)
    world.applications.append(application)
    return application


@pytest.mark.parametrize("code", KMS_CODES)
@pytest.mark.parametrize("scope", ["request", "entry"])
def test_a_key_that_is_out_of_reach_puts_calls_off_and_never_fails_them(
    world: World, code: str, scope: str
) -> None:
    broken = [True]

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if action == "GetQueueAttributes":
            return describe()
        if not broken[0]:
            return accept(request)
        if scope == "request":
            return refuse(code)
        return 200, {"Failed": [failed(entry, code) for entry in request["Entries"]]}

    world.record("1", *HELLO)
    with serve_endpoint(answer) as endpoint:
        service = with_endpoint(
            world,
            endpoint.url,
            max_attempts=1,
            retry_initial_seconds=0.001,
            retry_max_seconds=0.002,
        )
        world.cycle(service)
        assert world.states() == {"1": "OPEN"}
        assert count(world, "SQS_PERMANENT_FAILURES") == 0
        broken[0] = False
        due_now(world)
        world.cycle(service)

    assert world.states() == {"1": "SENT"}


def test_a_denied_action_is_named_and_the_call_waits(world: World) -> None:
    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return (
            describe()
            if action == "GetQueueAttributes"
            else refuse("AccessDeniedException", status=403)
        )

    world.record("1", *HELLO)
    with serve_endpoint(answer) as endpoint:
        world.cycle(with_endpoint(world, endpoint.url, max_attempts=1))

    ((reason,),) = world.rows(
        f"SELECT TO_CHAR(ERROR_MESSAGE) FROM {USER}.CDC_PROCESSING_LOG WHERE CALL_ID = '1'"
    )
    assert "allow sqs:SendMessage on this queue" in reason
    assert world.states() == {"1": "OPEN"}


def test_a_queue_that_is_not_there_is_named_and_nothing_is_claimed(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application(queue_url=world.outbound_url + "-nowhere")

    with pytest.raises(SqsConfigurationError, match="this queue is not there"):
        world.cycle(service)

    assert world.states() == {}


def test_a_queue_that_is_deleted_while_the_service_runs_keeps_calls_waiting(world: World) -> None:
    service = world.application(max_attempts=1)
    world.cycle(service)
    world.sqs.delete_queue(QueueUrl=world.outbound_url)
    world.record("1", *HELLO)

    world.cycle(service)

    assert world.states() == {"1": "OPEN"}
    with pytest.raises(SqsConfigurationError):
        service.startup.facts.clear()
        service.startup.ensure_queue(world.outbound_url)


def test_a_key_that_was_rotated_is_read_anew_without_a_restart(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: keys in a file, as a rotation writes them, and an SQS that takes the new one only
    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if endpoint.keys[-1] != "AKIANEW":
            return refuse("ExpiredToken", status=403)
        return describe() if action == "GetQueueAttributes" else accept(request)

    credentials = tmp_path / "credentials"
    write_key(credentials, "AKIAOLD")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    world.record("1", *HELLO)
    with serve_endpoint(answer) as endpoint:
        service = with_endpoint(
            world, endpoint.url, AwsSettings(region="eu-west-1", endpoint_url=endpoint.url)
        )
        with pytest.raises(SqsCredentialsError, match="ExpiredToken"):
            world.cycle(service)
        # When
        write_key(credentials, "AKIANEW")
        world.cycle(service)
        # Then
        assert set(endpoint.keys) == {"AKIAOLD", "AKIANEW"}
    assert world.states() == {"1": "SENT"}


def write_key(path: Path, key: str) -> None:
    path.write_text(
        f"[default]\naws_access_key_id = {key}\naws_secret_access_key = secret\n", encoding="utf-8"
    )


def test_a_shared_key_that_throttles_results_is_a_passing_failure(world: World) -> None:
    with serve_endpoint(lambda action, request: refuse("KmsThrottled")) as endpoint:
        service = with_endpoint(world, endpoint.url)
        service.startup.ensure_database()
        with pytest.raises(SqsUnavailable, match="KmsThrottled"):
            service.results.run_cycle()
