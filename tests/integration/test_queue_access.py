"""Queues that cannot be used: a key or a permission is missing, or the queue itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.wiring import Application, make_application
from oracle_cdc.errors import SqsConfigurationError, SqsCredentialsError, SqsUnavailable
from oracle_cdc.settings.sections import AwsSettings
from standins.scriptedsqs import accept, describe, failed, refuse, serve_endpoint
from tests.integration.queue_helpers import HELLO, count, due_now
from tests.world import USER, World

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


@pytest.fixture(scope="module")
def queue_server(sqs_server: str) -> str:
    """Return moto's address: it has more of AWS than queues."""
    return sqs_server


def with_endpoint(
    world: World, url: str, aws: AwsSettings | None = None, **cdc: Any
) -> Application:
    """Return the service against another SQS than moto."""
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
