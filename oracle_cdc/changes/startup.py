"""What must be there before changes flow: our tables in Oracle, and a stream that keeps order."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from oracle_cdc.aws.kinesis.stream import StreamFacts, read_facts, require_order_of_keys
from oracle_cdc.aws.sqs.dead_letters import DeadLetterQueue
from oracle_cdc.changes.capture.numbering import read_sequence, require_order
from oracle_cdc.errors import (
    CdcError,
    DestinationUnavailable,
)
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.schema import ensure_change_tables

if TYPE_CHECKING:
    from oracle_cdc.aws.kinesis.client import StreamClient

oracle_logger = logging.getLogger("oracle_cdc.oracle.startup")
destination_logger = logging.getLogger("oracle_cdc.destination.startup")
sqs_logger = logging.getLogger("oracle_cdc.sqs.startup")

#: An outage of the processor that is longer loses records of a stream that keeps them shorter.
SAFE_RETENTION_HOURS = 24 * 7


class Startup:
    """Looks at each once. Its methods raise what is wrong, and may be called again.

    Parameters:
        queue: of dead letters, None where none is set.
        keeps_event: whether the whole event rests there.
        redacts: whether what is personal is replaced before a change leaves.
    """

    def __init__(
        self,
        database: Database,
        stream: StreamClient,
        queue: DeadLetterQueue | None,
        *,
        keeps_event: bool,
        redacts: bool,
    ) -> None:
        self.database = database
        self.stream = stream
        self.queue = queue
        self.keeps_event = keeps_event
        self.redacts = redacts
        self.has_tables = False
        self.has_asked_queue = False
        self.facts: StreamFacts | None = None

    def ensure_oracle(self) -> None:
        """Create the tables that are missing, and validate all, and what numbers the changes."""
        if self.has_tables:
            return
        with self.database.session() as session:
            oracle_logger.info("✅ Oracle connection successful")
            created = ensure_change_tables(session)
            require_order(read_sequence(session))
        if created:
            oracle_logger.info("created tables %s", ", ".join(created))
        oracle_logger.info("✅ All tables validated")
        self.has_tables = True

    def ensure_stream(self) -> StreamFacts:
        """Ask the stream about itself, and say what in it endangers changes."""
        if self.facts is None:
            facts = read_facts(self.stream)
            require_stream(facts)
            for danger in find_dangers(facts):
                destination_logger.warning("stream %s: %s", facts.name, danger)
            if not self.redacts:
                destination_logger.warning(
                    "personal data goes into the stream as it is: ENABLE_DATA_REDACTION or "
                    "CHANGES_REDACT_BEFORE_STREAM is false"
                )
            destination_logger.info("✅ Kinesis connection successful")
            self.facts = facts
        return self.facts

    def ask_dead_letters(self) -> None:
        """Ask the queue of dead letters about itself, and say what endangers what rests there.

        Nobody waits for it: it is needed where a change can't be sent.
        """
        if self.has_asked_queue:
            return
        self.has_asked_queue = True
        if self.queue is None:
            sqs_logger.warning(
                "DLQ_URL is not set: a change that can't be sent stays in Oracle, and holds back "
                "the later ones of its row"
            )
            return
        try:
            facts = self.queue.read_facts()
        except CdcError as error:
            sqs_logger.warning("the queue of dead letters: %s", error)
            return
        if self.keeps_event and not facts.is_encrypted:
            sqs_logger.warning(
                "the queue of dead letters does not encrypt what rests there, which is whole "
                "events: encrypt it, or set DLQ_KEEP_EVENT=false"
            )

    def forget(self) -> None:
        """Look at both again, because one of them is not as it was."""
        self.has_tables = False
        self.facts = None


def require_stream(facts: StreamFacts) -> None:
    """Require a stream that takes records and keeps the order of each key.

    Raises StreamUnordered and DestinationUnavailable.
    """
    require_order_of_keys(facts)
    if not facts.is_active:
        raise DestinationUnavailable(f"stream {facts.name} is not active yet")


def find_dangers(facts: StreamFacts) -> Iterator[str]:
    """Yield what in a stream endangers changes."""
    if facts.retention_hours < SAFE_RETENTION_HOURS:
        yield (
            f"it keeps records for {facts.retention_hours} hours: a processor that is down for "
            f"longer loses changes; {SAFE_RETENTION_HOURS} or more are better"
        )
    if not facts.is_encrypted:
        yield "its records are not encrypted where they rest"
