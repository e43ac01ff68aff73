"""Settings to the parts of a monitor."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from oracle_cdc.oracle import row_shape
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import password_of
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.settings.monitor import MonitorOnOracleSettings, MonitorSettings
from oracle_cdc.settings.monitor_syncs import SyncSettings, read_sync
from oracle_cdc.settings.sections import OracleSettings
from oracle_cdc.sql.statements import read_statements
from sync_monitor.lake.seam import Lake
from sync_monitor.looks.looking import Looker
from sync_monitor.looks.pace import Pace
from sync_monitor.model import Deletes, Engine, Grain, Limits, Sync
from sync_monitor.remembered import Retention
from sync_monitor.rules.periods import parse_promise
from sync_monitor.wiring.lakes import open_lakes
from sync_monitor.wiring.streams import stream_syncs

T = TypeVar("T")
#: A name that Oracle keeps in capitals however it is written.
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_$#]*")
#: Beyond the time of a statement, until a session must have come back.
SESSION_GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Edges:
    """What a monitor asks: sessions of Oracle, and lakes."""

    database: Database
    lakes: dict[Engine, Lake]

    def cancel(self) -> None:
        """Interrupt what runs on either side."""
        self.database.cancel()
        for lake in self.lakes.values():
            lake.cancel()


def make_syncs(settings: MonitorSettings) -> tuple[Sync, ...]:
    """Return the syncs of tables and of streams that are declared."""
    return (*table_syncs(settings), *stream_syncs(settings))


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


def limits_of(written: SyncSettings, settings: MonitorSettings) -> Limits:
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


def pace_of(settings: MonitorSettings, syncs: tuple[Sync, ...]) -> Pace:
    """Return how often syncs are looked at, and what that may cost."""
    monitor = settings.monitor
    return Pace(
        timedelta(seconds=monitor.interval_seconds),
        timedelta(minutes=monitor.confirm_minutes),
        monitor.rows_per_hour,
        hashlib.sha256(repr((syncs, monitor.rows_per_hour)).encode()).hexdigest()[:16],
    )


def retention_of(settings: MonitorSettings) -> Retention:
    """Return how long what is kept."""
    monitor = settings.monitor
    return Retention(
        timedelta(days=monitor.looks_retention_days),
        timedelta(days=monitor.figures_retention_days),
    )


def oracle_settings(settings: MonitorSettings) -> OracleSettings | None:
    """Return how a real Oracle is reached, None where the stand-in is."""
    if isinstance(settings, MonitorOnOracleSettings):
        return settings.oracle
    return None


@contextmanager
def open_edges(
    settings: MonitorSettings, oracle: OracleSettings, syncs: Iterable[Sync]
) -> Iterator[Edges]:
    """Lend sessions of Oracle and the lakes of the syncs, with the deadlines of the monitor."""
    monitor = settings.monitor
    limited = oracle.model_copy(
        update={
            "call_timeout_seconds": monitor.statement_seconds,
            "pool_wait_seconds": monitor.statement_seconds + SESSION_GRACE_SECONDS,
        }
    )
    with ExitStack() as stack:
        database = Database(
            limited,
            all_statements(),
            password=password_of(oracle, settings.given),
            sessions=monitor.oracle_sessions,
        )
        stack.callback(database.close)
        engines = {sync.engine for sync in syncs}
        yield Edges(database, open_lakes(monitor, engines, stack))


def all_statements() -> Statements:
    """Return what is asked of the dictionary and of the tables of streams."""
    here = Path(__file__).parents[1]
    files = (
        here / "source" / "queries.sql",
        here / "streams" / "queries.sql",
        Path(row_shape.__file__).with_suffix(".sql"),
    )
    return make_statements(read_statements(files))


def make_looker(edges: Edges, pace: Pace) -> Looker:
    """Return what takes looks."""
    return Looker(edges.database.session, edges.lakes, pace)


def stand_in_settings(dsn: str, user: str, password: str) -> OracleSettings:
    """Return how the stand-in is reached."""
    return OracleSettings(user=user, password=SecretStr(password), dsn=dsn)


def history_directory(settings: MonitorSettings) -> Path:
    """Return where the history is."""
    return settings.monitor.directory.absolute()
