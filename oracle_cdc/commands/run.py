"""`run`: the service until a signal ends it, or with `--once` one cycle of each direction."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Mapping
from functools import partial

from oracle_cdc.conversations.log_files import FILES
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.wiring import (
    Application,
    make_application,
    make_backfill,
    make_metrics,
    make_service,
)
from oracle_cdc.errors import CdcError, ExitCode
from oracle_cdc.running.log_setup import close_logs, configure_logging, reopen
from oracle_cdc.running.service import signals
from oracle_cdc.watching.health import Endpoint, make_pages
from oracle_cdc.watching.notify import Notifier, make_notifier
from oracle_cdc.watching.supervision import supervised

logger = logging.getLogger(__name__)

#: When the collector looks for cycles. Seldom among the newest objects: a batch makes thousands,
#: and none is in one. But soon among all: a connection that was lost is a cycle, and holds its
#: statements' buffers until it is found.
COLLECTIONS = (5_000, 3, 3)


def run(settings: Settings, *, once: bool, environment: Mapping[str, str] = os.environ) -> int:
    """Run the service or one cycle, and return the exit code.

    Raises SettingsError when LOG_DIR can't be used or another copy uses it.

    Parameters:
        environment: where the service manager says how it wants to be notified.
    """
    configure_logging(settings.logging, FILES)
    app = make_application(settings)
    spare_the_collector()
    logger.info("starting as %s", settings.cdc.instance_id)
    for warning in settings.warnings:
        logger.warning("%s", warning)
    is_closed = False
    try:
        if once:
            code = run_cycle(app)
        else:
            code = run_service(app, make_notifier(environment))
        logger.info("ended with exit code %d", code)
    finally:
        is_closed = app.close()
        close_logs()
    if not is_closed:
        # At the interpreter's end the driver would wait for what hangs, without a limit.
        os._exit(code)
    return code


def spare_the_collector() -> None:
    """Take what is loaded by now out of the collector's sight.

    To look through it again and again for garbage is a tenth of what a backlog costs this process
    (bench: drain).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)


def run_service(app: Application, notifier: Notifier) -> int:
    """Run both loops until a signal comes, and return the exit code."""
    with (
        signals(app.stop, partial(notifier.reloading, reopen)),
        supervised(app.readiness, notifier, make_endpoint(app), app.stop),
    ):
        return make_service(app).run()


def make_endpoint(app: Application) -> Endpoint | None:
    """Make the health endpoint, None when no port is set for it."""
    if not app.settings.health_port:
        return None
    pages = make_pages(app.readiness, make_metrics(app).text)
    return Endpoint(app.settings.health_port, pages)


def run_cycle(app: Application) -> int:
    """Run one cycle of each direction, and return the exit code."""
    try:
        with signals(app.stop, reopen):
            run_once(app)
    except CdcError as error:
        logger.error("the cycle failed: %s", error)
        return error.exit_code
    logger.info(app.statistics.text())
    return ExitCode.DONE


def run_once(app: Application) -> None:
    """Do one outbound cycle, then write results until none are left. Raises what failed."""
    app.startup.ensure_database()
    app.startup.ensure_queue(app.settings.sqs.outbound_queue_url)
    app.startup.ensure_queue(app.settings.sqs.results_queue_url)
    app.capture_leg.step()
    app.capture_leg.finish()
    if app.settings.cdc.historical_mode_enabled:
        run_history(app)
    app.results.drain_all()


def run_history(app: Application) -> None:
    """Do the historical job to its end, or until a DBA or the stop event pauses it."""
    backfill = make_backfill(app, is_foreground=False)
    while not app.stop.is_set():
        result = backfill.run_once()
        if backfill.is_done or backfill.is_paused:
            return
        app.progress.rest(result.next_seconds, app.stop)
