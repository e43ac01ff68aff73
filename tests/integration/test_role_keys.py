"""The keys of a role, for which botocore itself asks STS while a request waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.aws.sqs.client import SqsClient, read_queue
from oracle_cdc.errors import SqsUnavailable
from oracle_cdc.settings.sections import AwsSettings
from standins.iam import serve_iam
from standins.loopback import QuietHandler, serve

QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/outbound"
SQS_ENDPOINT = "https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com"
CONFIG = """
[profile oracle-cdc]
role_arn = arn:aws:iam::123456789012:role/oracle-cdc
source_profile = host
[profile host]
aws_access_key_id = a
aws_secret_access_key = b
"""


@pytest.fixture
def role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Have the process use a role, and return what changes its environment."""
    file = tmp_path / "config"
    file.write_text(CONFIG)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "oracle-cdc")
    return monkeypatch


def ask(**settings: str) -> None:
    """Ask a queue for its attributes, which needs the keys of the role."""
    session = AwsSession(
        AwsSettings(**settings), RequestLimits(0.5, 0.5, concurrent_requests=1), home_url=QUEUE
    )
    try:
        read_queue(SqsClient(session, poll_seconds=0), QUEUE)
    finally:
        session.close()


@contextmanager
def serve_proxy(connected: list[str]) -> Iterator[str]:
    """Serve a proxy that notes where it should lead to, and leads nowhere."""

    class Handler(QuietHandler):
        def do_CONNECT(self) -> None:
            connected.append(self.path)
            self.send_error(502)

    with serve(Handler) as url:
        yield url


def test_the_keys_of_a_role_are_asked_for_once_by_each_request(role: pytest.MonkeyPatch) -> None:
    with serve_iam() as iam:
        role.setenv("AWS_ENDPOINT_URL_STS", iam.url)
        iam.errors["AssumeRole"] = (503, "ServiceUnavailable")
        with pytest.raises(SqsUnavailable, match="ServiceUnavailable, HTTP 503"):
            ask()
        assert iam.asked == ["AssumeRole"]


def test_an_endpoint_of_sqs_is_not_asked_for_the_keys_of_a_role(role: pytest.MonkeyPatch) -> None:
    connected: list[str] = []
    with serve_proxy(connected) as proxy:
        role.setenv("HTTPS_PROXY", proxy)
        role.setenv("AWS_ENDPOINT_URL", SQS_ENDPOINT)
        with pytest.raises(SqsUnavailable):
            ask(endpoint_url=SQS_ENDPOINT)
    assert connected == ["sts.eu-west-1.amazonaws.com:443"]
