"""Settings to syncs: of tables, and of streams."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.monitor_streams import StreamSettings, read_stream
from oracle_cdc.settings.monitor_syncs import SyncSettings, read_sync
from sync_monitor.model import Deletes, Engine, Grain, Limits, Sync
from sync_monitor.rules.periods import parse_promise

T = TypeVar("T")
#: A name that Oracle keeps in capitals however it is written.
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_$#]*")


def make_syncs(settings: MonitorSettings) -> tuple[Sync, ...]:
    """Return the syncs of tables and of streams that are declared."""
    return (*table_syncs(settings), *stream_syncs(settings))


def choose(syncs: Sequence[Sync], name: str | None) -> tuple[Sync, ...]:
    """Return the sync with a name, or all where none is given. Raises SettingsError."""
    if name is None:
        return tuple(syncs)
    found = tuple(sync for sync in syncs if sync.name == name)
    if not found:
        known = ", ".join(sync.name for sync in syncs[:20])
        raise SettingsError(f"no sync is named {name[:120]!r}; there are: {known}")
    return found


def table_syncs(settings: MonitorSettings) -> tuple[Sync, ...]:
    """Return the syncs of tables, or the one of ORACLE_TABLE where nothing is declared."""
    written = settings.monitor.syncs
    if not (written or settings.monitor.streams):
        written = {settings.oracle_table: {"source": settings.oracle_table}}
    found: list[Sync] = []
    for name, each in written.items():
        found.append(make_sync(name, read_sync(each), settings))
    return tuple(found)


def make_sync(name: str, written: SyncSettings, settings: MonitorSettings) -> Sync:
    """Return a sync as it is written, with what all of them have where it says nothing."""
    monitor = settings.monitor
    zone = ZoneInfo(written.zone or monitor.zone)
    source = as_kept(written.source)
    expected = None
    if written.expect_rows_every_hours is not None:
        expected = timedelta(hours=written.expect_rows_every_hours)
    return Sync(
        name,
        source,
        target_of(written, settings),
        as_kept(written.time_column or monitor.time_column),
        engine=Engine(written.engine),
        partition_column=written.partition_column,
        keys=tuple(as_kept(key) for key in written.keys),
        grain=Grain(written.grain),
        zone=zone,
        source_zone=ZoneInfo(written.source_zone or zone.key),
        lake_zone=ZoneInfo(written.lake_zone or written.source_zone or zone.key),
        promise=parse_promise(written.promise or monitor.promise),
        settle=timedelta(hours=first_of(written.settle_hours, monitor.settle_hours)),
        window_days=written.window_days or monitor.window_days,
        limits=limits_of(written, settings),
        deletes=Deletes(written.deletes),
        may_be_empty=written.may_be_empty,
        expect_rows_every=expected,
        loader=written.loader,
        owner=written.owner,
        grants_to=written.grants_to,
        goal_percent=first_of(written.goal_percent, monitor.goal_percent),
        keys_are_private=written.keys_are_private,
    )


def stream_syncs(settings: MonitorSettings) -> tuple[Sync, ...]:
    """Return a sync for each stream that is declared."""
    found: list[Sync] = []
    for name, written in settings.monitor.streams.items():
        found.append(stream_sync(name, read_stream(written), settings))
    return tuple(found)


def stream_sync(name: str, written: StreamSettings, settings: MonitorSettings) -> Sync:
    """Return the sync of a stream, which may be empty: no call, no change, no extract at all."""
    return Sync(
        name,
        written.kind,
        "",
        "",
        limits=limits_of(written, settings),
        may_be_empty=True,
        loader=written.loader,
        owner=written.owner,
        grants_to=written.grants_to,
        goal_percent=first_of(written.goal_percent, settings.monitor.goal_percent),
        stream=written.kind,
    )


def limits_of(written: SyncSettings | StreamSettings, settings: MonitorSettings) -> Limits:
    """Return from where on a sync's figures are a warning or critical."""
    monitor = settings.monitor
    return Limits(
        first_of(written.warning_gap_pct, settings.sla_warning_gap_pct),
        first_of(written.critical_gap_pct, settings.sla_critical_gap_pct),
        timedelta(hours=first_of(written.warning_lag_hours, monitor.warning_lag_hours)),
        timedelta(hours=first_of(written.critical_lag_hours, monitor.critical_lag_hours)),
    )


def first_of(given: T | None, usual: T) -> T:
    """Return what is given, or what is usual."""
    if given is None:
        return usual
    return given


def as_kept(name: str) -> str:
    """Return a name, or several with dots between, as Oracle keeps it: plain ones in capitals."""
    parts: list[str] = []
    for part in name.split("."):
        if PLAIN_NAME.fullmatch(part):
            part = part.upper()
        parts.append(part)
    return ".".join(parts)


def target_of(written: SyncSettings, settings: MonitorSettings) -> str:
    """Return where the rows should be: a directory as a whole path, or a table's name."""
    named = written.target or written.source.lower().replace(".", "/")
    if written.engine != Engine.DUCKDB.value:
        return written.target or written.source.lower()
    return str((settings.monitor.lakes / named).absolute())
