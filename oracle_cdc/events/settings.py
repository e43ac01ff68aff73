"""Declare what can be set for events, with bounds and defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from oracle_cdc.events.kinds import (
    ROWID,
    Columns,
    DataType,
    ProgramName,
    ShareText,
    Start,
)
from oracle_cdc.settings.declaration import AlsoNamed, Rule, Section, prefixed
from oracle_cdc.settings.kinds import Identifier, Zone
from oracle_cdc.settings.patience import PATIENT_WATCHDOG, PROGRESS, greater_than_sum
from oracle_cdc.settings.sections import MariaDbSettings, NatsSettings
from oracle_cdc.settings.service import OracleServiceSettings


def slice_beyond_overlap(slice_seconds: int, overlap_minutes: int) -> Iterator[str]:
    """Require a slice to fit into the overlap."""
    if slice_seconds > overlap_minutes * 60:
        yield (
            f"PUBLISHER_SLICE_SECONDS: {slice_seconds} is longer than PUBLISHER_OVERLAP_MINUTES "
            f"({overlap_minutes}), which is looked at slice by slice"
        )


def settle_beyond_overlap(settle_seconds: float, overlap_minutes: int) -> Iterator[str]:
    """Require the overlap to reach behind what is not read yet."""
    if settle_seconds >= overlap_minutes * 60:
        yield (
            f"PUBLISHER_SETTLE_SECONDS: {settle_seconds:g} is not less than "
            f"PUBLISHER_OVERLAP_MINUTES ({overlap_minutes})"
        )


def overlap_beyond_sweep(overlap_minutes: int, reconcile_hours: int) -> Iterator[str]:
    """Require the sweep to reach further back than each cycle does."""
    if overlap_minutes > reconcile_hours * 60:
        yield (
            f"PUBLISHER_OVERLAP_MINUTES: {overlap_minutes} is longer than "
            f"PUBLISHER_RECONCILE_HOURS ({reconcile_hours}), behind which nothing is looked at"
        )


def retries_backwards(initial_seconds: float, max_seconds: float) -> Iterator[str]:
    """Require the longest pause to be no shorter than the first."""
    if initial_seconds > max_seconds:
        yield (
            f"PUBLISHER_RETRY_INITIAL_SECONDS: {initial_seconds:g} is longer than "
            f"PUBLISHER_RETRY_MAX_SECONDS ({max_seconds:g})"
        )


class PublisherSettings(Section):
    """Which rows become events, under whose name, and how they are looked for.

    batch_size: rows of one round trip, and messages in flight. max_retries: of a refused event.
    start: of the first run. share: n/m, the part of the keys that this copy has. id_columns:
    ROWID where the table has no key. columns: none for all. time_zone: in which the time column is
    written, None for the database's. overlap_minutes: looked at in each cycle for what was
    committed late. reconcile_hours: looked at in the pauses.
    """

    model_config = prefixed("PUBLISHER_")
    own_prefix = "PUBLISHER_"
    section_names = ("publisher", "intime_txlog_events")
    also_keyed: ClassVar[Mapping[str, str]] = {
        "program_name": "PUBLISHER_PROGRAM_NAME",
        "poll_interval": "PUBLISHER_POLL_INTERVAL_SECONDS",
        "batch_size": "PUBLISHER_BATCH_SIZE",
        "max_records_per_run": "PUBLISHER_MAX_RECORDS_PER_RUN",
        "stream_name": "NATS_STREAM",
        "subject": "NATS_SUBJECT",
    }
    rules = (
        Rule(("PUBLISHER_SLICE_SECONDS", "PUBLISHER_OVERLAP_MINUTES"), slice_beyond_overlap),
        Rule(("PUBLISHER_SETTLE_SECONDS", "PUBLISHER_OVERLAP_MINUTES"), settle_beyond_overlap),
        Rule(("PUBLISHER_OVERLAP_MINUTES", "PUBLISHER_RECONCILE_HOURS"), overlap_beyond_sweep),
        Rule(("PUBLISHER_RETRY_INITIAL_SECONDS", "PUBLISHER_RETRY_MAX_SECONDS"), retries_backwards),
    )

    program_name: Annotated[ProgramName, AlsoNamed("PROGRAM_NAME")] = "M_INTIMECASEAGENT"
    poll_interval_seconds: Annotated[float, AlsoNamed("POLL_INTERVAL")] = Field(
        default=60.0, gt=0, le=3600
    )
    batch_size: Annotated[int, AlsoNamed("BATCH_SIZE")] = Field(default=1000, ge=1, le=10_000)
    max_records_per_run: Annotated[int, AlsoNamed("MAX_RECORDS_PER_RUN")] = Field(
        default=10_000, ge=1, le=10_000_000
    )
    max_retries: int = Field(default=3, ge=0, le=100)
    retry_initial_seconds: float = Field(default=1.0, gt=0, le=3600)
    retry_max_seconds: float = Field(default=60.0, gt=0, le=3600)
    data_type: DataType = "TXLOG"
    add_trace_id: bool = True
    start: Start = "beginning"
    share: ShareText = "1/1"
    schema_name: Identifier = Field(default="spc", validation_alias="PUBLISHER_SCHEMA")
    table: Identifier = "TXLOG_EVENTS"
    time_column: Identifier = "CREATED_AT"
    id_columns: Columns = Field(default=("ID",), validation_alias="PUBLISHER_ID_COLUMN")
    columns: Columns = ()
    time_zone: Zone | None = None
    settle_seconds: float = Field(default=2.0, ge=0, le=3600)
    slice_seconds: int = Field(default=10, ge=1, le=3600)
    overlap_minutes: int = Field(default=10, ge=1, le=1440)
    reconcile_hours: int = Field(default=24, ge=1, le=720)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the key columns, none for the ROWID."""
        if self.id_columns == (ROWID,):
            return ()
        return self.id_columns


#: Blocks `retry:` of the former publisher, and what they hold. Of three, that of NATS counts.
RETRIED = ("oracle", "oracle_db", "mariadb")
NEEDLESS_RETRIES = ("max_retries", "initial_backoff", "max_backoff", "backoff_multiplier")


def needless_keys() -> Iterator[str]:
    """Yield the keys of the former publisher that change nothing."""
    for section in RETRIED:
        for key in NEEDLESS_RETRIES:
            yield f"{section}/retry/{key}"
    yield from (
        "nats/retry/max_retries",
        "nats/retry/backoff_multiplier",
        "nats/max_reconnect_attempts",
        "nats/reconnect_time_wait",
    )


class EventsSettings(OracleServiceSettings):
    """All settings of events: from where, to where, and where their progress is kept."""

    also_keyed: ClassVar[Mapping[str, str]] = {
        "nats/username": "NATS_USER",
        "nats/retry/initial_backoff": "PUBLISHER_RETRY_INITIAL_SECONDS",
        "nats/retry/max_backoff": "PUBLISHER_RETRY_MAX_SECONDS",
    }
    needless_keys = tuple(needless_keys())
    rules = (
        PATIENT_WATCHDOG,
        # The stream's answers are waited for, and then it is asked whether it is there at all.
        greater_than_sum(PROGRESS, "NATS_ACK_TIMEOUT_SECONDS", "NATS_CONNECT_TIMEOUT_SECONDS"),
        greater_than_sum(
            PROGRESS, "MARIADB_READ_TIMEOUT_SECONDS", "MARIADB_CONNECT_TIMEOUT_SECONDS"
        ),
    )

    nats: NatsSettings
    mariadb: MariaDbSettings
    publisher: PublisherSettings = Field(default_factory=PublisherSettings)

    @property
    def ready_limit_seconds(self) -> float:
        """Return the age of the last success from which on the service is not ready.

        It is ready_deadline_seconds, unless the pause between two cycles is itself that long.
        """
        return max(self.cdc.ready_deadline_seconds, 2 * self.publisher.poll_interval_seconds)
