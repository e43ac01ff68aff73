"""The settings under which the service runs in a round."""

from __future__ import annotations

from standins.oracle import PASSWORD, SERVICE, USER
from standins.queues import Queue
from standins.queueserver import Queues
from tests.chaos.harness.database import Database
from tests.chaos.plans.plan import Plan

#: Quick enough that what fails is tried again within a round.
SETTINGS = {
    "CDC_NORMAL_POLL_INTERVAL_SECONDS": "0.1",
    "CDC_RESULTS_WAIT_SECONDS": "0",
    "CDC_RESULTS_VISIBILITY_SECONDS": "2",
    "CDC_RETRY_INITIAL_SECONDS": "0.05",
    "CDC_RETRY_MAX_SECONDS": "0.3",
    "CDC_BREAKER_PROBE_SECONDS": "0.3",
    "CDC_MAX_ATTEMPTS": "50",
    "SQS_CONNECT_TIMEOUT_SECONDS": "0.3",
    "SQS_READ_TIMEOUT_SECONDS": "1.0",
    "ORACLE_CALL_TIMEOUT_SECONDS": "1.0",
    "ORACLE_CONNECT_TIMEOUT_SECONDS": "1.0",
    "ORACLE_POOL_WAIT_SECONDS": "2.0",
}


def make_environment(
    plan: Plan, database: Database, queues: Queues, outbound: Queue, results: Queue
) -> dict[str, str]:
    """Return the variables of each copy."""
    return {
        "TZ": plan.time_zone,
        "ORACLE_USER": USER,
        "ORACLE_PASSWORD": PASSWORD,
        "ORACLE_HOST": "127.0.0.1",
        "ORACLE_PORT": str(database.port),
        "ORACLE_SERVICE_NAME": SERVICE,
        "AWS_REGION": "eu-west-1",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": queues.url,
        **name_queues(plan, queues.url_of(outbound.name), queues.url_of(results.name)),
        **SETTINGS,
        "CDC_LEASE_SECONDS": str(plan.lease_seconds),
        **plan.settings,
    }


def name_queues(plan: Plan, outbound: str, results: str) -> dict[str, str]:
    """Return the settings that name the two queues, or the one that both directions share."""
    if plan.is_shared and not plan.is_renamed:
        return {"SQS_QUEUE_URL": outbound}
    if plan.is_renamed:
        results = results.replace("127.0.0.1", "localhost")
    return {"SQS_OUTBOUND_QUEUE_URL": outbound, "SQS_RESULTS_QUEUE_URL": results}
