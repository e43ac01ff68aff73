"""What must be there before work can begin: Oracle, the queues, the tables."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence

from oracle_cdc.aws.session import region_of
from oracle_cdc.aws.sqs.client import SqsClient, is_one_queue, read_queue
from oracle_cdc.conversations.settings import SqsSettings
from oracle_cdc.model import QueueFacts
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.schema import ensure_tables
from oracle_cdc.settings.sections import AwsSettings

oracle_logger = logging.getLogger("oracle_cdc.oracle.startup")
sqs_logger = logging.getLogger("oracle_cdc.sqs.startup")

DAY_SECONDS = 86_400
SAFE_RETENTION_SECONDS = 14 * DAY_SECONDS
SAFE_RECEIVE_COUNT = 10


class Startup:
    """Looks at each dependency once, for whichever loop asks first.

    Its methods raise what is wrong, and may be called again.

    Parameters:
        clients: through which each queue is asked, by its URL.
    """

    def __init__(
        self,
        database: Database,
        clients: Mapping[str, SqsClient],
        sqs: SqsSettings,
        aws: AwsSettings,
        source: str,
    ) -> None:
        self.database = database
        self.clients = clients
        self.sqs = sqs
        self.aws = aws
        self.source = source
        self.lock = threading.Lock()
        self.has_tables = False
        self.facts: dict[str, QueueFacts] = {}

    def ensure_database(self) -> None:
        """Log in, create the tables that are missing, and validate all of them."""
        with self.lock:
            if self.has_tables:
                return
            with self.database.session() as session:
                oracle_logger.info("✅ Oracle connection successful")
                created = ensure_tables(session, self.source)
            if created:
                oracle_logger.info("created tables %s", ", ".join(created))
            oracle_logger.info("✅ All tables validated")
            self.has_tables = True

    def is_shared(self) -> bool:
        """Return whether both directions use one queue, as far as is known now.

        That is known by its URL, or by what two URLs lead to.
        """
        outbound = self.facts.get(self.sqs.outbound_queue_url)
        results = self.facts.get(self.sqs.results_queue_url)
        return self.sqs.is_shared or bool(outbound and results and is_one_queue(outbound, results))

    def ensure_queue(self, url: str) -> QueueFacts:
        """Read a queue's attributes, and say what in them endangers messages."""
        with self.lock:
            if url not in self.facts:
                self.facts[url] = facts = read_queue(self.clients[url], url)
                for warning in queue_warnings(facts, is_shared=self.is_shared()):
                    sqs_logger.warning("%s", warning)
                if self.knows_both():
                    self.log_both()
            return self.facts[url]

    def knows_both(self) -> bool:
        """Return whether the attributes of both queues, or of the one for both, were read."""
        urls = {self.sqs.outbound_queue_url, self.sqs.results_queue_url}
        return urls.issubset(self.facts)

    def log_both(self) -> None:
        """Say what in the queues taken together endangers messages."""
        for warning in pair_warnings(list(self.facts.values()), self.aws):
            sqs_logger.warning("%s", warning)
        sqs_logger.info("✅ SQS connection successful")


def queue_warnings(facts: QueueFacts, *, is_shared: bool) -> list[str]:
    """Return what in a queue's attributes limits the guarantees (docs/guarantees.md)."""
    name = queue_name(facts.url)
    warnings = []
    if facts.retention_seconds < SAFE_RETENTION_SECONDS:
        days = facts.retention_seconds / DAY_SECONDS
        warnings.append(
            f"queue {name} keeps messages for {days:g} days only; "
            "set MessageRetentionPeriod to 14 days"
        )
    if facts.max_receive_count is not None and facts.max_receive_count < SAFE_RECEIVE_COUNT:
        warnings.append(
            f"queue {name} has maxReceiveCount {facts.max_receive_count}; set it to 10 or more"
        )
    if is_shared:
        warnings.append(f"queue {name} is shared by both directions; two queues are better")
    if is_shared and facts.max_receive_count is not None:
        warnings.append(
            f"shared queue {name} has a redrive policy: "
            "its dead-letter queue would collect conversations"
        )
    return warnings


def pair_warnings(queues: Sequence[QueueFacts], aws: AwsSettings) -> list[str]:
    """Return what the queues' names say.

    They show two URLs of one queue, and regions that the settings do not fit.
    """
    warnings: list[str] = []
    for facts in queues:
        warnings += region_warnings(facts.url, aws)
    if len(queues) == 2 and is_one_queue(*queues):
        warnings.append(
            "SQS_OUTBOUND_QUEUE_URL and SQS_RESULTS_QUEUE_URL name one queue, "
            f"{queue_name(queues[0].url)}: "
            "it is treated as a shared queue; two queues are better"
        )
    return warnings


def region_warnings(url: str, aws: AwsSettings) -> list[str]:
    """Return where a queue's own region, which is used, is not that of the settings."""
    region, endpoint_region = region_of(url), region_of(aws.endpoint_url or "")
    warnings = []
    if region and aws.region and region != aws.region:
        warnings.append(
            f"queue {queue_name(url)} is in {region}, AWS_REGION says {aws.region}: "
            "the queue's own region is used"
        )
    if region and endpoint_region and region != endpoint_region:
        warnings.append(
            f"queue {queue_name(url)} is in {region}, AWS_ENDPOINT_URL leads to {endpoint_region}"
        )
    return warnings


def queue_name(url: str) -> str:
    return url.rsplit("/", 1)[-1]
