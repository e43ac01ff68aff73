"""What the commands of the processor ask in AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, open_table
from oracle_cdc.aws.dynamodb.rows import LeaseRows
from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.processor.settings import ProcessorSettings


@contextmanager
def opened(settings: ProcessorSettings) -> Iterator[AwsSession]:
    """Lend clients by the settings. Nothing is asked yet."""
    limits = RequestLimits(
        settings.kinesis.connect_timeout_seconds,
        settings.kinesis.read_timeout_seconds,
        settings.processor.requests_in_flight,
    )
    with closing(AwsSession(settings.aws, limits, home_url=settings.dlq.url)) as session:
        yield session


def open_leases(session: AwsSession, settings: ProcessorSettings, processor: str) -> LeaseRows:
    """Return what is kept of the shards that a processor reads."""
    table = open_table(session, CHECKPOINTS, settings.tables.checkpoint_table_name)
    return LeaseRows(table, processor=processor, stream=settings.kinesis.stream_name)
