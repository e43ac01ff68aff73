"""`monitor serve`: the page of a history that another process writes, until a signal ends it."""

from __future__ import annotations

import threading
from argparse import Namespace

from oracle_cdc.errors import ExitCode
from oracle_cdc.running.signals import signals
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import reading_history
from sync_monitor.commands.shared.page import serve_page
from sync_monitor.wiring.syncs import make_syncs


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Serve the page until a signal comes, and return the exit code. Nothing is measured."""
    stop = threading.Event()
    with (
        reading_history(settings) as reader,
        serve_page(settings, make_syncs(settings), reader),
        signals(stop, lambda: None),
    ):
        stop.wait()
    return ExitCode.DONE
