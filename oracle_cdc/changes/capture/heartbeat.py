"""The heartbeat: a row of our own that changes once a minute, captured as any table is."""

from __future__ import annotations

import logging

from oracle_cdc.changes.capture.dictionary import read_source
from oracle_cdc.changes.capture.installing import Wanted, install_own, install_triggers, plan
from oracle_cdc.changes.capture.model import Place
from oracle_cdc.changes.capture.registry import read_registry, read_user
from oracle_cdc.changes.rules.heartbeat_table import SOURCE, TABLE
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.chore import Chore, Result

logger = logging.getLogger(__name__)

#: The part of the time between two beats within which another copy's beat counts for ours.
SHARED = 0.5


class Heartbeat(Chore):
    """Changes the row, and has it captured first.

    Parameters:
        every_seconds: between two beats.
        beaten_by: the name of this copy.
    """

    name = "the heartbeat of row changes"

    def __init__(self, database: Database, every_seconds: float, beaten_by: str) -> None:
        self.database = database
        self.every_seconds = every_seconds
        self.beaten_by = beaten_by
        self.is_captured = False

    def run_once(self) -> Result:
        """Change the row once.

        Raises what Oracle raises, OracleConfigurationError without triggers.
        """
        with self.database.session() as session:
            if not self.is_captured:
                ensure_captured(session)
                self.is_captured = True
            session.execute(
                "beat",
                commit=True,
                beaten_by=self.beaten_by,
                seconds=self.every_seconds * SHARED,
            )
        return Result(self.every_seconds)


def ensure_captured(session: Session) -> None:
    """Have the row captured unless it is.

    Raises OracleConfigurationError where this user may not.
    """
    place = Place(read_user(session), SOURCE)
    if any(each.source == place for each in read_registry(session)):
        return
    if not session.query("may_create_triggers"):
        raise OracleConfigurationError(
            f"{place.shown} can't be captured; as a DBA: GRANT CREATE TRIGGER TO {place.owner}; "
            "or set CHANGES_HEARTBEAT_SECONDS=0, to go without it"
        )
    source = read_source(session, place)
    installation = plan(session, Wanted(TABLE, source, has_all_columns=True))
    install_own(session, installation)
    install_triggers(session, list(installation.triggers()))
    logger.info("%s is captured: the age of the whole chain can be seen", place.shown)
