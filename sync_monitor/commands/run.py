"""`monitor run`: looks at each sync in its turn, until a signal ends it."""

from __future__ import annotations

import logging
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import timedelta

from oracle_cdc.running.progress import Progress
from oracle_cdc.running.service import Service, signals
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.page import serve_page
from sync_monitor.commands.parts import measuring, writing_history
from sync_monitor.history.store import Store
from sync_monitor.model import Sync
from sync_monitor.outward import Outward, speaking
from sync_monitor.rounds import Rounds
from sync_monitor.service import Monitor, Plan
from sync_monitor.wiring import make_syncs, retention_of

logger = logging.getLogger(__name__)

#: Looks at once beside the sessions of Oracle: these wait for a lake.
WORKERS_BESIDE = 3


@dataclass(frozen=True)
class Running:
    """A monitor that runs, for what is served beside it.

    Parameters:
        progress: of its loops, by which it is alive and ready or not.
        outward: what speaks with others: channels of notices, the model.
    """

    settings: MonitorSettings
    syncs: Sequence[Sync]
    store: Store
    monitor: Monitor
    progress: Progress
    outward: Outward


#: What runs beside the looks, from their start to their end: each is entered with the `Running`.
Beside = Callable[[Running], AbstractContextManager[object]]
BESIDE: tuple[Beside, ...] = (
    lambda running: serve_page(
        running.settings,
        running.syncs,
        running.store,
        check=running.monitor.ask,
        writable=running.store,
    ),
)


def log_to_stderr() -> None:
    """Open no log file anew: there is none."""


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Look until a signal comes, and return the exit code."""
    syncs = make_syncs(settings)
    with (
        writing_history(settings, syncs) as store,
        measuring(settings) as parts,
        ExitStack() as stack,
    ):
        plan = Plan(
            syncs,
            parts.pace,
            retention_of(settings),
            settings.monitor.oracle_sessions + WORKERS_BESIDE,
            timedelta(seconds=settings.monitor.statement_seconds),
        )
        outward = stack.enter_context(speaking(settings, store, syncs))
        rounds = Rounds(store, parts.looker, parts.pace, outward.explained, parts.streams)
        monitor = Monitor(store, rounds, plan)
        progress = Progress()
        running = Running(settings, syncs, store, monitor, progress, outward)
        for beside in BESIDE:
            stack.enter_context(beside(running))
        logger.info("looking at %d syncs every %s", len(syncs), parts.pace.interval)
        service = Service(monitor.loops(progress), monitor.stop, parts.edges.cancel)
        with signals(monitor.stop, log_to_stderr):
            monitor.start()
            return service.run()
