"""`checkpoint show`, `checkpoint reset`: the watermarks, and moving them with open eyes."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError, Namespace
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from oracle_cdc.commands.arguments import moment
from oracle_cdc.conversations.settings import CdcSettings, Settings
from oracle_cdc.conversations.tables.checkpoints import RangeCount, count_range, move_watermark
from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE, NORMAL_MODE, Mode, read_mode
from oracle_cdc.conversations.wiring_parts import open_database
from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import confirm, say, time_text

MODES = {"normal": NORMAL_MODE, "historical": HISTORICAL_MODE}


@dataclass(frozen=True)
class Reset:
    """A mode's watermark before and after. overlap: how far before it the mode's searches begin."""

    name: str
    mode: Mode
    to: datetime
    overlap: timedelta

    @property
    def who_follows(self) -> str:
        """Return what goes on at the new watermark, in words."""
        if self.name == "historical":
            return (
                "`backfill` with the job's own range goes on there, "
                "as do copies with CDC_HISTORICAL_MODE_ENABLED"
            )
        return "running copies follow within a cycle"

    @property
    def coverage_start(self) -> datetime:
        """Return where coverage begins after the reset, not later than before."""
        return min(self.mode.coverage_start or self.to, self.to)

    def search_start(self, watermark: datetime) -> datetime:
        """Return where a search begins while the watermark stands there."""
        if not self.overlap:
            return watermark
        return max(watermark - self.overlap, min(self.coverage_start, watermark))


def checkpoint(settings: Settings, options: Namespace) -> int:
    """Show or move watermarks, and return 0, also when the answer was no."""
    configure_console("WARNING")
    to: datetime | None = None
    if options.action == "reset":
        to = parse_time(options)
    database = open_database(settings, sessions=1)
    try:
        with database.session() as session:
            if to is None:
                show(session, settings.cdc, as_json=options.as_json)
            else:
                wanted = plan_reset(session, settings.cdc, options, to)
                reset(session, wanted, is_agreed=options.yes)
    finally:
        database.close()
    return ExitCode.DONE


def parse_time(options: Namespace) -> datetime:
    """Return the time that a watermark is to have.

    Raises SettingsError where the arguments do not say which watermark, or which time.
    """
    if options.mode is None:
        raise SettingsError("checkpoint reset: say which: normal, historical, or --processor P")
    if options.shard is not None:
        raise SettingsError("--shard: only with --processor P")
    try:
        return moment(options.to or "")
    except ArgumentTypeError as error:
        raise SettingsError(f"--to: {error}") from None


def plan_reset(session: Session, cdc: CdcSettings, options: Namespace, to: datetime) -> Reset:
    """Read the mode, and return what its reset would be."""
    overlap = timedelta(0)
    if options.mode == "normal":
        overlap = timedelta(minutes=cdc.normal_mode_minutes)
    return Reset(options.mode, read_known(session, options.mode), to, overlap)


def read_known(session: Session, name: str) -> Mode:
    """Return a mode by its short name. Raises SettingsError when it has no row."""
    mode = read_mode(session, MODES[name])
    if mode is None:
        raise SettingsError(
            f"CDC_PROCESSING_STATUS has no row {MODES[name]}; "
            "run `python cdc_service.py init-tables`"
        )
    return mode


def show(session: Session, cdc: CdcSettings, *, as_json: bool) -> None:
    """Print both modes, for people or as JSON."""
    normal = as_object(read_known(session, "normal"), is_configured=cdc.normal_mode_enabled)
    historical = as_object(
        read_known(session, "historical"), is_configured=cdc.historical_mode_enabled
    )
    # A job that is done stays where its range ends: that is no lag.
    del historical["lagSeconds"]
    report = {"normal": normal, "historical": historical}
    if as_json:
        say(json.dumps(report))
        return
    for name, values in report.items():
        for key, value in values.items():
            say(f"{f'{name}.{key}':<27} {in_words(value)}")


def in_words(value: object) -> str:
    """Return a value for people."""
    if value is None:
        return "none yet"
    if value is True:
        return "yes"
    if value is False:
        return "no"
    return str(value)


def as_object(mode: Mode, *, is_configured: bool) -> dict[str, Any]:
    """Return a mode as the JSON output names it.

    It runs in the service when its setting, which is this host's, and its switch in the table
    are both on.
    """
    return {
        "watermark": time_text(mode.watermark),
        "lagSeconds": mode.lag_seconds,
        "coverageStart": time_text(mode.coverage_start),
        "enabled": mode.is_enabled and is_configured,
        "enabledBySetting": is_configured,
        "enabledByTable": mode.is_enabled,
        "totalProcessed": mode.total_processed,
    }


def reset(session: Session, wanted: Reset, *, is_agreed: bool) -> None:
    """Say what the reset means, ask, and do it.

    Raises SettingsError for a time to come, or a job that never was.
    """
    now = wanted.mode.clocks.now
    if wanted.name == "historical" and wanted.mode.watermark is None:
        raise SettingsError("there was no historical job yet; `backfill` begins one")
    if wanted.to > now:
        raise SettingsError(
            f"{wanted.to.isoformat()} is to come; the database's clock says {now.isoformat()}"
        )
    for line in explain(session, wanted):
        say(line)
    if confirm("calls that were sent are not sent again: the ledger knows them", is_agreed):
        move_watermark(session, MODES[wanted.name], wanted.to)
        say(f"the watermark of {wanted.name} mode is {wanted.to.isoformat()}; {wanted.who_follows}")


def explain(session: Session, wanted: Reset) -> list[str]:
    """Return what will be read again or given up, and where coverage will begin."""
    before = wanted.mode.watermark
    shown = time_text(before) or "none yet"
    lines = [f"watermark of {wanted.name} mode: {shown} -> {wanted.to.isoformat()}"]
    start_after = wanted.search_start(wanted.to)
    if before is not None and wanted.to < before:
        read_again = count_range(session, start_after, before)
        lines.append(f"will be read again: {describe(read_again)}")
    elif before is not None:
        given_up = count_range(session, wanted.search_start(before), start_after)
        lines.append(
            f"will be given up: {describe(given_up)}; "
            "nothing but the sweep or a backfill looks there again"
        )
    coverage = wanted.mode.coverage_start
    if wanted.name == "normal" and coverage and wanted.to < coverage:
        lines.append(
            f"coverage will begin at {wanted.to.isoformat()} instead of {coverage.isoformat()}"
        )
    return lines


def describe(count: RangeCount) -> str:
    """Return what a range holds, in words."""
    more = ""
    if count.is_partial:
        more = "more than "
    return (
        f"{count.start.isoformat()} to {count.end.isoformat()}, "
        f"{more}{counted(count.calls, 'call')} with "
        f"{more}{counted(count.segments, 'segment')}, "
        f"{count.unknown_calls} of the calls not in the ledger"
    )
