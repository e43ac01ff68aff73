"""What must be there before events flow: a bus, a stream that keeps order, tables, a queue."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, STATE_KEYS, TableFacts, describe_table
from oracle_cdc.aws.eventbridge.bus import describe_bus
from oracle_cdc.aws.kinesis.stream import StreamFacts, read_facts, require_order_of_keys
from oracle_cdc.errors import (
    DestinationMissing,
    StoreConfigurationError,
)
from oracle_cdc.processor.wiring import Processor

if TYPE_CHECKING:
    from oracle_cdc.aws.dynamodb.client import TableClient

destination_logger = logging.getLogger("oracle_cdc.destination.startup")
store_logger = logging.getLogger("oracle_cdc.store.startup")

#: Between two looks whether the bus is still there: what is sent to one that is not is accepted.
BUS_SECONDS = 60.0
#: The subject of what a person must look at.
REDACTION, QUEUE = "redaction", "dlq"


class Startup:
    """Looks at each once, at the bus again and again. Its methods may be called again."""

    def __init__(self, processor: Processor, clock: Callable[[], float] = monotonic) -> None:
        self.processor = processor
        self.edges = processor.edges
        self.clock = clock
        self.bus_seen_at: float | None = None
        self.stream: StreamFacts | None = None
        self.has_tables = False
        self.has_queue = False

    def ensure(self) -> None:
        """Look at all that was not well yet, and at the bus if it is time. Raises what is wrong."""
        self.ensure_bus()
        self.ensure_stream()
        self.ensure_tables()
        self.ensure_queue()

    def ensure_bus(self) -> None:
        """Require the bus, since events to one that is not there are accepted and lost."""
        now = self.clock()
        if self.bus_seen_at is not None and now - self.bus_seen_at < BUS_SECONDS:
            return
        try:
            describe_bus(self.edges.bus)
        except DestinationMissing:
            self.processor.bus_is_there.clear()
            self.bus_seen_at = None
            raise
        if self.bus_seen_at is None:
            destination_logger.info("✅ EventBridge connection successful")
        self.bus_seen_at = now
        self.processor.bus_is_there.set()

    def ensure_stream(self) -> None:
        """Require a stream that can be read in order."""
        if self.stream is None:
            facts = read_facts(self.edges.stream)
            require_order_of_keys(facts)
            destination_logger.info("✅ Kinesis connection successful")
            self.stream = facts

    def ensure_tables(self) -> None:
        """Require the two tables of DynamoDB."""
        if self.has_tables:
            return
        require_table(self.edges.checkpoint_table, CHECKPOINT_KEYS)
        require_table(self.edges.state_table, STATE_KEYS)
        store_logger.info("✅ DynamoDB tables validated")
        self.has_tables = True

    def ensure_queue(self) -> None:
        """Require the queue of dead letters where one is set, and say what endangers it."""
        if self.has_queue:
            return
        if self.edges.dead_letters is None:
            destination_logger.warning(
                "DLQ_URL is not set: what can't be published stops its shard"
            )
        else:
            facts = self.edges.dead_letters.read_facts()
            if self.processor.settings.dlq.keep_event and not facts.is_encrypted:
                destination_logger.warning(
                    "the queue of dead letters is not encrypted, and keeps whole changes: encrypt "
                    "it, or set DLQ_KEEP_EVENT=false"
                )
            destination_logger.info("✅ SQS connection successful")
        if not self.processor.settings.enable_data_redaction:
            destination_logger.warning(
                "ENABLE_DATA_REDACTION is false: personal data is published as it is"
            )
        self.has_queue = True


def require_table(client: TableClient, keys: tuple[str, ...]) -> TableFacts:
    """Return what a table says of itself.

    Raises StoreConfigurationError for one with other keys.
    """
    facts = describe_table(client)
    if facts.keys != keys:
        raise StoreConfigurationError(
            f"table {facts.name} has the keys {', '.join(facts.keys)}; allowed: {', '.join(keys)}"
        )
    return facts
