"""Settings to what a monitor works with: sessions of Oracle, lakes, its pace, its directory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from oracle_cdc.oracle import row_shape
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import password_of
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.settings.monitor import MonitorOnOracleSettings, MonitorSettings
from oracle_cdc.settings.sections import OracleSettings
from oracle_cdc.sql.statements import read_statements
from sync_monitor.lake.seam import Lake
from sync_monitor.looks.looking import Looker
from sync_monitor.looks.pace import Pace
from sync_monitor.model import Engine, Sync
from sync_monitor.records import Retention
from sync_monitor.wiring.lakes import open_lakes

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
