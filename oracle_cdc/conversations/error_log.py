"""Failures that are no single call's, put into ERROR_LOG as they happen."""

from __future__ import annotations

import logging

from oracle_cdc.conversations.tables.journal import system_failed, write_events
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.database import Database

logger = logging.getLogger(__name__)


def write_failure(database: Database, error: CdcError) -> None:
    """Put a system error into ERROR_LOG, if Oracle takes it. That it does not is no news."""
    if database.answered_at is None:
        return
    try:
        with database.session() as session:
            write_events(session, "", [system_failed(error)])
            session.commit()
    except CdcError as failure:
        logger.debug("ERROR_LOG could not be written: %s", failure)
