"""What must be there before work can begin, each asked until it is: Oracle, the queues, the tables."""

from __future__ import annotations

import logging
import threading

from oracle_cdc.model import QueueFacts
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.schema import ensure_tables
from oracle_cdc.settings import SqsSettings
from oracle_cdc.sqs.client import SqsClient, read_queue

oracle_logger = logging.getLogger("oracle_cdc.oracle.startup")
sqs_logger = logging.getLogger("oracle_cdc.sqs.startup")

DAY_SECONDS = 86_400
SAFE_RETENTION_SECONDS = 14 * DAY_SECONDS
SAFE_RECEIVE_COUNT = 10


class Startup:
    """Looks at each dependency once, for whichever loop asks first. Its methods raise what is wrong, and may be
    called again."""

    def __init__(self, database: Database, client: SqsClient, sqs: SqsSettings, source: str) -> None:
        self.database = database
        self.client = client
        self.sqs = sqs
        self.source = source
        self.lock = threading.Lock()
        self.has_tables = False
        self.facts: dict[str, QueueFacts] = {}

    def ensure_database(self) -> None:
        """Log in, and validate the tables; missing ones are created."""
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

    def ensure_queue(self, url: str) -> QueueFacts:
        """Read a queue's attributes, and say what in them endangers messages."""
        with self.lock:
            if url not in self.facts:
                self.facts[url] = facts = read_queue(self.client, url)
                for warning in queue_warnings(facts, is_shared=self.sqs.is_shared):
                    sqs_logger.warning("%s", warning)
                if len(self.facts) == len({self.sqs.outbound_queue_url, self.sqs.results_queue_url}):
                    sqs_logger.info("✅ SQS connection successful")
            return self.facts[url]


def queue_warnings(facts: QueueFacts, *, is_shared: bool) -> list[str]:
    """What in a queue's attributes limits the guarantees (DESIGN section 2, G7)."""
    name = facts.url.rsplit("/", 1)[-1]
    warnings = []
    if facts.retention_seconds < SAFE_RETENTION_SECONDS:
        days = facts.retention_seconds / DAY_SECONDS
        warnings.append(f"queue {name} keeps messages for {days:g} days only; set MessageRetentionPeriod to 14 days")
    if facts.max_receive_count is not None and facts.max_receive_count < SAFE_RECEIVE_COUNT:
        warnings.append(f"queue {name} has maxReceiveCount {facts.max_receive_count}; set it to 10 or more")
    if is_shared:
        warnings.append(f"queue {name} is shared by both directions; two queues are better")
    if is_shared and facts.max_receive_count is not None:
        warnings.append(f"shared queue {name} has a redrive policy: its dead-letter queue would collect conversations")
    return warnings
