"""What looks are taken with, lent to a command: on a real Oracle, or on the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.demo.seeding import require_seeds
from sync_monitor.demo.standin import MONITOR_USER, StandIn, stand_in
from sync_monitor.looks.looking import Looker
from sync_monitor.looks.pace import Pace
from sync_monitor.model import Sync
from sync_monitor.streams.looking import StreamLooker
from sync_monitor.wiring.edges import (
    Edges,
    history_directory,
    make_looker,
    open_edges,
    oracle_settings,
    pace_of,
    stand_in_settings,
)
from sync_monitor.wiring.streams import make_stream_looker
from sync_monitor.wiring.syncs import make_syncs, table_syncs

STAND_IN = "standin"


@dataclass(frozen=True)
class Parts:
    """What looks are taken with."""

    syncs: tuple[Sync, ...]
    edges: Edges
    pace: Pace
    looker: Looker
    streams: StreamLooker


@contextmanager
def measuring(settings: MonitorSettings, pace: Pace | None = None) -> Iterator[Parts]:
    """Lend what looks are taken with, on a real Oracle or on the stand-in.

    Raises SettingsError where that one is empty.

    Parameters:
        pace: None: as the settings say.
    """
    syncs = make_syncs(settings)
    pace = pace or pace_of(settings, syncs)
    oracle = oracle_settings(settings)
    if oracle is not None:
        with open_edges(settings, oracle, syncs) as edges:
            yield make_parts(settings, edges, syncs, pace)
        return
    if table_syncs(settings):
        require_seeds(history_directory(settings) / STAND_IN)
    with seeded_stand_in(settings) as place:
        oracle = stand_in_settings(place.dsn, MONITOR_USER, place.monitor_password)
        with open_edges(settings, oracle, syncs) as edges:
            yield make_parts(settings, edges, syncs, pace)


def make_parts(
    settings: MonitorSettings, edges: Edges, syncs: tuple[Sync, ...], pace: Pace
) -> Parts:
    """Return what looks are taken with, on edges that are open."""
    streams = make_stream_looker(settings, edges.database, pace)
    return Parts(syncs, edges, pace, make_looker(edges, pace), streams)


@contextmanager
def seeded_stand_in(settings: MonitorSettings) -> Iterator[StandIn]:
    """Serve the stand-in, or find the one that is served."""
    if oracle_settings(settings) is not None:
        raise SettingsError(
            "USE_REAL_ORACLE: given true; allowed here: false. Nothing is seeded or injected "
            "where Oracle is real"
        )
    with stand_in(history_directory(settings) / STAND_IN) as place:
        yield place
