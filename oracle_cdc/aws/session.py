"""One boto3 session: credentials, regions, endpoints, proxies, and the clients made from it."""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from oracle_cdc.aws.plain_json import write_plainly
from oracle_cdc.errors import SqsConfigurationError

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

    from oracle_cdc.settings.sections import AwsSettings

logger = logging.getLogger(__name__)

#: Connections beside those of the requests in flight: status, visibility, a client that was just
#: renewed.
SPARE_CONNECTIONS = 4
#: Services whose endpoint has another name than boto3 gives them:
#: https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html
ENDPOINT_NAMES = {"events": "EVENTBRIDGE", "logs": "CLOUDWATCH_LOGS"}
#: The action whose requests are most of what this process computes.
SENDING = "sqs.SendMessageBatch"
#: As AWS's own logs name us.
USER_AGENT = "oracle-cdc-sqs"

#: sqs.eu-west-1.amazonaws.com, its China, FIPS, IPv6 (also of China and of Europe's own partition)
#: and VPC endpoints, and the legacy eu-west-1.queue.amazonaws.com.
_REGION_IN_HOST = re.compile(
    r"(?:^|\.)"
    r"(?:sqs(?:-fips)?\.([a-z0-9-]+)|([a-z]{2}-[a-z0-9-]+)\.queue)"
    r"\.(?:amazonaws|api\.(?:aws|amazonwebservices)|vpce)"
)


@dataclass(frozen=True)
class RequestLimits:
    """The time-outs of one request, and the requests that are in flight at a time."""

    connect_timeout_seconds: float
    read_timeout_seconds: float
    concurrent_requests: int


class AwsSession:
    """Clients of AWS's services, each made when first asked for and kept.

    It is safe to use from several threads.

    Parameters:
        home_url: a queue whose region stands in where the settings name none.
    """

    def __init__(
        self, settings: AwsSettings, limits: RequestLimits, *, home_url: str | None = None
    ) -> None:
        self._settings = settings
        self._limits = limits
        self._home_url = home_url
        self._lock = threading.Lock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str, float], Any] = {}

    @property
    def read_timeout_seconds(self) -> float:
        """Return how long an answer may take, where its client was not asked for with another."""
        return self._limits.read_timeout_seconds

    def queue_client(self, queue_url: str, read_timeout_seconds: float) -> Any:
        """Return the SQS client of a queue's region, one for each time-out."""
        with self._lock:
            session = self._open()
            named = self._settings.environment.get(endpoint_setting("sqs"))
            endpoint = named or self._settings.endpoint_url
            region = _region_for(session, queue_url, endpoint)
            key = ("sqs", region, read_timeout_seconds)
            if key not in self._clients:
                config = self._make_config(endpoint, read_timeout_seconds)
                client = _create(session, "sqs", region, endpoint, config)
                write_plainly(client, SENDING)
                self._clients[key] = client
            return self._clients[key]

    def client(self, service: str) -> Any:
        """Return the client of another service."""
        with self._lock:
            key = (service, "", self._limits.read_timeout_seconds)
            if key not in self._clients:
                self._clients[key] = self._create_other(service)
            return self._clients[key]

    @contextmanager
    def opened(self, service: str) -> Iterator[Any]:
        """Lend a client of another service for a few questions.

        What goes wrong is raised as botocore has it.
        """
        with self._lock:
            client = self._create_other(service)
        try:
            yield client
        finally:
            client.close()

    def renew(self, refused: object) -> None:
        """Have credentials, profile and role read anew, after a client's credentials were refused.

        Of several requests that were refused at once, the first renews. A client that is newer
        stays.

        Parameters:
            refused: the client. None: there was none yet.
        """
        with self._lock:
            if refused is None or refused in self._clients.values():
                logger.info("AWS credentials are read anew")
                self._session = None
                self._clients = {}

    def close(self) -> None:
        """Close the connections. Idempotent."""
        with self._lock:
            clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()

    def _open(self) -> boto3.Session:
        if self._session is None:
            self._session = _create_session(self._settings, self._limits)
        return self._session

    def _create_other(self, service: str) -> Any:
        """Make the client of a service that is not SQS."""
        from botocore.config import Config

        session = self._open()
        endpoint = endpoint_of(self._settings, service)
        common = self._make_config(endpoint, self._limits.read_timeout_seconds)
        addressing_style: Literal["auto", "path"] = "auto"
        if endpoint:
            # An endpoint of one's own has no name for each bucket.
            addressing_style = "path"
        config = common.merge(
            Config(
                # An AWS_ENDPOINT_URL that is an endpoint of SQS must not become another service's.
                ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # not in the stubs
                s3={"addressing_style": addressing_style},
            )
        )
        # A bucket's address names no region; that of another region is found by S3's redirection.
        region = session.region_name or _region_for(session, self._home_url or "", endpoint)
        return _create(session, service, region, endpoint, config)

    def _make_config(self, endpoint: str | None, read_timeout_seconds: float) -> Config:
        from botocore.config import Config

        proxies: dict[str, str] | None = None
        if _is_loopback(endpoint or ""):
            # A company's HTTP_PROXY can't know this machine's loopback.
            proxies = {}
        return Config(
            connect_timeout=self._limits.connect_timeout_seconds,
            read_timeout=read_timeout_seconds,
            # Retries live in one place, ours: stacked ones multiply.
            retries={"total_max_attempts": 1, "mode": "standard"},
            max_pool_connections=self._limits.concurrent_requests + SPARE_CONNECTIONS,
            tcp_keepalive=True,
            # What we send is made by our own code; to check it once more is a quarter of what a
            # request costs.
            parameter_validation=False,
            # Given here it is not put together anew for each request, a tenth of its time.
            user_agent=USER_AGENT,
            proxies=proxies,
        )


def region_of(queue_url: str) -> str | None:
    """Return the region that a queue's URL names, if it is one of AWS's."""
    match = _REGION_IN_HOST.search(urlsplit(queue_url).hostname or "")
    if match is None:
        return None
    return match[1] or match[2]


def endpoint_of(aws: AwsSettings, service: str) -> str | None:
    """Return AWS_ENDPOINT_URL_S3 (or _IAM ...), else AWS_ENDPOINT_URL, else None for AWS's own.

    An AWS_ENDPOINT_URL that is an endpoint of SQS does not count.
    """
    named = aws.environment.get(endpoint_setting(service))
    if named:
        return named
    if region_of(aws.endpoint_url or ""):
        return None
    return aws.endpoint_url


def endpoint_setting(service: str) -> str:
    """Return the variable that says where a service is, by its name in boto3."""
    return f"AWS_ENDPOINT_URL_{ENDPOINT_NAMES.get(service, service.upper())}"


def read_time(value: Any) -> datetime:
    """Return a time of an answer, UTC where it is a number of seconds, as Kinesis has it.

    botocore looks for this machine's zone each time, a tenth of what a record read costs.
    """
    from botocore.utils import parse_timestamp

    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, timezone.utc)
    return parse_timestamp(value)


def _create_session(aws: AwsSettings, limits: RequestLimits) -> boto3.Session:
    import boto3  # 0.2 s that `--help` need not wait for
    import botocore.session

    # boto3 reads profile, CA bundle and the like from the process's environment only.
    os.environ.update(aws.environment)
    keys: dict[str, Any] = {}
    if aws.access_key_id and aws.secret_access_key:
        keys["aws_access_key_id"] = aws.access_key_id
        keys["aws_secret_access_key"] = aws.secret_access_key.get_secret_value()
        if aws.session_token:
            keys["aws_session_token"] = aws.session_token.get_secret_value()
    core = botocore.session.get_session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_time)
    core.set_default_client_config(_make_config_for_keys(aws, limits))
    return boto3.Session(region_name=aws.region, botocore_session=core, **keys)


def _make_config_for_keys(aws: AwsSettings, limits: RequestLimits) -> Config:
    """Return how botocore itself asks for the keys of a role: a signature may wait for them."""
    from botocore.config import Config

    # An AWS_ENDPOINT_URL that is an endpoint of SQS must not become that of STS.
    is_foreign = bool(region_of(aws.endpoint_url or "")) and endpoint_of(aws, "sts") is None
    return Config(
        connect_timeout=limits.connect_timeout_seconds,
        read_timeout=limits.read_timeout_seconds,
        retries={"total_max_attempts": 1, "mode": "standard"},
        ignore_configured_endpoint_urls=is_foreign,  # type: ignore[call-arg]  # not in the stubs
    )


def _create(
    session: boto3.Session, service: str, region: str, endpoint: str | None, config: Config
) -> Any:
    create: Callable[..., Any] = session.client
    return create(service, region_name=region, endpoint_url=endpoint, config=config)


def _region_for(session: boto3.Session, queue_url: str, endpoint: str | None) -> str:
    """Return a queue's own region, which no setting can change, else the settings' or profile's."""
    region = region_of(queue_url) or session.region_name or region_of(endpoint or "")
    if region:
        return region
    if endpoint:
        return "us-east-1"  # only signs: what answers at an endpoint of one's own is in no region
    raise SqsConfigurationError(f"the region of {queue_url or 'AWS'} is not known: set AWS_REGION")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
