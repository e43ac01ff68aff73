"""Settings to streams, and to the syncs by which they are judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from oracle_cdc.oracle.database import Database
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.monitor_streams import StreamSettings, read_stream
from sync_monitor.looks.pace import Pace
from sync_monitor.model import Limits, Sync
from sync_monitor.streams.changes import Changes
from sync_monitor.streams.conversations import Conversations
from sync_monitor.streams.counting import Stream
from sync_monitor.streams.extracts import Extracts
from sync_monitor.streams.goldengate import HeartbeatService, HeartbeatView
from sync_monitor.streams.looking import StreamLooker
from sync_monitor.wiring.pipelines import make_events, make_processor


def stream_syncs(settings: MonitorSettings) -> tuple[Sync, ...]:
    """Return a sync for each stream that is declared."""
    found: list[Sync] = []
    for name, written in settings.monitor.streams.items():
        found.append(stream_sync(name, read_stream(written), settings))
    return tuple(found)


def stream_sync(name: str, written: StreamSettings, settings: MonitorSettings) -> Sync:
    """Return the sync of a stream, which may be empty: no call, no change, no extract at all."""
    monitor = settings.monitor
    goal = written.goal_percent
    if goal is None:
        goal = monitor.goal_percent
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
        goal_percent=goal,
        stream=written.kind,
    )


def limits_of(written: StreamSettings, settings: MonitorSettings) -> Limits:
    """Return from where on a stream's figures are a warning or critical."""
    monitor = settings.monitor
    usual = Limits(
        settings.sla_warning_gap_pct,
        settings.sla_critical_gap_pct,
        timedelta(hours=monitor.warning_lag_hours),
        timedelta(hours=monitor.critical_lag_hours),
    )
    if written.warning_gap_pct is not None:
        usual = replace(usual, warning_gap_percent=written.warning_gap_pct)
    if written.critical_gap_pct is not None:
        usual = replace(usual, critical_gap_percent=written.critical_gap_pct)
    if written.warning_lag_hours is not None:
        usual = replace(usual, warning_lag=timedelta(hours=written.warning_lag_hours))
    if written.critical_lag_hours is not None:
        usual = replace(usual, critical_lag=timedelta(hours=written.critical_lag_hours))
    return usual


def make_stream_looker(settings: MonitorSettings, database: Database, pace: Pace) -> StreamLooker:
    """Return what looks at streams."""
    streams: dict[str, Stream] = {}
    for name, written in settings.monitor.streams.items():
        streams[name] = make_stream(read_stream(written), settings, database)
    return StreamLooker(streams, pace)


def make_stream(written: StreamSettings, settings: MonitorSettings, database: Database) -> Stream:
    """Return one stream."""
    monitor = settings.monitor
    sessions = database.session
    oldest = timedelta(minutes=written.oldest_minutes)
    if written.kind == "conversations":
        zone = ZoneInfo(written.zone or monitor.zone)
        return Conversations(sessions, zone, timedelta(minutes=written.deadline_minutes))
    if written.kind == "events":
        return make_events(written, settings, database)
    if written.kind == "processor":
        return make_processor(written, settings)
    if written.kind == "changes":
        return Changes(sessions, oldest)
    if written.kind == "extracts":
        return Extracts((written.directory or Path()).absolute(), utc_now)
    if written.view is not None:
        return HeartbeatView(sessions, written.view.upper(), oldest)
    log_in = None
    if monitor.goldengate_login is not None:
        log_in = monitor.goldengate_login.get_secret_value()
    return HeartbeatService(written.url or "", log_in, oldest, monitor.statement_seconds, utc_now)
