"""`checkpoint show`, `checkpoint reset`: the watermarks, and moving them with open eyes."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from oracle_cdc.conversations.parts import open_database
from oracle_cdc.conversations.settings import CdcSettings, Settings
from oracle_cdc.conversations.tables.checkpoints import RangeCount, count_range, move_watermark
from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE, NORMAL_MODE, Mode, read_mode
from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import confirm, counted, say

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
        if self.name == "historical":
            return "`backfill` with the job's own range goes on there, as do copies with CDC_HISTORICAL_MODE_ENABLED"
        return "running copies follow within a cycle"

    @property
    def coverage_start(self) -> datetime:
        return min(self.mode.coverage_start or self.to, self.to)

    def begin(self, watermark: datetime) -> datetime:
        """Where a search begins while the watermark stands there."""
        return (
            max(watermark - self.overlap, min(self.coverage_start, watermark))
            if self.overlap
            else watermark
        )


def checkpoint(settings: Settings, options: Namespace) -> int:
    """0 when it is done, or when the answer was no."""
    configure_console("WARNING")
    database = open_database(settings, sessions=1)
    try:
        with database.session() as session:
            if options.action == "show":
                show(
                    {name: read_known(session, name) for name in MODES},
                    settings.cdc,
                    as_json=options.as_json,
                )
            else:
                overlap = timedelta(
                    minutes=settings.cdc.normal_mode_minutes if options.mode == "normal" else 0
                )
                mode = read_known(session, options.mode)
                reset(
                    session, Reset(options.mode, mode, options.to, overlap), is_agreed=options.yes
                )
    finally:
        database.close()
    return ExitCode.DONE


def read_known(session: Session, name: str) -> Mode:
    mode = read_mode(session, MODES[name])
    if mode is None:
        raise SettingsError(
            f"CDC_PROCESSING_STATUS has no row {MODES[name]}; run `python cdc_service.py init-tables`"
        )
    return mode


def show(modes: dict[str, Mode], cdc: CdcSettings, *, as_json: bool) -> None:
    ordered = {"normal": cdc.normal_mode_enabled, "historical": cdc.historical_mode_enabled}
    report = {name: as_object(mode, is_ordered=ordered[name]) for name, mode in modes.items()}
    # A job that is done stays where its range ends: that is no lag.
    del report["historical"]["lagSeconds"]
    if as_json:
        say(json.dumps(report))
        return
    for name, values in report.items():
        for key, value in values.items():
            say(f"{f'{name}.{key}':<27} {in_words(value)}")


def in_words(value: object) -> str:
    """A value for people."""
    if value is None:
        return "none yet"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def as_object(mode: Mode, *, is_ordered: bool) -> dict[str, Any]:
    """A mode runs in the service when its setting, which is this host's, and its switch in the table are both on."""
    return {
        "watermark": mode.watermark.isoformat() if mode.watermark else None,
        "lagSeconds": mode.lag_seconds,
        "coverageStart": mode.coverage_start.isoformat() if mode.coverage_start else None,
        "enabled": mode.is_enabled and is_ordered,
        "enabledBySetting": is_ordered,
        "enabledByTable": mode.is_enabled,
        "totalProcessed": mode.total_processed,
    }


def reset(session: Session, wanted: Reset, *, is_agreed: bool) -> None:
    """Say what the reset means, ask, and do it. Raises SettingsError for a time to come, or a job that never was."""
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
    """Say what will be read again or given up, and where coverage will begin."""
    before = wanted.mode.watermark
    lines = [
        f"watermark of {wanted.name} mode: {before.isoformat() if before else 'none yet'} -> {wanted.to.isoformat()}"
    ]
    if before is not None and wanted.to < before:
        lines.append(say_read_again(count_range(session, wanted.begin(wanted.to), before)))
    elif before is not None:
        lines.append(
            say_given_up(count_range(session, wanted.begin(before), wanted.begin(wanted.to)))
        )
    coverage = wanted.mode.coverage_start
    if wanted.name == "normal" and coverage and wanted.to < coverage:
        lines.append(
            f"coverage will begin at {wanted.to.isoformat()} instead of {coverage.isoformat()}"
        )
    return lines


def say_read_again(count: RangeCount) -> str:
    return f"will be read again: {describe(count)}"


def say_given_up(count: RangeCount) -> str:
    return f"will be given up: {describe(count)}; nothing but the sweep or a backfill looks there again"


def describe(count: RangeCount) -> str:
    more = "more than " if count.is_partial else ""
    return (
        f"{count.start.isoformat()} to {count.end.isoformat()}, {more}{counted(count.calls, 'call')} with "
        f"{more}{counted(count.segments, 'segment')}, {count.unknown_calls} of the calls not in the ledger"
    )
