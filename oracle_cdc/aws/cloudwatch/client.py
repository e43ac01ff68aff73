"""The way to CloudWatch's metrics and to its logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from oracle_cdc.aws.client import Service, ServiceClient
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.translation import DESTINATION
from oracle_cdc.running.dependencies import Calling, unwatched

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_logs import CloudWatchLogsClient

    MetricsClient: TypeAlias = ServiceClient[CloudWatchClient]
    LogsClient: TypeAlias = ServiceClient[CloudWatchLogsClient]

METRICS = Service(
    name="cloudwatch",
    title="CloudWatch",
    place="this namespace",
    setting="METRICS_NAMESPACE",
    errors=DESTINATION,
)
LOGS = Service(
    name="logs",
    title="CloudWatch Logs",
    place="this log group",
    setting="--function",
    errors=DESTINATION,
)

#: How AWS Lambda names the log group of a function:
#: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
FUNCTION_LOGS = "/aws/lambda/"


def open_metrics(
    session: AwsSession, namespace: str, *, calling: Calling = unwatched
) -> MetricsClient:
    """Return the client of a namespace of metrics. Nothing is asked yet."""
    return ServiceClient(session, METRICS, namespace, calling=calling)


def open_function_logs(session: AwsSession, function: str) -> LogsClient:
    """Return the client of the logs of a Lambda function, by its name. Nothing is asked yet."""
    return ServiceClient(session, LOGS, FUNCTION_LOGS + function)
