"""`run`: the service until a signal ends it; `run --once`: one cycle of each direction."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Mapping
from functools import partial

from oracle_cdc.errors import CdcError
from oracle_cdc.log_files import FILES
from oracle_cdc.log_setup import close_logs, configure_logging, reopen
from oracle_cdc.notify import Notifier, make_notifier
from oracle_cdc.service import DONE, signals
from oracle_cdc.settings import Settings
from oracle_cdc.supervision import supervised
from oracle_cdc.wiring import Application

logger = logging.getLogger(__name__)

#: When the collector looks for cycles. Seldom among the newest objects: a batch makes thousands, and none is in one.
#: But soon among all: a connection that was lost is a cycle, and holds its statements' buffers until it is found.
COLLECTIONS = (5_000, 3, 3)


def run(settings: Settings, *, once: bool, environment: Mapping[str, str] = os.environ) -> int:
    """The exit code. Raises SettingsError when LOG_DIR can't be used or another copy uses it.

    environment: where the service manager says how it wants to be told.
    """
    configure_logging(settings.logging, FILES)
    app = Application(settings)
    spare_the_collector()
    logger.info("starting as %s", settings.cdc.instance_id)
    for warning in settings.warnings:
        logger.warning("%s", warning)
    is_closed = False
    try:
        code = run_cycle(app) if once else run_service(app, make_notifier(environment))
        logger.info("ended with exit code %d", code)
    finally:
        is_closed = app.close()
        close_logs()
    if not is_closed:
        # At the interpreter's end the driver would wait for what hangs, without a limit.
        os._exit(code)
    return code


def spare_the_collector() -> None:
    """What is loaded by now stays: to look through it again and again for garbage is a tenth of what a backlog costs
    this process (bench: drain)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)


def run_service(app: Application, notifier: Notifier) -> int:
    health_port = app.settings.health_port
    with (
        signals(app.stop, partial(notifier.reloading, reopen)),
        supervised(
            app.readiness, app.latest_figures, notifier, health_port=health_port, stop=app.stop
        ),
    ):
        return app.make_service().run()


def run_cycle(app: Application) -> int:
    try:
        with signals(app.stop, reopen):
            app.run_once()
    except CdcError as error:
        logger.error("the cycle failed: %s", error)
        return error.exit_code
    logger.info(app.progress.statistics())
    return DONE
