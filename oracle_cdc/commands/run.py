"""`run`: the service until a signal ends it; `run --once`: one cycle of each direction."""

from __future__ import annotations

import logging

from oracle_cdc.errors import CdcError
from oracle_cdc.log_setup import close_logs, configure_logging, reopen
from oracle_cdc.service import DONE, signals
from oracle_cdc.settings import Settings
from oracle_cdc.wiring import Application

logger = logging.getLogger(__name__)


def run(settings: Settings, *, once: bool) -> int:
    """The exit code. Raises SettingsError when LOG_DIR can't be used or another copy uses it."""
    configure_logging(settings.logging)
    app = Application(settings)
    logger.info("starting as %s", settings.cdc.instance_id)
    try:
        with signals(app.stop, reopen):
            code = run_cycle(app) if once else app.make_service().run()
        logger.info("ended with exit code %d", code)
        return code
    finally:
        app.close()
        close_logs()


def run_cycle(app: Application) -> int:
    try:
        app.run_once()
    except CdcError as error:
        logger.error("the cycle failed: %s", error)
        return error.exit_code
    logger.info(app.progress.statistics())
    return DONE
