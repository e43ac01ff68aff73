"""Declare what can be set for the capture of row changes, with bounds and defaults."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from oracle_cdc.settings.change_kinds import ChangeTables
from oracle_cdc.settings.declaration import Rule, prefixed
from oracle_cdc.settings.patience import PATIENT_WATCHDOG
from oracle_cdc.settings.service import OracleServiceSettings
from oracle_cdc.settings.streams import ModelSettings, StreamingSettings


def retries_backwards(initial_seconds: float, max_seconds: float) -> Iterator[str]:
    """Require the longest pause to be no shorter than the first."""
    if initial_seconds > max_seconds:
        limit = f"CHANGES_RETRY_MAX_SECONDS ({max_seconds:g})"
        yield f"CHANGES_RETRY_INITIAL_SECONDS: given {initial_seconds:g}; allowed: at most {limit}"


class CaptureSettings(ModelSettings):
    """Which changes are shipped, how they are looked for, and what is watched meanwhile.

    batch_size: rows of one read of a change table. redact_before_stream: what is to be redacted
    never leaves this process. tables: their published names, none for all that are enabled in
    CDC_CHANGE_TABLES. max_log_rows, max_log_age_seconds: from when on a change table that grows is
    CRITICAL. check_seconds: between two looks at triggers and columns. heartbeat_seconds: between
    two changes of our own that show the age of the whole chain, 0 for none.
    """

    model_config = prefixed("CHANGES_")
    own_prefix = "CHANGES_"
    rules = (
        Rule(("CHANGES_RETRY_INITIAL_SECONDS", "CHANGES_RETRY_MAX_SECONDS"), retries_backwards),
    )

    tables: ChangeTables = ()
    poll_interval_seconds: float = Field(default=0.5, ge=0.05, le=60)
    batch_size: int = Field(default=1000, ge=2, le=10_000)
    redact_before_stream: bool = True
    max_log_rows: int = Field(default=1_000_000, ge=1, le=1_000_000_000_000)
    max_log_age_seconds: int = Field(default=900, ge=1, le=604_800)
    check_seconds: int = Field(default=60, ge=1, le=3600)
    heartbeat_seconds: int = Field(default=60, ge=0, le=3600)
    retry_initial_seconds: float = Field(default=1.0, gt=0, le=3600)
    retry_max_seconds: float = Field(default=60.0, gt=0, le=3600)


class ChangesSettings(StreamingSettings, OracleServiceSettings):
    """All settings of the pipeline that carries row changes from Oracle to Kinesis."""

    rules = (*StreamingSettings.rules, PATIENT_WATCHDOG)

    changes: CaptureSettings = Field(default_factory=CaptureSettings)

    @property
    def ready_limit_seconds(self) -> float:
        """Return the age of the last success from which on the service is not ready."""
        return max(self.cdc.ready_deadline_seconds, 2 * self.changes.poll_interval_seconds)
