"""What can be set: frozen values with their bounds and defaults; how they are read is told in environment.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, SecretStr

from oracle_cdc.kinds import (
    Bucket,
    Channels,
    ConnectString,
    Directory,
    Identifier,
    InstanceId,
    Level,
    Moment,
    Name,
    Prefix,
    Region,
    Url,
    Zone,
    host_and_pid,
)

#: A month; longer stretches are a matter of the historical mode.
MONTH_MINUTES = 43_200
DAY_SECONDS = 86_400


def _named(prefix: str) -> Callable[[str], str]:
    return lambda field: prefix + field.upper()


def _prefixed(prefix: str) -> ConfigDict:
    return ConfigDict(alias_generator=AliasGenerator(validation_alias=_named(prefix)))


class Section(BaseModel):
    """Fields that are read from variables (`validation_alias`) or given by name."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


class CdcSettings(Section):
    """CDC_CONFIG of config.py, key by key."""

    model_config = _prefixed("CDC_")

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
    progress_deadline_seconds: int = Field(default=120, ge=1, le=DAY_SECONDS)
    ready_deadline_seconds: int = Field(default=60, ge=1, le=DAY_SECONDS)
    statistics_every_cycles: int = Field(default=10, ge=1, le=1_000_000)
    retention_days: int = Field(default=90, ge=0, le=36_500)
    ledger_retention_days: int = Field(default=0, ge=0, le=36_500)
    instance_id: InstanceId = Field(default_factory=host_and_pid)

    @property
    def ready_limit_seconds(self) -> float:
        """The age of the last success from which on the service is not ready: ready_deadline_seconds, unless the pauses
        between two calls are themselves that long."""
        return max(
            self.ready_deadline_seconds,
            2 * self.normal_poll_interval_seconds,
            2 * float(self.results_wait_seconds),
        )


class OracleSettings(Section):
    """How to reach Oracle: dsn, or else host, port and service_name; client_lib_dir turns thick mode on."""

    model_config = _prefixed("ORACLE_")

    user: str
    password: SecretStr
    host: Name | None = None
    port: int = Field(default=1521, ge=1, le=65_535)
    service_name: Name | None = None
    dsn: ConnectString | None = None
    config_dir: Directory | None = None
    wallet_dir: Directory | None = None
    wallet_password: SecretStr | None = None
    client_lib_dir: Directory | None = None
    #: Never 0, which the driver takes for "wait for ever".
    call_timeout_seconds: float = Field(default=30.0, ge=0.1, le=3600)
    connect_timeout_seconds: float = Field(default=10.0, ge=0.1, le=600)
    keepalive_minutes: int = Field(default=2, ge=0, le=1440)
    pool_wait_seconds: float = Field(default=10.0, ge=0.1, le=600)


class AwsSettings(Section):
    """How to reach AWS; what is None is left to boto3's own chain (profile, role, container ...).

    environment: the other AWS_* variables (AWS_PROFILE, AWS_CA_BUNDLE ...) wherever they were written. boto3 reads them
    from the process's environment only, so whoever makes a client puts them there first.
    """

    model_config = _prefixed("AWS_")

    region: Region | None = None
    access_key_id: str | None = Field(default=None, repr=False)
    secret_access_key: SecretStr | None = None
    session_token: SecretStr | None = None
    endpoint_url: Url | None = None
    environment: Mapping[str, str] = Field(
        default_factory=dict, validation_alias="environment", repr=False
    )


class SqsSettings(Section):
    """The two queues, the time-outs of one request, and where bodies go that SQS does not take."""

    model_config = _prefixed("SQS_")

    outbound_queue_url: Url = Field(description="set it, or SQS_QUEUE_URL for one shared queue")
    results_queue_url: Url = Field(description="set it, or SQS_QUEUE_URL for one shared queue")
    connect_timeout_seconds: float = Field(default=5.0, ge=0.1, le=600)
    read_timeout_seconds: float = Field(default=30.0, ge=0.1, le=600)
    s3_overflow_bucket: Bucket | None = Field(default=None, validation_alias="S3_OVERFLOW_BUCKET")
    s3_overflow_prefix: Prefix = Field(default="", validation_alias="S3_OVERFLOW_PREFIX")

    @property
    def is_shared(self) -> bool:
        """Whether conversations and results travel through one queue."""
        return self.outbound_queue_url == self.results_queue_url

    @property
    def request_seconds(self) -> float:
        """The longest that one request can take."""
        return self.connect_timeout_seconds + self.read_timeout_seconds


class SourceSettings(Section):
    """The table that is read; time_zone None: its times are sent without an offset."""

    model_config = _prefixed("SOURCE_")

    schema_name: Identifier = Field(default="rtbi", validation_alias="SOURCE_SCHEMA")
    table: Identifier = "VERINT_TEXT_ANALYSIS"
    time_zone: Zone | None = None

    @property
    def qualified_name(self) -> str:
        """`schema.table`, both checked, so that it can stand in SQL."""
        return f"{self.schema_name}.{self.table}"


class LoggingSettings(Section):
    """The five log files; max_bytes 0: they are not rotated here (logrotate and SIGHUP do it)."""

    model_config = _prefixed("LOGGING_")

    level: Level = Field(default="INFO", validation_alias="LOG_LEVEL")
    directory: Path = Field(default=Path("logs"), validation_alias="LOG_DIR")
    format: Literal["text", "json"] = "text"
    max_bytes: int = Field(default=52_428_800, ge=0)
    backup_count: int = Field(default=10, ge=1, le=1000)


class Settings(Section):
    """All settings of one run. keep_failed_messages: bodies may rest in SQS_PERMANENT_FAILURES. health_port 0: off.

    warnings: what was noticed where they were read, and is no mistake.
    """

    model_config = _prefixed("")

    oracle: OracleSettings = Field(validation_alias="oracle")
    sqs: SqsSettings = Field(validation_alias="sqs")
    cdc: CdcSettings = Field(default_factory=CdcSettings, validation_alias="cdc")
    aws: AwsSettings = Field(default_factory=AwsSettings, validation_alias="aws")
    source: SourceSettings = Field(default_factory=SourceSettings, validation_alias="source")
    logging: LoggingSettings = Field(default_factory=LoggingSettings, validation_alias="logging")
    keep_failed_messages: bool = True
    health_port: int = Field(default=0, ge=0, le=65_535)
    warnings: tuple[str, ...] = Field(default=(), validation_alias="warnings")
