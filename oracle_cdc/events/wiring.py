"""From settings to what relays the rows of a table to a stream of NATS, with progress in MariaDB.

Nothing is connected before the first use. The relay is made then, since it must know the table's
columns.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from oracle_cdc.events.edges import (
    Edges,
    create_stream,
    make_publisher,
    nats_secret,
    open_oracle,
    open_store,
    read_shape,
    store_secret,
)
from oracle_cdc.events.kinds import BEGINNING, FIRST_YEAR, NOW
from oracle_cdc.events.rules.encoding import Encoder
from oracle_cdc.events.rules.subjects import Subjects
from oracle_cdc.events.settings import EventsSettings, PublisherSettings
from oracle_cdc.mariadb.names import name_share
from oracle_cdc.mariadb.tracking import MariaDbTracking
from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import share
from oracle_cdc.oracle.row_shape import RowShape
from oracle_cdc.oracle.row_sql import parse_share
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.relay.cycle import Relay, RelayRules
from oracle_cdc.relay.delivery import Delivery
from oracle_cdc.relay.sending import Counts
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.sweep import Sweep
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.once import Once
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.retrying import Doubling
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.running.shared_oracle import SharedOracle
from oracle_cdc.settings.service import EVENTS

#: Between two sweeps, and between two steps of one.
SWEEP_SECONDS, STEP_SECONDS = 900.0, 1.0


@dataclass
class Events:
    """What relays, and what it stands on.

    Parameters:
        counts: of all relays since the start.
        relay: made when first needed. Raises what keeps the table from being read.
    """

    settings: EventsSettings
    stop: threading.Event
    progress: Progress
    edges: Edges
    secrets: list[Secret]
    oracle: Database
    publisher: NatsPublisher
    tracking: MariaDbTracking
    counts: Counts
    relay: Once[Relay]
    sweep: Once[Sweep]

    def forget(self) -> None:
        """Have the relay made anew, because the table is not as it was."""
        self.relay.forget()
        self.sweep.forget()

    def cancel(self) -> None:
        """Interrupt the calls that still run, from another thread."""
        self.oracle.cancel()
        self.tracking.cancel()
        self.publisher.close()

    def close(self) -> bool:
        """Close what is open, and return False when Oracle kept it from that.

        It can be called again.
        """
        self.publisher.close()
        self.tracking.close()
        return self.oracle.close()


def make_events(settings: EventsSettings, shared: SharedOracle | None = None) -> Events:
    """Make what relays, without connecting anything.

    Parameters:
        shared: what other pipelines of the process have too. None: there are none.
    """
    shared = shared or share(settings.oracle, settings.given)
    progress = Progress(directions=(EVENTS,))
    shared.listeners.append(progress.moved)
    edges = Edges(
        shared.oracle,
        Dependency("nats", moved=progress.moved),
        Dependency("mariadb", moved=progress.moved),
    )
    database = open_oracle(settings, shared.password, edges.oracle.calling)
    secrets = [shared.password, store_secret(settings)]
    nats = nats_secret(settings.nats, settings.given)
    if nats is not None:
        secrets.append(nats)
    publisher = make_publisher(settings, nats, edges.nats.calling)
    tracking = MariaDbTracking(open_store(settings, secrets[1], edges.mariadb.calling))
    counts = Counts()
    work = Work(settings.publisher, shared.stop, progress, counts)
    relay = Once(lambda: make_relay(settings, database, publisher, tracking, work))
    sweep = Once(lambda: make_sweep(settings.publisher, relay.get()))
    return Events(
        settings,
        shared.stop,
        progress,
        edges,
        secrets,
        oracle=database,
        publisher=publisher,
        tracking=tracking,
        counts=counts,
        relay=relay,
        sweep=sweep,
    )


@dataclass(frozen=True)
class Work:
    """What a relay is made with beside its edges."""

    rules: PublisherSettings
    stop: threading.Event
    progress: Progress
    counts: Counts


def make_relay(
    settings: EventsSettings,
    database: Database,
    publisher: NatsPublisher,
    tracking: MariaDbTracking,
    work: Work,
) -> Relay:
    """Make the relay of the table as it is now. Raises what keeps it from being read."""
    rules = work.rules
    rest = partial(work.progress.rest, stop=work.stop)
    flow = make_flow(settings, rules, database, publisher, rest)
    return Relay(
        flow.source,
        flow.delivery,
        tracking,
        rules=make_rules(rules),
        grid=make_grid(rules),
        is_stopping=work.stop.is_set,
        counts=work.counts,
    )


@dataclass(frozen=True)
class Flow:
    """Where rows come from, and what takes them to where they go."""

    source: TableSource
    delivery: Delivery


def make_flow(
    settings: EventsSettings,
    rules: PublisherSettings,
    database: Database,
    publisher: NatsPublisher,
    rest: Callable[[float], object],
) -> Flow:
    """Make it for the table as it is now. Raises what keeps the table from being read.

    Parameters:
        rules: those of the settings, or others for a part of the work.
        rest: waits these seconds, but not beyond the stop event.
    """
    shape = read_shape(database, rules)
    source = make_source(rules, database, shape)
    encode = make_encoder(settings, shape)
    if settings.nats.create_stream:
        create_stream(settings, publisher)
    return Flow(source, make_delivery(rules, publisher, encode, rest))


def make_source(settings: PublisherSettings, database: Database, shape: RowShape) -> TableSource:
    """Make what reads this copy's share of the rows."""
    return TableSource(
        database,
        shape,
        batch_size=settings.batch_size,
        share=parse_share(settings.share),
        time_zone=settings.time_zone,
    )


def make_grid(settings: PublisherSettings) -> Grid:
    """Make the grid of slices."""
    return Grid(timedelta(seconds=settings.slice_seconds))


def make_encoder(settings: EventsSettings, shape: RowShape) -> Encoder:
    return Encoder(
        settings.publisher.program_name,
        settings.publisher.data_type,
        columns=shape.column_names,
        numbers=shape.number_names,
        subjects=Subjects(settings.nats.subject, shape.column_names),
        has_trace_id=settings.publisher.add_trace_id,
    )


def make_delivery(
    settings: PublisherSettings,
    publisher: NatsPublisher,
    encode: Encoder,
    rest: Callable[[float], object],
) -> Delivery:
    """Make what sends and tries again.

    Parameters:
        rest: waits these seconds, but not beyond the stop event.
    """
    waits = Doubling(settings.retry_initial_seconds, settings.retry_max_seconds)

    def rest_after(failures: int) -> None:
        rest(waits.after(failures))

    return Delivery(publisher, encode, max_retries=settings.max_retries, rest=rest_after)


def make_rules(settings: PublisherSettings) -> RelayRules:
    return RelayRules(
        program=name_program(settings),
        settle=timedelta(seconds=settings.settle_seconds),
        overlap=timedelta(minutes=settings.overlap_minutes),
        keep=timedelta(hours=settings.reconcile_hours),
        max_rows=settings.max_records_per_run,
        start=first_time(settings),
    )


def name_program(settings: PublisherSettings) -> str:
    """Return under which name this copy keeps its progress: that of the program, or of a share."""
    share = parse_share(settings.share)
    return name_share(settings.program_name, share.number, share.of)


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
