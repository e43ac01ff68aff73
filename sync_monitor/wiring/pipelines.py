"""Settings to what is asked of this product's own pipelines outside of Oracle.

A client is imported where its stream is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.row_shape import RowNames
from oracle_cdc.oracle.row_sql import parse_share
from oracle_cdc.relay.slices import Grid
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.lake_kinds import mariadb_server
from oracle_cdc.settings.monitor import MonitorSection, MonitorSettings
from oracle_cdc.settings.monitor_streams import StreamSettings
from oracle_cdc.settings.sections import MariaDbSettings
from sync_monitor.streams.seam import Stream

if TYPE_CHECKING:
    from oracle_cdc.mariadb.database import Database as MariaDb

#: Seconds until a connection must be there.
CONNECT_SECONDS = 5.0


def make_events(written: StreamSettings, settings: MonitorSettings, database: Database) -> Stream:
    """Return the pipeline of events, which a connection of its own asks at each look."""
    from oracle_cdc.mariadb.database import Database as MariaDb
    from oracle_cdc.mariadb.names import name_share
    from sync_monitor.streams.events import Events, Relayed

    place = store_settings(settings.monitor)

    @contextmanager
    def stores() -> Iterator[MariaDb]:
        with closing(MariaDb(place)) as store:
            yield store

    share = parse_share(written.share)
    relayed = Relayed(
        program=name_share(written.program, share.number, share.of),
        names=names_of(written),
        share=share,
        grid=Grid(timedelta(seconds=written.slice_seconds)),
        keep=timedelta(hours=written.hours),
        zone=written.zone,
        patience=timedelta(minutes=written.oldest_minutes),
    )
    return Events(database, stores, relayed)


def names_of(written: StreamSettings) -> RowNames:
    """Return the table of events and its columns as Oracle keeps them."""
    schema, _, table = (written.table or "").upper().partition(".")
    keys = tuple(key.upper() for key in written.keys)
    return RowNames(
        schema, table, written.time_column.upper(), keys, (written.time_column.upper(),)
    )


def store_settings(monitor: MonitorSection) -> MariaDbSettings:
    """Return where MariaDB is, which the settings require where it is used."""
    assert monitor.mariadb_url is not None
    server, database = mariadb_server(monitor.mariadb_url.get_secret_value())
    return MariaDbSettings(
        host=server.host,
        port=server.port,
        database=database,
        user=server.user,
        password=SecretStr(server.password),
        tls_ca_file=monitor.mariadb_tls_ca_file,
        connect_timeout_seconds=min(CONNECT_SECONDS, monitor.statement_seconds),
        read_timeout_seconds=monitor.statement_seconds,
    )


def make_processor(written: StreamSettings, settings: MonitorSettings) -> Stream:
    """Return the processor. Nothing is connected yet."""
    from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, STATES, open_table
    from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
    from oracle_cdc.aws.dynamodb.states import StateManager
    from oracle_cdc.aws.kinesis.client import open_stream
    from oracle_cdc.aws.kinesis.inbound import ShardReader
    from oracle_cdc.aws.session import AwsSession, RequestLimits
    from oracle_cdc.aws.sqs.client import SqsClient
    from oracle_cdc.aws.sqs.dead_letters import WAIT_SECONDS, DeadLetterQueue
    from sync_monitor.streams.processor import Places, Processor

    seconds = settings.monitor.statement_seconds
    limits = RequestLimits(min(CONNECT_SECONDS, seconds), seconds, concurrent_requests=1)
    session = AwsSession(settings.aws, limits, home_url=written.dlq_url)
    dead_letters: DeadLetterQueue | None = None
    if written.dlq_url is not None:
        client = SqsClient(session, poll_seconds=WAIT_SECONDS)
        dead_letters = DeadLetterQueue(client, written.dlq_url)
    places = Places(
        LeaseRows(
            open_table(session, CHECKPOINTS, written.checkpoint_table),
            processor=written.processor,
            stream=written.stream,
        ),
        StateManager(open_table(session, STATES, written.state_table)),
        ShardReader(open_stream(session, written.stream), batch_size=1),
        dead_letters,
    )
    return Processor(places, timedelta(minutes=written.oldest_minutes), utc_now)
