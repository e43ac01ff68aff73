"""The edges of the processor, made of settings: the stream, the bus, the tables, dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, STATES, open_table
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.states import StateManager
from oracle_cdc.aws.eventbridge.client import open_bus
from oracle_cdc.aws.eventbridge.publisher import BusPublisher
from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.kinesis.inbound import ShardReader
from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.aws.sqs.dead_letters import WAIT_SECONDS, DeadLetterQueue
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.progress import Progress

if TYPE_CHECKING:
    from oracle_cdc.aws.dynamodb.client import TableClient
    from oracle_cdc.aws.eventbridge.client import BusClient
    from oracle_cdc.aws.kinesis.client import StreamClient

#: As readiness names the stream.
STREAM = "kinesis"


@dataclass(frozen=True)
class Watched:
    """What is seen of the calls to each."""

    kinesis: Dependency
    eventbridge: Dependency
    dynamodb: Dependency
    dead_letters: Dependency

    @property
    def all(self) -> list[Dependency]:
        return [self.kinesis, self.eventbridge, self.dynamodb, self.dead_letters]


@dataclass(frozen=True)
class Edges:
    """What is called.

    Parameters:
        dead_letters: None: DLQ_URL is not set.
    """

    session: AwsSession
    watched: Watched
    stream: StreamClient
    bus: BusClient
    checkpoint_table: TableClient
    state_table: TableClient
    reader: ShardReader
    publisher: BusPublisher
    rows: LeaseRows
    states: StateManager
    dead_letters: DeadLetterQueue | None


def make_session(settings: ProcessorSettings) -> AwsSession:
    """Make the session that all clients share, without connecting anything."""
    limits = RequestLimits(
        settings.kinesis.connect_timeout_seconds,
        settings.kinesis.read_timeout_seconds,
        settings.processor.requests_in_flight,
    )
    return AwsSession(settings.aws, limits, home_url=settings.dlq.url)


def make_edges(settings: ProcessorSettings, progress: Progress) -> Edges:
    """Make all of them, without connecting anything."""
    watched = Watched(
        Dependency(STREAM, moved=progress.moved),
        Dependency("eventbridge", moved=progress.moved),
        Dependency("dynamodb", moved=progress.moved),
        Dependency("dlq", moved=progress.moved),
    )
    session = make_session(settings)
    tables, store = settings.tables, watched.dynamodb.calling
    stream = open_stream(session, settings.kinesis.stream_name, calling=watched.kinesis.calling)
    bus = open_bus(session, settings.bus.bus_name, calling=watched.eventbridge.calling)
    checkpoint_table = open_table(session, CHECKPOINTS, tables.checkpoint_table_name, calling=store)
    state_table = open_table(session, STATES, tables.state_table_name, calling=store)
    return Edges(
        session,
        watched,
        stream,
        bus,
        checkpoint_table,
        state_table,
        reader=ShardReader(stream, batch_size=settings.kinesis.batch_size),
        publisher=BusPublisher(bus, passing_codes=settings.retry.retryable_errors),
        rows=LeaseRows(
            checkpoint_table, processor=settings.processor.id, stream=settings.kinesis.stream_name
        ),
        states=StateManager(state_table),
        dead_letters=make_dead_letters(settings, session, watched.dead_letters),
    )


def make_dead_letters(
    settings: ProcessorSettings, session: AwsSession, watched: Dependency
) -> DeadLetterQueue | None:
    """Make the queue of dead letters, None where DLQ_URL is not set."""
    if settings.dlq.url is None:
        return None
    client = SqsClient(session, poll_seconds=WAIT_SECONDS, calling=watched.calling)
    return DeadLetterQueue(client, settings.dlq.url)
