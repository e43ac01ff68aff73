"""Declare what can be set for conversations, with bounds and defaults."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from oracle_cdc.conversations.contradictions import RULES
from oracle_cdc.errors import SettingsError
from oracle_cdc.redaction.kinds import Kind
from oracle_cdc.settings.declaration import AlsoNamed, Fallback, Section, prefixed
from oracle_cdc.settings.key_paths import KeyPaths
from oracle_cdc.settings.kinds import (
    Bucket,
    Channels,
    Identifier,
    Moment,
    Prefix,
    RegionCode,
    Url,
    Zone,
)
from oracle_cdc.settings.layers import StoreAccess
from oracle_cdc.settings.sections import AwsSettings
from oracle_cdc.settings.service import DAY_SECONDS, CopySettings, OracleServiceSettings
from oracle_cdc.settings.sources import Source

#: What can be redacted.
KIND_NAMES = tuple(kind.value for kind in Kind)
#: A month; longer stretches are a matter of the historical mode.
MONTH_MINUTES = 43_200


def _kinds(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    chosen: list[str] = []
    if isinstance(value, (list, tuple)):
        chosen = [str(each).strip().lower() for each in value]
    if not chosen or not set(chosen) <= set(KIND_NAMES):
        raise ValueError(f"one or more of {', '.join(KIND_NAMES)}, commas between them")
    return tuple(name for name in KIND_NAMES if name in chosen)


Kinds = Annotated[tuple[str, ...], BeforeValidator(_kinds)]


class CdcSettings(CopySettings):
    """CDC_CONFIG of config.py, key by key, with what every pipeline has of it."""

    normal_mode_enabled: bool = True
    normal_mode_minutes: int = Field(default=10, ge=1, le=MONTH_MINUTES)
    normal_poll_interval_seconds: float = Field(default=10.0, gt=0, le=240)
    historical_mode_enabled: bool = False
    historical_start_date: Moment = datetime(2024, 1, 1)
    historical_end_date: Moment = None
    historical_batch_size: int = Field(default=50, ge=1, le=1000)
    historical_calls_per_second: float = Field(default=0.0, ge=0)
    max_batch_size: int = Field(default=50, ge=1, le=1000)
    max_batch_bytes: int = Field(default=67_108_864, ge=1024)
    max_concurrent_calls: int = Field(default=10, ge=1, le=100)
    settle_seconds: float = Field(default=60.0, ge=0, le=DAY_SECONDS)
    max_wait_minutes: int = Field(default=120, ge=1, le=MONTH_MINUTES)
    min_segments: int = Field(default=2, ge=1, le=1000)
    required_channels: Channels = ("A", "C")
    window_slice_minutes: int = Field(default=60, ge=1, le=MONTH_MINUTES)
    lease_seconds: int = Field(default=300, ge=1, le=DAY_SECONDS)
    max_attempts: int = Field(default=10, ge=1, le=1000)
    reconcile_hours: int = Field(default=24, ge=0, le=8760)
    reconcile_interval_minutes: float = Field(default=15.0, gt=0, le=1440)
    reconcile_pause_seconds: float = Field(default=1.0, ge=0, le=3600)
    results_wait_seconds: int = Field(default=20, ge=0, le=20)
    results_batch_size: int = Field(default=100, ge=1, le=1000)
    results_visibility_seconds: int = Field(default=120, ge=1, le=43_200)
    result_deadline_minutes: int = Field(default=60, ge=1, le=MONTH_MINUTES)
    resend_overdue: int = Field(default=0, ge=0, le=100)
    retry_initial_seconds: float = Field(default=1.0, gt=0, le=3600)
    retry_max_seconds: float = Field(default=60.0, gt=0, le=3600)
    breaker_failures: int = Field(default=5, ge=1, le=1000)
    breaker_probe_seconds: float = Field(default=30.0, gt=0, le=3600)
    retention_days: int = Field(default=90, ge=0, le=36_500)
    ledger_retention_days: int = Field(default=0, ge=0, le=36_500)

    @property
    def ready_limit_seconds(self) -> float:
        """Return the age of the last success from which on the service is not ready.

        It is ready_deadline_seconds, unless the pauses between two calls are themselves that long.
        """
        return max(
            self.ready_deadline_seconds,
            2 * self.normal_poll_interval_seconds,
            2 * float(self.results_wait_seconds),
        )


class SqsSettings(Section):
    """The two queues, the time-outs of one request, and where bodies go that SQS does not take."""

    model_config = prefixed("SQS_")
    own_prefix = "SQS_"
    section_names = ("sqs",)

    outbound_queue_url: Annotated[Url, Fallback("SQS_QUEUE_URL")] = Field(
        description="set it, or SQS_QUEUE_URL for one shared queue; or PIPELINES, for others"
    )
    results_queue_url: Annotated[
        Url, AlsoNamed("SQS_INBOUND_QUEUE_URL"), Fallback("SQS_QUEUE_URL")
    ] = Field(description="set it, or SQS_QUEUE_URL for one shared queue; or PIPELINES, for others")
    connect_timeout_seconds: float = Field(default=5.0, ge=0.1, le=600)
    read_timeout_seconds: float = Field(default=30.0, ge=0.1, le=600)
    s3_overflow_bucket: Bucket | None = Field(default=None, validation_alias="S3_OVERFLOW_BUCKET")
    s3_overflow_prefix: Prefix = Field(default="", validation_alias="S3_OVERFLOW_PREFIX")

    @property
    def is_shared(self) -> bool:
        """Return whether conversations and results travel through one queue."""
        return self.outbound_queue_url == self.results_queue_url

    @property
    def request_seconds(self) -> float:
        """Return the longest that one request can take."""
        return self.connect_timeout_seconds + self.read_timeout_seconds


class SourceSettings(Section):
    """The table that is read. time_zone None: its times are sent without an offset."""

    model_config = prefixed("SOURCE_")
    own_prefix = "SOURCE_"
    section_names = ("source",)
    foreign = "SOURCE_DATE_EPOCH"

    schema_name: Identifier = Field(default="rtbi", validation_alias="SOURCE_SCHEMA")
    table: Identifier = "VERINT_TEXT_ANALYSIS"
    time_zone: Zone | None = None

    @property
    def qualified_name(self) -> str:
        """Return `schema.table`, both checked, so that it can stand in SQL."""
        return f"{self.schema_name}.{self.table}"


class Settings(OracleServiceSettings):
    """All settings of conversations.

    keep_failed_messages: bodies may rest in SQS_PERMANENT_FAILURES.
    redaction: whether what is personal is marked in what is sent, redaction_of_results also in
    summaries that come back.
    """

    rules = RULES

    sqs: SqsSettings
    cdc: CdcSettings = Field(default_factory=CdcSettings)
    aws: AwsSettings = Field(default_factory=AwsSettings)
    source: SourceSettings = Field(default_factory=SourceSettings)
    keep_failed_messages: bool = True
    redaction: Literal["off", "mark"] = "off"
    redaction_kinds: Kinds = KIND_NAMES
    redaction_region: RegionCode = "IL"
    redaction_of_results: bool = False


def ask_store(access: StoreAccess, keys: KeyPaths) -> Source:
    """Return what SSM gives. Raises SettingsError where its packages are not installed."""
    try:
        # Not at the top: whoever has no SSM_PATH needs no boto3 to read settings.
        from oracle_cdc.aws.ssm.layer import read_ssm

        return read_ssm(access, keys)
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"SSM_PATH: {error.name} is missing; pip install boto3 tenacity, or unset it"
        ) from error
