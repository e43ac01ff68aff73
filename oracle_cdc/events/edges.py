"""The edges of events, made of settings: Oracle's table, the stream of NATS, MariaDB's tables."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from oracle_cdc import oracle
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.events.rules.subjects import subject_pattern
from oracle_cdc.events.settings import EventsSettings, PublisherSettings
from oracle_cdc.mariadb.database import SILENCE_SECONDS
from oracle_cdc.mariadb.database import Database as MariaDb
from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.nats.stream import Bounds
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.oracle.row_shape import Findings, RowNames, RowShape, find_shape
from oracle_cdc.running.dependencies import Calling, Dependency, unwatched
from oracle_cdc.running.secret_rotation import Secret, make_secret
from oracle_cdc.settings.sections import NatsSettings
from oracle_cdc.settings.sources import Given
from oracle_cdc.sql.statements import read_statements

nats_logger = logging.getLogger("oracle_cdc.destination.events")
oracle_logger = logging.getLogger("oracle_cdc.oracle.events")

#: One thread reads, and asks nothing meanwhile.
SESSIONS = 1


@dataclass
class Edges:
    """What is called: Oracle, NATS, MariaDB, and what is seen of the calls to each."""

    oracle: Dependency
    nats: Dependency
    mariadb: Dependency

    @property
    def all(self) -> list[Dependency]:
        return [self.oracle, self.nats, self.mariadb]


def open_oracle(
    settings: EventsSettings, password: Secret, calling: Calling = unwatched
) -> Database:
    """Make the pool of Oracle, which is opened at its first use."""
    return Database(
        settings.oracle,
        row_statements(),
        password=password,
        sessions=SESSIONS,
        calling=calling,
    )


def row_statements() -> Statements:
    """Return the statements of Oracle's room, which finds the shape of rows by them."""
    folder = Path(oracle.__file__).parent
    return make_statements(read_statements(tuple(sorted(folder.glob("*.sql")))))


def row_names(settings: PublisherSettings) -> RowNames:
    """Return the names of the table and its columns as Oracle keeps them."""
    return RowNames(
        settings.schema_name.upper(),
        settings.table.upper(),
        settings.time_column.upper(),
        settings.keys,
        settings.columns,
    )


def read_shape(database: Database, settings: PublisherSettings) -> RowShape:
    """Return the columns of the table. Raises OracleConfigurationError with every mistake."""
    names = row_names(settings)
    findings = Findings()
    with database.session() as session:
        shape = find_shape(session, names, findings)
    for warning in findings.warnings:
        oracle_logger.warning("%s", warning)
    if shape is None:
        raise OracleConfigurationError("; ".join(findings.mistakes))
    return shape


def make_publisher(
    settings: EventsSettings, secret: Secret | None = None, calling: Calling = unwatched
) -> NatsPublisher:
    """Make what publishes.

    Parameters:
        secret: the password or token, None where neither is used.
    """
    log_in = None
    if secret is not None:
        log_in = secret.log_in
    return NatsPublisher(
        settings.nats,
        wanted_repeats_seconds=settings.publisher.overlap_minutes * 60,
        wanted_subject=subject_pattern(settings.nats.subject),
        max_in_flight=settings.publisher.batch_size,
        log_in=log_in,
        calling=calling,
    )


def nats_secret(settings: NatsSettings, given: Mapping[str, Given]) -> Secret | None:
    """Return the password or token, and how it is read again. None: neither is used."""
    secrets: dict[str, SecretStr | None] = {
        "NATS_PASSWORD": settings.password,
        "NATS_TOKEN": settings.token,
    }
    for name, value in secrets.items():
        if value is not None:
            return make_secret(name, value, given.get(name), gives_up=False)
    return None


def store_secret(settings: EventsSettings) -> Secret:
    """Return the password of MariaDB, and how it is read again."""
    name = "MARIADB_PASSWORD"
    given = settings.given.get(name)
    return make_secret(name, settings.mariadb.password, given, gives_up=False)


def open_store(settings: EventsSettings, secret: Secret, calling: Calling = unwatched) -> MariaDb:
    """Make the connection to MariaDB, which is opened at its first use."""
    # A session must outlive the pause between two cycles, and its lock with it.
    silence_seconds = SILENCE_SECONDS + int(settings.publisher.poll_interval_seconds)
    return MariaDb(
        settings.mariadb,
        silence_seconds=silence_seconds,
        log_in=secret.log_in,
        calling=calling,
    )


def choose_bounds(publisher: NatsPublisher) -> Bounds:
    """Return the bounds of a stream that we create: ids are known for twice the time needed."""
    return Bounds(
        repeats_known_seconds=max(
            Bounds.repeats_known_seconds, 2 * publisher.wanted_repeats_seconds
        )
    )


def create_stream(settings: EventsSettings, publisher: NatsPublisher) -> None:
    """Create the stream where it is missing."""
    subject = subject_pattern(settings.nats.subject)
    bounds = choose_bounds(publisher)
    if publisher.create_stream((subject,), bounds):
        nats_logger.info(
            "NATS: created the stream %s for %s: %s", publisher.stream, subject, bounds
        )
