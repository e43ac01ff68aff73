"""The service's own legs, set up and logged in before the clock starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import cdc_service
from oracle_cdc.commands.run import spare_the_collector
from oracle_cdc.conversations.settings import Settings, ask_store
from oracle_cdc.conversations.wiring import Application, make_application
from oracle_cdc.log_files import FILES
from oracle_cdc.programs import load_enabled
from oracle_cdc.running.log_setup import configure_logging
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page


def open_application() -> Application:
    """Make the application as `run` does, and warm its sessions and clients."""
    enabled = load_enabled(
        Origins(os.environ, Path(os.devnull), read_page(cdc_service.read_page()), ask_store)
    )
    settings = enabled.need(Settings, "bench")
    configure_logging(settings.logging, FILES)
    app = make_application(settings)
    app.startup.ensure_database()
    app.startup.ensure_queue(settings.sqs.outbound_queue_url)
    app.startup.ensure_queue(settings.sqs.results_queue_url)
    app.outbound.get()
    spare_the_collector()
    return app


def prepare_drain() -> Callable[[], int]:
    """Run one outbound cycle: all that waits."""
    app = open_application()

    def drain() -> int:
        app.capture_leg.run_cycle()
        return app.progress.counts["sent"]

    return drain


def prepare_cycles(calls: str) -> Callable[[], int]:
    """Run cycle after cycle until this number of calls is sent, by this copy or others."""
    app = open_application()

    def drain() -> int:
        while count_sent(app) < int(calls):
            app.capture_leg.run_cycle()
        return app.progress.counts["sent"]

    return drain


def count_sent(app: Application) -> int:
    """Count the calls of the ledger that were sent, by whom ever."""
    sent = 0
    with app.database.session() as session:
        for row in session.query("count_states"):
            if row["state"] in ("SENT", "SUMMARIZED"):
                sent += int(row["calls"])
    return sent


def prepare_results() -> Callable[[], int]:
    """Run the inbound leg until its queue is empty."""
    app = open_application()

    def drain() -> int:
        app.results.drain_all()
        return app.progress.counts["written"]

    return drain
