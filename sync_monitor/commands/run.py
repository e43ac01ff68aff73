"""`monitor run`: looks at each sync in its turn, until a signal ends it."""

from __future__ import annotations

import logging
import os
from argparse import Namespace
from contextlib import ExitStack
from datetime import timedelta

from oracle_cdc.running.amounts import counted
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.service import Service
from oracle_cdc.running.signals import signals
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.watching.notify import Beat, Notifier, make_notifier
from sync_monitor.commands.shared.history import writing_history
from sync_monitor.commands.shared.measuring import measuring
from sync_monitor.commands.shared.page import serve_page
from sync_monitor.explaining import questions
from sync_monitor.rounds import Rounds
from sync_monitor.service import Monitor, Plan
from sync_monitor.web.site import Adviser
from sync_monitor.wiring.edges import retention_of
from sync_monitor.wiring.notices_and_model import speaking
from sync_monitor.wiring.syncs import make_syncs

logger = logging.getLogger(__name__)

#: Looks at once beside the sessions of Oracle: these wait for a lake.
WORKERS_BESIDE = 3


def log_to_stderr() -> None:
    """Open no log file anew: there is none."""


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Look until a signal comes, and return the exit code."""
    for warning in settings.warnings:
        logger.warning("%s", warning)
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
        monitor = Monitor(store, rounds, plan, Progress())
        page = serve_page(
            settings,
            syncs,
            store,
            check=monitor.ask,
            writable=store,
            readiness=monitor.readiness(),
            adviser=Adviser(
                outward.consultant,
                outward.why_not,
                questions(rounds.case),
                settings.triage_send_names,
            ),
        )
        stack.enter_context(page)
        logger.info("looking at %s every %s", counted(len(syncs), "sync"), parts.pace.interval)
        service = Service(monitor.loops(), monitor.stop, parts.edges.cancel)
        with signals(monitor.stop, log_to_stderr):
            stack.enter_context(make_beat(monitor, make_notifier(os.environ)))
            monitor.start()
            return service.run()


def make_beat(monitor: Monitor, notifier: Notifier) -> Beat:
    """Return what notifies systemd that the monitor looks, and that its loops get on."""
    readiness = monitor.readiness()

    def summary() -> str:
        late = [check.text for check in readiness.loops() if not check.ok]
        return "; ".join(late) or f"looks at syncs: {len(monitor.plan.syncs)}"

    return Beat(
        notifier,
        has_begun=readiness.has_begun,
        is_alive=readiness.is_alive,
        summary=summary,
        stop=monitor.stop,
    )
