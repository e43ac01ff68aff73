"""Sendings that are not counted yet when a program ends."""

from __future__ import annotations

import logging

from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.amounts import counted

logger = logging.getLogger(__name__)


def count_rest(database: Database, heartbeat: Heartbeat) -> None:
    """Count sendings beside which the row was locked, at the end. Nobody else knows of them."""
    if not heartbeat.accepted:
        return
    try:
        with database.session() as session:
            heartbeat.record(session)
    except CdcError as error:
        logger.debug("the last sendings could not be counted: %s", error)
    if heartbeat.accepted:
        logger.warning(
            "TOTAL_PROCESSED lacks %s sent while its row was locked",
            counted(heartbeat.accepted, "message that was", "messages that were"),
        )
