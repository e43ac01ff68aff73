"""Declare what can be set for the processing of row changes, with bounds and defaults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from oracle_cdc.instants import read_time
from oracle_cdc.settings.change_kinds import (
    BusName,
    DynamoTableName,
    ErrorNames,
    EventSource,
    Namespace,
    ProcessorId,
)
from oracle_cdc.settings.declaration import Rule, Section, prefixed
from oracle_cdc.settings.patience import PROGRESS, greater_than_sum
from oracle_cdc.settings.streams import REQUEST_TIMES, KinesisSettings, StreamingSettings

TRIM_HORIZON, LATEST = "trim-horizon", "latest"
START_ALLOWED = f"{TRIM_HORIZON}, {LATEST}, or a time with its zone such as 2024-01-15T10:30:00Z"
#: What AWS answers where the same request may be accepted a moment later.
RETRYABLE_ERRORS = (
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "ServiceUnavailable",
)


def _start(value: object) -> object:
    if value in (TRIM_HORIZON, LATEST):
        return value
    if not isinstance(value, datetime):
        try:
            value = read_time(str(value).strip())
        except ValueError:
            raise ValueError(START_ALLOWED) from None
    if value.tzinfo is None:
        raise ValueError(START_ALLOWED)
    return value.astimezone(timezone.utc)


Start = Annotated[Literal["trim-horizon", "latest"] | datetime, BeforeValidator(_start)]


def delays_backwards(base_ms: int, max_ms: int) -> Iterator[str]:
    """Require the longest pause between two tries to be no shorter than the first."""
    if base_ms > max_ms:
        limit = f"RETRY_MAX_DELAY_MS ({max_ms})"
        yield f"RETRY_BASE_DELAY_MS: given {base_ms}; allowed: at most {limit}"


def tries_outlast_the_watchdog(
    deadline_seconds: int, max_attempts: int, max_delay_ms: int
) -> Iterator[str]:
    """Require a deadline that the pauses between the tries of one change do not reach."""
    total = max_attempts * max_delay_ms / 1000
    if deadline_seconds <= total:
        limit = f"MAX_RETRY_ATTEMPTS x RETRY_MAX_DELAY_MS ({total:g} s)"
        yield f"{PROGRESS}: given {deadline_seconds}; allowed: greater than {limit}"


class ReadingSettings(KinesisSettings):
    """The stream as it is read. batch_size: records that one read of a shard asks for."""

    batch_size: int = Field(default=100, ge=1, le=10_000)


class EventBusSettings(Section):
    """The bus that takes the events, and what they say they come from."""

    model_config = prefixed("EVENT_")

    bus_name: BusName = "cdc-events"
    source: EventSource = "cdc-pipeline"


class StateTableSettings(Section):
    """The two tables of DynamoDB."""

    model_config = prefixed("")

    state_table_name: DynamoTableName = "cdc-pipeline-state"
    checkpoint_table_name: DynamoTableName = "cdc-pipeline-checkpoints"


class RetrySettings(Section):
    """How often what is refused for itself is tried, and how long is waited in between.

    An outage counts no try. retryable_errors: names that AWS gives to what passes.
    """

    model_config = prefixed("RETRY_")
    rules = (Rule(("RETRY_BASE_DELAY_MS", "RETRY_MAX_DELAY_MS"), delays_backwards),)

    max_attempts: int = Field(default=3, ge=1, le=10, validation_alias="MAX_RETRY_ATTEMPTS")
    base_delay_ms: int = Field(default=100, ge=1, le=60_000)
    max_delay_ms: int = Field(default=5000, ge=1, le=60_000)
    retryable_errors: ErrorNames = Field(
        default=RETRYABLE_ERRORS, validation_alias="RETRYABLE_ERRORS"
    )

    @property
    def base_delay_seconds(self) -> float:
        return self.base_delay_ms / 1000

    @property
    def max_delay_seconds(self) -> float:
        return self.max_delay_ms / 1000


class MetricsSettings(Section):
    """What CloudWatch learns. interval_seconds 0: nothing."""

    model_config = prefixed("METRICS_")

    namespace: Namespace = "CdcPipeline"
    interval_seconds: int = Field(default=60, ge=0, le=3600)


class LeaseSettings(Section):
    """How shards are read, and by whom.

    id: as --processor names it, beside which others have checkpoints of their own. start: where a
    shard without a checkpoint begins. lease_seconds: after which another copy takes over the shard
    of one that no longer renews. requests_in_flight: to the bus.
    """

    model_config = prefixed("PROCESSOR_")
    own_prefix = "PROCESSOR_"
    section_names = ("processor",)
    #: What Windows has in every environment.
    foreign = "PROCESSOR_(ARCHITECTURE|ARCHITEW6432|IDENTIFIER|LEVEL|REVISION)"

    id: ProcessorId = "cdc-processor"
    start: Start = "trim-horizon"
    #: Kinesis answers five reads of a shard in a second.
    poll_interval_seconds: float = Field(default=0.25, ge=0.2, le=60)
    lease_seconds: int = Field(default=30, ge=1, le=3600)
    requests_in_flight: int = Field(default=10, ge=1, le=100)


class ProcessorSettings(StreamingSettings):
    """All settings of the pipeline that carries row changes from Kinesis to EventBridge."""

    rules = (
        *StreamingSettings.rules,
        # A holder that waits for one answer must not look like one that is gone.
        greater_than_sum(
            "PROCESSOR_LEASE_SECONDS", *REQUEST_TIMES, "PROCESSOR_POLL_INTERVAL_SECONDS"
        ),
        Rule((PROGRESS, "MAX_RETRY_ATTEMPTS", "RETRY_MAX_DELAY_MS"), tries_outlast_the_watchdog),
    )

    kinesis: ReadingSettings = Field(default_factory=ReadingSettings)
    bus: EventBusSettings = Field(default_factory=EventBusSettings)
    tables: StateTableSettings = Field(default_factory=StateTableSettings)
    retry: RetrySettings = Field(default_factory=RetrySettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    processor: LeaseSettings = Field(default_factory=LeaseSettings)

    @property
    def ready_limit_seconds(self) -> float:
        """Return the age of the last success from which on the service is not ready."""
        return max(self.cdc.ready_deadline_seconds, 2 * self.processor.poll_interval_seconds)
