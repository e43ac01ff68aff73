"""What a processor has done: where it is, how many it has processed, and when that was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle_cdc.aws.dynamodb.items import Item, Update, read_item, write_item

if TYPE_CHECKING:
    from oracle_cdc.aws.dynamodb.client import TableClient

# The names of the attributes.
PROCESSOR = "processor"
SEQUENCE = "lastProcessedSequence"
COUNT = "processedCount"
UPDATED = "lastUpdated"


@dataclass(frozen=True)
class ProcessorState:
    """What a processor has done, for people: nothing goes on from it.

    last_processed_sequence: of the record that was processed last, in any shard.
    last_updated: when, UTC, such as 2024-01-15T10:30:00Z.
    """

    last_processed_sequence: str
    processed_count: int
    last_updated: str


class StateManager:
    """Keeps the states of processors.

    Everything raises StoreUnavailable, StoreConfigurationError or StoreCredentialsError.
    """

    def __init__(self, client: TableClient) -> None:
        self._client = client

    def save_state(self, processor: str, state: ProcessorState) -> None:
        """Keep a state, whatever was kept before."""
        sets: Item = {
            SEQUENCE: state.last_processed_sequence,
            COUNT: state.processed_count,
            UPDATED: state.last_updated,
        }
        write_item(self._client, {PROCESSOR: processor}, Update(sets=sets))

    def add(self, processor: str, *, count: int, sequence: str, at: str) -> None:
        """Count records that were processed, beside those of other copies.

        Not to be called again after StoreUnavailable: it may have been counted.
        """
        sets = {SEQUENCE: sequence, UPDATED: at}
        update = Update(sets=sets, adds={COUNT: count})
        write_item(self._client, {PROCESSOR: processor}, update)

    def get_state(self, processor: str) -> ProcessorState | None:
        """Return what is kept of a processor, or None."""
        item = read_item(self._client, {PROCESSOR: processor})
        if item is None:
            return None
        return ProcessorState(
            last_processed_sequence=str(item.get(SEQUENCE, "")),
            processed_count=int(str(item.get(COUNT, 0))),
            last_updated=str(item.get(UPDATED, "")),
        )
