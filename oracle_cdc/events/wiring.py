"""From settings to what relays the rows of a table to a stream of NATS, with progress in MariaDB.

Nothing is connected before the first use. The relay is made then, since it must know the table's
columns.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from oracle_cdc import oracle
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.events.kinds import BEGINNING, FIRST_YEAR, NOW
from oracle_cdc.events.rules.encoding import Encoder
from oracle_cdc.events.rules.subjects import Subjects, subject_pattern
from oracle_cdc.events.settings import EventsSettings, PublisherSettings
from oracle_cdc.mariadb.database import SILENCE_SECONDS
from oracle_cdc.mariadb.database import Database as MariaDb
from oracle_cdc.mariadb.names import name_share
from oracle_cdc.mariadb.tracking import MariaDbTracking
from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.nats.stream import Bounds
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import password_of
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.oracle.row_shape import Findings, RowNames, RowShape, find_shape
from oracle_cdc.oracle.row_sql import parse_share
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.relay.delivery import Delivery
from oracle_cdc.relay.relay import Relay, RelayRules
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.sweep import Sweep
from oracle_cdc.running.once import Once
from oracle_cdc.running.retrying import Doubling
from oracle_cdc.running.rotation import Secret, make_secret
from oracle_cdc.settings.sections import NatsSettings
from oracle_cdc.settings.sources import Given
from oracle_cdc.sql.statements import read_statements

logger = logging.getLogger(__name__)

#: One thread reads, and asks nothing meanwhile.
SESSIONS = 1
#: Between two sweeps, and between two steps of one.
SWEEP_SECONDS, STEP_SECONDS = 900.0, 1.0


@dataclass
class Events:
    """What relays, and what it stands on.

    Parameters:
        relay: made when first needed. Raises what keeps the table from being read.
    """

    settings: EventsSettings
    stop: threading.Event
    oracle: Database
    publisher: NatsPublisher
    tracking: MariaDbTracking
    relay: Once[Relay]
    sweep: Once[Sweep]

    def close(self) -> bool:
        """Close what is open, and return False when Oracle kept it from that.

        It can be called again.
        """
        self.publisher.close()
        self.tracking.close()
        return self.oracle.close()


def make_events(settings: EventsSettings, stop: threading.Event) -> Events:
    """Make what relays, without connecting anything."""
    password = password_of(settings.oracle, settings.given)
    database = Database(settings.oracle, row_statements(), password=password, sessions=SESSIONS)
    publisher = make_publisher(settings)
    tracking = make_tracking(settings)
    relay = Once(lambda: make_relay(settings, database, publisher, tracking, stop))
    sweep = Once(lambda: make_sweep(settings.publisher, relay.get()))
    return Events(settings, stop, database, publisher, tracking, relay, sweep)


def row_statements() -> Statements:
    """Return the statements of Oracle's room, which finds the shape of rows by them."""
    folder = Path(oracle.__file__).parent
    return make_statements(read_statements(tuple(sorted(folder.glob("*.sql")))))


def make_publisher(settings: EventsSettings) -> NatsPublisher:
    secret = nats_secret(settings.nats, settings.given)
    log_in = None
    if secret is not None:
        log_in = secret.log_in
    return NatsPublisher(
        settings.nats,
        wanted_repeats_seconds=settings.publisher.overlap_minutes * 60,
        max_in_flight=settings.publisher.batch_size,
        log_in=log_in,
    )


def nats_secret(settings: NatsSettings, given: Mapping[str, Given]) -> Secret | None:
    """Return the password or token, and how it is read again. None: neither is used."""
    secrets: dict[str, SecretStr | None] = {
        "NATS_PASSWORD": settings.password,
        "NATS_TOKEN": settings.token,
    }
    for name, value in secrets.items():
        if value is not None:
            return make_secret(name, value, given.get(name))
    return None


def make_tracking(settings: EventsSettings) -> MariaDbTracking:
    name = "MARIADB_PASSWORD"
    secret = make_secret(name, settings.mariadb.password, settings.given.get(name))
    # A session must outlive the pause between two cycles, and its lock with it.
    silence_seconds = SILENCE_SECONDS + int(settings.publisher.poll_interval_seconds)
    return MariaDbTracking(
        MariaDb(settings.mariadb, silence_seconds=silence_seconds, log_in=secret.log_in)
    )


def make_relay(
    settings: EventsSettings,
    database: Database,
    publisher: NatsPublisher,
    tracking: MariaDbTracking,
    stop: threading.Event,
) -> Relay:
    """Make the relay of the table as it is now. Raises what keeps it from being read."""
    rules = settings.publisher
    shape = read_shape(database, rules)
    source = TableSource(
        database,
        shape,
        batch_size=rules.batch_size,
        share=parse_share(rules.share),
        time_zone=rules.time_zone,
    )
    encode = make_encoder(settings, shape)
    if settings.nats.create_stream:
        create_stream(settings, publisher)
    return Relay(
        source,
        make_delivery(rules, publisher, encode, stop),
        tracking,
        rules=make_rules(rules),
        grid=Grid(timedelta(seconds=rules.slice_seconds)),
        is_stopping=stop.is_set,
    )


def read_shape(database: Database, settings: PublisherSettings) -> RowShape:
    """Return the columns of the table. Raises OracleConfigurationError with every mistake."""
    names = RowNames(
        settings.schema_name.upper(),
        settings.table.upper(),
        settings.time_column.upper(),
        settings.keys,
        settings.columns,
    )
    findings = Findings()
    with database.session() as session:
        shape = find_shape(session, names, findings)
    for warning in findings.warnings:
        logger.warning("%s", warning)
    if shape is None:
        raise OracleConfigurationError("; ".join(findings.mistakes))
    return shape


def make_encoder(settings: EventsSettings, shape: RowShape) -> Encoder:
    return Encoder(
        settings.publisher.program_name,
        settings.publisher.data_type,
        columns=shape.column_names,
        numbers=shape.number_names,
        subjects=Subjects(settings.nats.subject, shape.column_names),
        has_trace_id=settings.publisher.add_trace_id,
    )


def create_stream(settings: EventsSettings, publisher: NatsPublisher) -> None:
    """Create the stream where it is missing."""
    subject = subject_pattern(settings.nats.subject)
    bounds = Bounds(
        repeats_known_seconds=max(
            Bounds.repeats_known_seconds, 2 * publisher.wanted_repeats_seconds
        )
    )
    if publisher.create_stream((subject,), bounds):
        logger.info("NATS: created the stream %s for %s: %s", publisher.stream, subject, bounds)


def make_delivery(
    settings: PublisherSettings, publisher: NatsPublisher, encode: Encoder, stop: threading.Event
) -> Delivery:
    waits = Doubling(settings.retry_initial_seconds, settings.retry_max_seconds)
    return Delivery(
        publisher,
        encode,
        max_retries=settings.max_retries,
        rest=partial(rest, stop, waits),
    )


def rest(stop: threading.Event, waits: Doubling, failures: int) -> None:
    """Wait before the next try, but not beyond the stop event."""
    stop.wait(waits.after(failures))


def make_rules(settings: PublisherSettings) -> RelayRules:
    share = parse_share(settings.share)
    return RelayRules(
        program=name_share(settings.program_name, share.number, share.of),
        settle=timedelta(seconds=settings.settle_seconds),
        overlap=timedelta(minutes=settings.overlap_minutes),
        keep=timedelta(hours=settings.reconcile_hours),
        max_rows=settings.max_records_per_run,
        start=first_time(settings),
    )


def first_time(settings: PublisherSettings) -> datetime | None:
    """Return where the first start begins, None for the source's now."""
    if settings.start == NOW:
        return None
    if settings.start == BEGINNING or not isinstance(settings.start, datetime):
        return datetime(FIRST_YEAR, 1, 1)
    return settings.start


def make_sweep(settings: PublisherSettings, relay: Relay) -> Sweep:
    return Sweep(
        relay,
        keep=timedelta(hours=settings.reconcile_hours),
        interval_seconds=SWEEP_SECONDS,
        pause_seconds=STEP_SECONDS,
    )
