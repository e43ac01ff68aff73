"""How the way to SQS is made: regions, keys, time-outs, and what a queue says of itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from oracle_cdc.aws.session import read_time, region_of
from oracle_cdc.aws.sqs.client import is_one_queue, read_queue
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.startup import region_warnings
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.errors import SqsConfigurationError, SqsCredentialsError
from oracle_cdc.settings.sections import AwsSettings
from tests.builders import queue_facts, sqs_settings

AWS_QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/outbound"


@pytest.fixture(autouse=True)
def no_aws_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def with_aws(aws: AwsSettings, queue_url: str = AWS_QUEUE) -> Settings:
    return sqs_settings("http://127.0.0.1:1", queue_url).model_copy(update={"aws": aws})


def region_used(settings: Settings) -> str:
    client = create_client(settings)
    with client.calling("SendMessage", settings.sqs.outbound_queue_url) as sqs:
        region = sqs.meta.region_name
    client.close()
    return region


def test_the_region_is_the_queues_own_else_the_settings_else_the_profiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = "https://queue.example.com/1/q"
    by_url = region_used(with_aws(AwsSettings(region="eu-west-1")))
    (tmp_path / "config").write_text("[profile office]\nregion = il-central-1\n")
    # The client puts the profile of .env into the environment; this takes it away again.
    monkeypatch.setenv("AWS_PROFILE", "")
    by_profile = region_used(
        with_aws(AwsSettings(environment={"AWS_PROFILE": "office"}), elsewhere)
    )
    by_setting = region_used(with_aws(AwsSettings(region="eu-west-1"), elsewhere))

    assert (by_url, by_setting, by_profile) == ("eu-central-1", "eu-west-1", "il-central-1")


def test_each_queue_is_asked_in_its_own_region_by_a_client_of_its_own() -> None:
    client = create_client(with_aws(AwsSettings()))
    regions = []
    for region in ("us-east-1", "eu-west-1", "us-east-1"):
        with client.calling("SendMessage", f"https://sqs.{region}.amazonaws.com/1/q") as sqs:
            regions.append((sqs.meta.region_name, sqs.meta.endpoint_url))
    client.close()

    assert [name for name, _ in regions] == ["us-east-1", "eu-west-1", "us-east-1"]
    assert regions[1][1] == "https://sqs.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("region", "endpoint", "expected"),
    [
        (None, None, []),
        ("eu-central-1", None, []),
        ("eu-west-1", None, ["queue outbound is in eu-central-1, AWS_REGION says eu-west-1"]),
        (None, "https://sqs.us-east-1.amazonaws.com", ["AWS_ENDPOINT_URL leads to us-east-1"]),
        (None, "http://127.0.0.1:4566", []),
    ],
)
def test_a_region_of_the_settings_that_is_not_the_queues_is_reported(
    region: str | None, endpoint: str | None, expected: list[str]
) -> None:
    warnings = region_warnings(AWS_QUEUE, AwsSettings(region=region, endpoint_url=endpoint))

    assert len(warnings) == len(expected)
    assert all(text in warning for text, warning in zip(expected, warnings, strict=True))


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/1/q", "eu-west-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", "cn-north-1"),
        ("https://sqs-fips.us-gov-west-1.amazonaws.com/1/q", "us-gov-west-1"),
        ("https://sqs.eu-west-1.api.aws/1/q", "eu-west-1"),
        ("https://sqs.cn-north-1.api.amazonwebservices.com.cn/1/q", "cn-north-1"),
        ("https://sqs.eusc-de-east-1.amazonaws.eu/1/q", "eusc-de-east-1"),
        ("https://vpce-0a1b-2c3d.sqs.il-central-1.vpce.amazonaws.com/1/q", "il-central-1"),
        ("https://eu-west-1.queue.amazonaws.com/1/q", "eu-west-1"),
        ("http://127.0.0.1:9324/queue/q", None),
        ("http://localhost/sqs.eu-west-1.amazonaws.com", None),
    ],
)
def test_a_queues_url_names_its_region(url: str, region: str | None) -> None:
    assert region_of(url) == region


def test_a_region_that_nobody_names_is_asked_for() -> None:
    with pytest.raises(SqsConfigurationError, match="set AWS_REGION"):
        region_used(with_aws(AwsSettings(), "https://queue.example.com/1/q"))


def test_an_endpoint_of_ones_own_needs_no_region() -> None:
    assert region_used(
        with_aws(AwsSettings(endpoint_url="http://127.0.0.1:1"), "http://127.0.0.1:1/1/q")
    )


def test_a_profile_that_is_not_there_is_a_matter_of_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "")
    with pytest.raises(SqsConfigurationError, match="ProfileNotFound"):
        region_used(with_aws(AwsSettings(environment={"AWS_PROFILE": "nobody"})))


def test_no_credentials_anywhere_are_named_as_such() -> None:
    settings = with_aws(AwsSettings(region="eu-west-1", endpoint_url="http://127.0.0.1:1"))

    with pytest.raises(SqsCredentialsError, match="NoCredentialsError; set AWS_ACCESS_KEY_ID"):
        read_queue(create_client(settings), AWS_QUEUE)


def test_keys_that_came_after_a_refusal_are_found(tmp_path: Path, sqs_server: str) -> None:
    settings = with_aws(AwsSettings(region="eu-west-1", endpoint_url=sqs_server))
    client = create_client(settings)
    with pytest.raises(SqsCredentialsError):
        read_queue(client, AWS_QUEUE)

    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )

    with pytest.raises(SqsConfigurationError, match=r"NonExistentQueue|QueueDoesNotExist"):
        read_queue(client, AWS_QUEUE)
    client.close()


def test_a_long_poll_never_outlasts_its_own_time_out() -> None:
    settings = sqs_settings("http://127.0.0.1:1", results_wait_seconds=20)
    short = settings.sqs.model_copy(update={"read_timeout_seconds": 5.0})
    client = create_client(settings.model_copy(update={"sqs": short}))

    with (
        client.calling("ReceiveMessage", "", is_poll=True) as polling,
        client.calling("SendMessage", "") as sending,
    ):
        assert polling.meta.config.read_timeout > 20
        assert sending.meta.config.read_timeout == 5.0
    client.close()


def test_botocore_does_not_retry_by_itself_and_has_a_connection_for_each_request() -> None:
    client = create_client(sqs_settings("http://127.0.0.1:1", max_concurrent_calls=40))

    with client.calling("SendMessage", "") as sqs:
        assert sqs.meta.config.retries["total_max_attempts"] == 1
        assert sqs.meta.config.max_pool_connections > 40
    client.close()
    client.close()


def test_a_companys_proxy_is_not_asked_for_the_loopback(
    monkeypatch: pytest.MonkeyPatch, sqs_server: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    client = create_client(sqs_settings(sqs_server))

    with pytest.raises(SqsConfigurationError, match="this queue is not there"):
        read_queue(client, f"{sqs_server}/123456789012/nowhere")
    client.close()


def test_a_queue_states_its_limits(sqs_server: str) -> None:
    client = create_client(sqs_settings(sqs_server))
    name = uuid4().hex
    with client.calling("CreateQueue", "") as sqs:
        dead = sqs.create_queue(QueueName=f"{name}-dead.fifo", Attributes={"FifoQueue": "true"})[
            "QueueUrl"
        ]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        url = sqs.create_queue(
            QueueName=f"{name}.fifo",
            Attributes={
                "FifoQueue": "true",
                "MaximumMessageSize": "2048",
                "MessageRetentionPeriod": "1209600",
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "12"}),
            },
        )["QueueUrl"]

    facts = read_queue(client, url)
    client.close()

    assert (facts.is_fifo, facts.max_message_bytes, facts.retention_seconds) == (
        True,
        2048,
        1_209_600,
    )
    assert (facts.max_receive_count, facts.waiting) == (12, 0)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"arn": "arn:a:q", "created": "1"}, {"arn": "arn:a:q", "created": "1"}, True),
        ({"arn": "arn:a:q", "created": "1"}, {"arn": "arn:a:r", "created": "1"}, False),
        # Two emulators on two hosts, each with a queue of this name
        ({"arn": "arn:a:q", "created": "1"}, {"arn": "arn:a:q", "created": "2"}, False),
        ({"url": "http://a/1/q"}, {"url": "http://b/1/q"}, True),
        ({"url": "http://a/1/q"}, {"url": "http://a/2/q"}, False),
        ({"url": "http://a/1/q"}, {"url": "http://a/1/r"}, False),
    ],
)
def test_two_urls_lead_to_one_queue_if_the_queue_itself_says_so(
    one: dict[str, str], other: dict[str, str], expected: bool
) -> None:
    assert is_one_queue(replace(queue_facts(), **one), replace(queue_facts(), **other)) is expected


def test_secrets_show_in_no_error() -> None:
    aws = AwsSettings(
        access_key_id="AKIASECRET",
        secret_access_key=SecretStr("hush"),
        endpoint_url="http://127.0.0.1:1",
    )

    with pytest.raises(Exception, match="GetQueueAttributes") as raised:
        read_queue(create_client(with_aws(aws)), AWS_QUEUE)
    assert "AKIASECRET" not in str(raised.value)
    assert "hush" not in str(raised.value)


def test_of_several_refusals_at_once_the_first_renews_and_a_newer_client_stays() -> None:
    session = create_client(sqs_settings("http://127.0.0.1:9")).session
    old = session.queue_client(AWS_QUEUE, 1.0)
    session.renew(old)
    new = session.queue_client(AWS_QUEUE, 1.0)

    session.renew(old)

    assert new is not old
    assert session.queue_client(AWS_QUEUE, 1.0) is new


def test_times_of_answers_are_read_whichever_way_they_are_written() -> None:
    noon = datetime(2024, 1, 15, 12, 0, 0, 500_000, tzinfo=timezone.utc)
    assert read_time(noon.timestamp()) == noon
    assert read_time(noon.timestamp()).tzinfo is timezone.utc
    for written in ("2024-01-15T12:00:00.5Z", "1705320000.5"):
        assert read_time(written) == noon
