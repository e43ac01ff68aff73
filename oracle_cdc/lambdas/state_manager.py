"""The states of processors in DynamoDB, for functions of one's own beside the processor."""

from __future__ import annotations

from collections.abc import Mapping

from oracle_cdc.aws.dynamodb import states
from oracle_cdc.aws.dynamodb.client import STATES, open_table
from oracle_cdc.aws.dynamodb.states import ProcessorState
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.lambdas.container import CONTAINER


class StateManager:
    """Keeps the states of processors in a table.

    Parameters:
        session: of AWS, None for that of the container.
    """

    def __init__(self, table_name: str, session: AwsSession | None = None) -> None:
        if session is None:
            session = CONTAINER.get().processor.edges.session
        self.states = states.StateManager(open_table(session, STATES, table_name))

    def save_state(self, processor: str, state: Mapping[str, object]) -> None:
        """Keep a state, whatever was kept before.

        Raises KeyError for a part that is missing, and StoreUnavailable, StoreConfigurationError or
        StoreCredentialsError.

        Parameters:
            state: lastProcessedSequence, processedCount and lastUpdated.
        """
        kept = ProcessorState(
            str(state[states.SEQUENCE]),
            int(str(state[states.COUNT])),
            str(state[states.UPDATED]),
        )
        self.states.save_state(processor, kept)

    def get_state(self, processor: str) -> dict[str, object] | None:
        """Return what is kept of a processor, in the same three parts, or None."""
        state = self.states.get_state(processor)
        if state is None:
            return None
        return {
            states.SEQUENCE: state.last_processed_sequence,
            states.COUNT: state.processed_count,
            states.UPDATED: state.last_updated,
        }
