"""From settings to the values by which the modes work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from oracle_cdc.conversations.chores.backfill import BackfillRules
from oracle_cdc.conversations.chores.housekeeping import Retention
from oracle_cdc.conversations.chores.job_requests import JobRequest
from oracle_cdc.conversations.chores.sweep import SweepRules
from oracle_cdc.conversations.inbound.cycle import ResultLimits
from oracle_cdc.conversations.outbound.lanes import APART, LANES
from oracle_cdc.conversations.outbound.retry_limits import Limits
from oracle_cdc.conversations.outbound.turns import Scope
from oracle_cdc.conversations.rules.claims import Rules
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE, NORMAL_MODE
from oracle_cdc.errors import SettingsError
from oracle_cdc.model import Overflow
from oracle_cdc.redaction.kinds import Kind
from oracle_cdc.running.retrying import Doubling

if TYPE_CHECKING:
    from oracle_cdc.redaction.marking import Marker


def make_rules(settings: Settings) -> Rules:
    cdc = settings.cdc
    return Rules(
        settle_seconds=cdc.settle_seconds,
        max_wait_seconds=cdc.max_wait_minutes * 60,
        min_segments=cdc.min_segments,
        required_channels=cdc.required_channels,
        time_zone=settings.source.time_zone,
        marker=make_marker(settings),
    )


def make_marker(settings: Settings) -> Marker | None:
    """Return what marks what is personal, or None where REDACTION is off.

    Raises SettingsError where it can't.
    """
    if settings.redaction == "off":
        return None
    try:
        # Not at the top: whoever redacts nothing needs no tables of phone numbers.
        from oracle_cdc.redaction.marking import Marker

        return Marker([Kind(name) for name in settings.redaction_kinds], settings.redaction_region)
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"REDACTION: {error.name} is missing; pip install python-stdnum phonenumbers"
        ) from error
    except ValueError as error:
        raise SettingsError(f"REDACTION_REGION: {error} is known of phone numbers") from error


def make_result_marker(settings: Settings) -> Marker | None:
    """Return what marks what is personal in summaries, or None where nothing is to."""
    if not settings.redaction_of_results:
        return None
    return make_marker(settings)


def make_scope(settings: Settings) -> Scope:
    cdc = settings.cdc
    return Scope(
        mode=NORMAL_MODE,
        overlap_minutes=cdc.normal_mode_minutes,
        slice_minutes=cdc.window_slice_minutes,
        max_batch_size=cdc.max_batch_size,
        lease_seconds=cdc.lease_seconds,
        instance_id=cdc.instance_id,
    )


def make_limits(settings: Settings) -> Limits:
    cdc = settings.cdc
    return Limits(
        max_batch_bytes=cdc.max_batch_bytes // (LANES + APART),
        max_attempts=cdc.max_attempts,
        request_seconds=settings.sqs.request_seconds,
        waits=Doubling(cdc.retry_initial_seconds, cdc.retry_max_seconds),
        keep_failed_messages=settings.keep_failed_messages,
    )


def make_job_request(settings: Settings) -> JobRequest | None:
    """Return the job that the settings ask for, or None where they ask for none."""
    cdc = settings.cdc
    start, end = cdc.historical_start_date, cdc.historical_end_date
    if not cdc.historical_mode_enabled or start is None:
        return None
    setting = f"{start.isoformat()}/"
    if end is not None:
        setting += end.isoformat()
    return JobRequest(start, end, cdc.historical_calls_per_second, setting=setting)


def make_historical_scope(settings: Settings) -> Scope:
    cdc = settings.cdc
    return Scope(
        mode=HISTORICAL_MODE,
        overlap_minutes=0,
        slice_minutes=cdc.window_slice_minutes,
        max_batch_size=cdc.historical_batch_size,
        lease_seconds=cdc.lease_seconds,
        instance_id=cdc.instance_id,
    )


def make_backfill_rules(settings: Settings, *, is_foreground: bool) -> BackfillRules:
    cdc = settings.cdc
    return BackfillRules(
        cdc.historical_batch_size,
        cdc.normal_poll_interval_seconds,
        yields=cdc.normal_mode_enabled,
        takes_due=is_foreground or not cdc.normal_mode_enabled,
    )


def make_sweep_rules(settings: Settings) -> SweepRules:
    cdc = settings.cdc
    return SweepRules(
        cdc.reconcile_hours, cdc.reconcile_interval_minutes, cdc.reconcile_pause_seconds
    )


def make_sweep_limit(settings: Settings) -> float | None:
    """Return the seconds within which a sweep should have finished, or None where none is made."""
    is_made = settings.cdc.normal_mode_enabled and settings.cdc.reconcile_hours > 0
    if not is_made:
        return None
    return make_sweep_rules(settings).late_seconds


def make_retention(settings: Settings) -> Retention:
    cdc = settings.cdc
    return Retention(
        log_days=cdc.retention_days,
        ledger_days=cdc.ledger_retention_days,
        overlap=timedelta(minutes=cdc.normal_mode_minutes),
        sweep_length=timedelta(hours=cdc.reconcile_hours),
    )


def make_overflow(settings: Settings) -> Overflow | None:
    """Return where bodies go that are too large for SQS, or None where nowhere."""
    bucket = settings.sqs.s3_overflow_bucket
    if not bucket:
        return None
    return Overflow(bucket, settings.sqs.s3_overflow_prefix)


def make_result_limits(settings: Settings) -> ResultLimits:
    cdc = settings.cdc
    return ResultLimits(
        wait_seconds=cdc.results_wait_seconds,
        visibility_seconds=cdc.results_visibility_seconds,
        pause_seconds=cdc.normal_poll_interval_seconds,
    )
