"""Settings to streams, and to what looks at them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from oracle_cdc.oracle.database import Database
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.monitor_streams import StreamSettings, read_stream
from sync_monitor.looks.pace import Pace
from sync_monitor.streams.changes import Changes
from sync_monitor.streams.conversations import Conversations
from sync_monitor.streams.extracts import Extracts
from sync_monitor.streams.goldengate import HeartbeatService, HeartbeatView
from sync_monitor.streams.looking import StreamLooker
from sync_monitor.streams.seam import Stream
from sync_monitor.wiring.pipelines import make_events, make_processor


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
