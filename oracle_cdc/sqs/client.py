"""The way to SQS: one boto3 session, its clients, what a queue says of itself."""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from oracle_cdc.errors import SqsConfigurationError, SqsCredentialsError
from oracle_cdc.model import QueueFacts
from oracle_cdc.packing import MAX_MESSAGE_BYTES
from oracle_cdc.sqs.translation import translate

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from oracle_cdc.sections import AwsSettings
    from oracle_cdc.settings import Settings

logger = logging.getLogger(__name__)

#: How much longer than its long poll a receive may take before it counts as failed.
POLL_MARGIN_SECONDS = 10
#: Connections beside those of the requests in flight: status, visibility, a client that was just refreshed.
SPARE_CONNECTIONS = 4
#: As AWS's own logs name us.
USER_AGENT = "oracle-cdc-sqs"

#: Stands around each request; is told its action as IAM names it, whom it goes to, and whether it is a long poll.
Observe = Callable[[str, str, bool], AbstractContextManager[None]]

#: sqs.eu-west-1.amazonaws.com, its China, FIPS, IPv6 and VPC endpoints, and the legacy eu-west-1.queue.amazonaws.com.
_REGION_IN_HOST = re.compile(
    r"(?:^|\.)(?:sqs(?:-fips)?\.([a-z0-9-]+)|([a-z]{2}-[a-z0-9-]+)\.queue)\.(?:amazonaws|api\.aws|vpce)"
)


class SqsClient:
    """One session's clients, of each region one for short requests and another for long polls, made when first used.

    Safe to use from several threads. Credentials that are refused make it read the whole chain anew.
    """

    def __init__(self, settings: Settings, observe: Observe | None = None) -> None:
        self._settings = settings
        self._observe = observe or (lambda action, url, is_poll: nullcontext())
        self._lock = threading.Lock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, bool], SQSClient] = {}
        self._s3: S3Client | None = None

    @contextmanager
    def calling(self, action: str, queue_url: str, *, is_poll: bool = False) -> Iterator[SQSClient]:
        """Lend a client for one request and raise what goes wrong as one of our errors."""
        lent: SQSClient | None = None
        try:
            with self._observe(action, queue_url, is_poll), translate(action, queue_url):
                lent = self._client(queue_url, is_poll)
                yield lent
        except SqsCredentialsError:
            self._renew(lent)
            raise

    @contextmanager
    def storing(self, bucket: str, action: str) -> Iterator[S3Client]:
        """Lend an S3 client of the same session for one request, and raise what goes wrong as one of our errors."""
        lent: S3Client | None = None
        try:
            url = f"s3://{bucket}"
            with self._observe(action, url, False), translate(action, url):
                lent = self._s3_client()
                yield lent
        except SqsCredentialsError:
            self._renew(lent)
            raise

    @contextmanager
    def opened(self, service: str) -> Iterator[Any]:
        """A client of another service for a few questions; what goes wrong is raised as botocore has it."""
        with self._lock:
            session = self._open_session()
        client = _create_other_client(session, self._settings, service)
        try:
            yield client
        finally:
            client.close()

    def close(self) -> None:
        """Close the connections. Idempotent."""
        with self._lock:
            clients = [*self._clients.values(), *([self._s3] if self._s3 else [])]
            self._clients, self._s3 = {}, None
        for client in clients:
            client.close()

    def _renew(self, refused: SQSClient | S3Client | None) -> None:
        with self._lock:
            # Of several requests that were refused at once, the first renews; a client that is newer stays.
            if refused is None or refused is self._s3 or refused in self._clients.values():
                logger.info("AWS credentials are read anew")
                self._forget()

    def _forget(self) -> None:
        self._session = None
        self._clients = {}
        self._s3 = None

    def _client(self, queue_url: str, is_poll: bool) -> SQSClient:
        with self._lock:
            session = self._open_session()
            region = _region_for(session, queue_url, self._settings.aws.endpoint_url)
            if (region, is_poll) not in self._clients:
                self._clients[region, is_poll] = _create_boto_client(
                    session, self._settings, region, is_poll
                )
            return self._clients[region, is_poll]

    def _s3_client(self) -> S3Client:
        with self._lock:
            if self._s3 is None:
                self._s3 = _create_s3_client(self._open_session(), self._settings)
            return self._s3

    def _open_session(self) -> boto3.Session:
        if self._session is None:
            self._session = _create_session(self._settings.aws)
        return self._session


def create_client(settings: Settings, observe: Observe | None = None) -> SqsClient:
    """Make the client of both legs; nothing is read or connected yet."""
    return SqsClient(settings, observe)


def read_queue(client: SqsClient, url: str) -> QueueFacts:
    """Ask a queue for its attributes."""
    with client.calling("GetQueueAttributes", url) as sqs:
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    attributes = cast("dict[str, str]", answer.get("Attributes", {}))
    redrive = json.loads(attributes.get("RedrivePolicy") or "{}")
    return QueueFacts(
        url=url,
        is_fifo=url.endswith(".fifo"),
        max_message_bytes=int(attributes.get("MaximumMessageSize", MAX_MESSAGE_BYTES)),
        retention_seconds=int(attributes.get("MessageRetentionPeriod", 345_600)),
        visibility_seconds=int(attributes.get("VisibilityTimeout", 30)),
        max_receive_count=int(redrive["maxReceiveCount"]) if "maxReceiveCount" in redrive else None,
        waiting=int(attributes.get("ApproximateNumberOfMessages", 0)),
        arn=attributes.get("QueueArn"),
        created=attributes.get("CreatedTimestamp"),
        has_policy=bool(attributes.get("Policy")),
    )


def is_one_queue(one: QueueFacts, other: QueueFacts) -> bool:
    """Whether two URLs lead to one queue: by name and time of creation, as the queue itself tells them.

    Account and name of the URL stand in for the name where an endpoint tells none. The time keeps two emulators apart
    that give their queues the same names.
    """
    return _identity(one) == _identity(other)


def _identity(facts: QueueFacts) -> tuple[str, str | None]:
    return facts.arn or "/".join(
        urlsplit(facts.url).path.rstrip("/").split("/")[-2:]
    ), facts.created


def region_of(queue_url: str) -> str | None:
    """The region that a queue's URL names, if it is one of AWS's."""
    match = _REGION_IN_HOST.search(urlsplit(queue_url).hostname or "")
    return (match[1] or match[2]) if match else None


def _create_session(aws: AwsSettings) -> boto3.Session:
    import boto3  # 0.2 s that `--help` need not wait for

    # boto3 reads profile, CA bundle and the like from the process's environment only.
    os.environ.update(aws.environment)
    keys: dict[str, Any] = {}
    if aws.access_key_id and aws.secret_access_key:
        keys = {
            "aws_access_key_id": aws.access_key_id,
            "aws_secret_access_key": aws.secret_access_key.get_secret_value(),
            "aws_session_token": aws.session_token.get_secret_value()
            if aws.session_token
            else None,
        }
    return boto3.Session(region_name=aws.region, **keys)


def _create_boto_client(
    session: boto3.Session, settings: Settings, region: str, is_poll: bool
) -> SQSClient:
    endpoint = settings.aws.endpoint_url
    read_seconds = settings.sqs.read_timeout_seconds
    if is_poll:
        read_seconds = max(read_seconds, settings.cdc.results_wait_seconds + POLL_MARGIN_SECONDS)
    config = _make_config(settings, endpoint, read_seconds)
    return session.client("sqs", region_name=region, endpoint_url=endpoint, config=config)


def _create_s3_client(session: boto3.Session, settings: Settings) -> S3Client:
    return cast("S3Client", _create_other_client(session, settings, "s3"))


def _create_other_client(session: boto3.Session, settings: Settings, service: str) -> Any:
    from botocore.config import Config

    url = settings.sqs.outbound_queue_url
    endpoint = _other_endpoint(settings.aws, service)
    config = _make_config(settings, endpoint, settings.sqs.read_timeout_seconds).merge(
        Config(
            # An AWS_ENDPOINT_URL that is an endpoint of SQS must not become another service's.
            ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # missing in the stubs
            # An endpoint of one's own has no name for each bucket.
            s3={"addressing_style": "path" if endpoint else "auto"},
        )
    )
    # A bucket's address names no region; that of another region is found by S3's redirection.
    region = session.region_name or _region_for(session, url, endpoint)
    create: Callable[..., Any] = session.client
    return create(service, region_name=region, endpoint_url=endpoint, config=config)


def _other_endpoint(aws: AwsSettings, service: str) -> str | None:
    """AWS_ENDPOINT_URL_S3 (or _IAM ...), else AWS_ENDPOINT_URL unless it is an endpoint of SQS; None: AWS's own."""
    named = aws.environment.get(f"AWS_ENDPOINT_URL_{service.upper()}")
    return named or (None if region_of(aws.endpoint_url or "") else aws.endpoint_url)


def _make_config(settings: Settings, endpoint: str | None, read_seconds: float) -> Config:
    from botocore.config import Config

    return Config(
        connect_timeout=settings.sqs.connect_timeout_seconds,
        read_timeout=read_seconds,
        # Retries live in one place, ours: stacked ones multiply.
        retries={"total_max_attempts": 1, "mode": "standard"},
        max_pool_connections=settings.cdc.max_concurrent_calls + SPARE_CONNECTIONS,
        tcp_keepalive=True,
        # What we send is made by our own code; to check it once more is a quarter of what a request costs.
        parameter_validation=False,
        # Told here it is not put together anew for each request, which takes a tenth of its time.
        user_agent=USER_AGENT,
        # A company's HTTP_PROXY can't know this machine's loopback; for AWS itself it is used as set.
        proxies={} if _is_loopback(endpoint or "") else None,
    )


def _region_for(session: boto3.Session, queue_url: str, endpoint: str | None) -> str:
    """The region of a queue: its own, which no setting can change, else the settings' or the profile's."""
    region = region_of(queue_url) or session.region_name or region_of(endpoint or "")
    if region:
        return region
    if endpoint:
        return "us-east-1"  # only signs: what answers at an endpoint of one's own is in no region
    raise SqsConfigurationError(f"the region of {queue_url} is not known: set AWS_REGION")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
