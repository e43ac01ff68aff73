"""Declare what can be set for the monitor, with bounds and defaults."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from oracle_cdc.settings.declaration import Root, Rule, Section, prefixed
from oracle_cdc.settings.kinds import (
    File,
    Identifier,
    ListeningHost,
    Url,
    Zone,
    matching,
)
from oracle_cdc.settings.lake_kinds import HiveUrl, MariaDbUrl, TrinoUrl, lakes_nowhere
from oracle_cdc.settings.layers import CONFIG_FILE
from oracle_cdc.settings.monitor_streams import Streams, wrong_streams
from oracle_cdc.settings.monitor_syncs import PromiseText, Syncs, TableName, wrong_syncs
from oracle_cdc.settings.notice_kinds import Address, Addresses, HookUrl, MailUrl
from oracle_cdc.settings.sections import (
    AwsSettings,
    LoggingSettings,
    OracleSettings,
    SsmSettings,
)

#: Of a token: a shorter one could be found by trying.
LEAST_TOKEN = 32
ModelName = Annotated[str, matching(r"[A-Za-z0-9._:/@-]{1,100}", "the name of a model")]
HostNames = Annotated[
    str,
    matching(r"[A-Za-z0-9.,:_\[\]-]*", "host names as browsers send them, commas between them"),
]
Percent = Annotated[Decimal, Field(ge=0, le=100)]


def _token(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < LEAST_TOKEN:
        raise ValueError(f"at least {LEAST_TOKEN} characters that nobody can guess")
    return value


def gaps_backwards(warning: Decimal, critical: Decimal) -> Iterator[str]:
    """Require the critical gap to be no smaller than that of a warning."""
    if warning > critical:
        yield (
            f"SLA_WARNING_GAP_PCT: given {warning}; "
            f"allowed: at most SLA_CRITICAL_GAP_PCT ({critical})"
        )


def lags_backwards(warning: float, critical: float) -> Iterator[str]:
    """Require the critical lag to be no shorter than that of a warning."""
    if warning > critical:
        yield (
            f"MONITOR_WARNING_LAG_HOURS: given {warning:g}; "
            f"allowed: at most MONITOR_CRITICAL_LAG_HOURS ({critical:g})"
        )


def mail_to_nobody(server: SecretStr | None, recipients: tuple[str, ...]) -> Iterator[str]:
    """Require somebody who gets the mail."""
    if server is not None and not recipients:
        yield "MONITOR_MAIL_TO: is needed where MONITOR_MAIL_URL is set"


class MonitorSection(Section):
    """What is looked at, how often, and what it may cost. Each sync may say otherwise for itself.

    interval_seconds: between two looks at a sync. settle_hours: how long rows may still reach
    their own partition. promise: until when a partition must be there. confirm_minutes: between
    the first look at a fault and the one that confirms it. rows_per_hour: of one sync that may be
    counted and compared. statement_seconds: of one statement on either side. lake_directory: below
    which relative targets are, None for `lake` in the directory. token: without it the page is
    served to this machine alone. looks_retention_days, figures_retention_days: in the history.
    """

    model_config = prefixed("MONITOR_")
    own_prefix = "MONITOR_"
    section_names = ("monitor",)
    rules = (
        Rule(("MONITOR_WARNING_LAG_HOURS", "MONITOR_CRITICAL_LAG_HOURS"), lags_backwards),
        Rule(("MONITOR_SYNCS",), wrong_syncs),
        Rule(("MONITOR_STREAMS", "MONITOR_SYNCS", "MONITOR_MARIADB_URL"), wrong_streams),
        Rule(("MONITOR_SYNCS", "MONITOR_TRINO_URL", "MONITOR_HIVE_URL"), lakes_nowhere),
        Rule(("MONITOR_MAIL_URL", "MONITOR_MAIL_TO"), mail_to_nobody),
    )

    interval_seconds: float = Field(default=300.0, ge=1, le=86_400)
    window_days: int = Field(default=30, ge=1, le=366)
    settle_hours: float = Field(default=2.0, ge=0, le=240)
    promise: PromiseText = "06:00"
    confirm_minutes: float = Field(default=15.0, ge=0, le=1440)
    warning_lag_hours: float = Field(default=4.0, gt=0, le=8760)
    critical_lag_hours: float = Field(default=8.0, gt=0, le=8760)
    goal_percent: Percent = Decimal(99)
    rows_per_hour: int = Field(default=50_000_000, ge=1, le=10**15)
    oracle_sessions: int = Field(default=1, ge=1, le=64)
    statement_seconds: float = Field(default=60.0, ge=0.1, le=3600)
    zone: Zone = "UTC"
    time_column: Identifier = "UPDATED_AT"
    directory: Path = Path("monitor")
    lake_directory: Path | None = None
    trino_url: TrinoUrl | None = None
    hive_url: HiveUrl | None = None
    host: ListeningHost = "127.0.0.1"
    token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    allowed_hosts: HostNames = ""
    trust_proxy_user: Annotated[str, matching(r"[A-Za-z0-9-]*", "the name of a header")] = ""
    looks_retention_days: int = Field(default=90, ge=1, le=10_000)
    figures_retention_days: int = Field(default=400, ge=31, le=10_000)
    slack_url: HookUrl | None = None
    teams_url: HookUrl | None = None
    webhook_url: HookUrl | None = None
    webhook_token: SecretStr | None = None
    mail_url: MailUrl | None = None
    mail_from: Address = "monitor@localhost"
    mail_to: Addresses = ()
    notice_seconds: float = Field(default=10.0, ge=0.1, le=120)
    page_url: Url | None = None
    syncs: Syncs = Field(default_factory=dict)
    streams: Streams = Field(default_factory=dict)
    goldengate_login: SecretStr | None = None
    mariadb_url: MariaDbUrl | None = None
    mariadb_tls_ca_file: File | None = None

    @property
    def lakes(self) -> Path:
        """Return the directory below which relative targets are."""
        return self.lake_directory or self.directory / "lake"


class OracleChoice(Root):
    """The one setting that says whether the others on Oracle are needed."""

    use_real_oracle: bool = False


class MonitorSettings(OracleChoice):
    """All settings of a monitor whose Oracle is the stand-in.

    oracle_table: the sync that there is where MONITOR_SYNCS names none. oracle_mock_count: rows of
    each table that `monitor seed` writes. flask_env: is accepted and means nothing.
    """

    also_known = (CONFIG_FILE,)
    rules = (Rule(("SLA_WARNING_GAP_PCT", "SLA_CRITICAL_GAP_PCT"), gaps_backwards),)

    oracle_table: TableName = "HR.EMPLOYEES"
    oracle_mock_count: int = Field(default=107, ge=1, le=10_000_000)
    sla_warning_gap_pct: Percent = Decimal(1)
    sla_critical_gap_pct: Percent = Decimal(5)
    use_claude_api: bool = False
    claude_api_key: SecretStr | None = None
    claude_model: ModelName = "claude-haiku-5-5"
    claude_base_url: Url = "https://api.anthropic.com"
    triage_max_calls_per_day: int = Field(default=50, ge=0, le=100_000)
    triage_max_tokens: int = Field(default=700, ge=100, le=8192)
    triage_send_names: bool = False
    port: int = Field(default=5000, ge=0, le=65_535)
    flask_env: str | None = None
    monitor: MonitorSection = Field(default_factory=MonitorSection)
    aws: AwsSettings = Field(default_factory=AwsSettings)
    logging: LoggingSettings = Field(default_factory=LoggingSettings)
    ssm: SsmSettings = Field(default_factory=SsmSettings)


class MonitorOnOracleSettings(MonitorSettings):
    """All settings of a monitor of a real Oracle."""

    oracle: OracleSettings
