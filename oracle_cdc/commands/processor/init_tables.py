"""`init-tables` of the processor: creates the two tables of DynamoDB where they are missing."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, STATE_KEYS, create_table
from oracle_cdc.errors import ExitCode, StoreMissing
from oracle_cdc.processor.edges import make_edges
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.startup import require_table
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.terminal import say

if TYPE_CHECKING:
    from oracle_cdc.aws.dynamodb.client import TableClient


def init_dynamodb_tables(settings: ProcessorSettings) -> ExitCode:
    """Create what is missing, and return the exit code.

    Raises StoreConfigurationError for a table with other keys, and what else DynamoDB raises.
    """
    edges = make_edges(settings, Progress())
    with closing(edges.session):
        ensure(edges.checkpoint_table, CHECKPOINT_KEYS)
        ensure(edges.state_table, STATE_KEYS)
    return ExitCode.DONE


def ensure(table: TableClient, keys: tuple[str, ...]) -> None:
    """Create one table where it is missing."""
    try:
        require_table(table, keys)
    except StoreMissing:
        create_table(table, keys)
        say(f"created {table.place}")
    else:
        say(f"present {table.place}")
