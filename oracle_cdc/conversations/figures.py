"""Figures for monitoring that only SQL knows, read once a minute."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session

logger = logging.getLogger(__name__)

#: They cost two round trips, and a look at every call that is not yet sent.
EVERY_SECONDS = 60.0


@dataclass(frozen=True)
class Figures:
    """What SQL knows of the work that is left.

    Parameters:
        oldest_unsent_seconds: since the oldest segment was said that the ledger has found and not
            sent, 0 when there is none.
        leases: calls by the copy that leases them.
    """

    oldest_unsent_seconds: float
    overdue: int
    failures: int
    leases: Mapping[str, int] = field(default_factory=dict)


class FigureReader:
    """Keeps the latest figures, which the loops refresh.

    Parameters:
        deadline_minutes: after which an answer is overdue.
        is_wanted: False where `refresh` never asks for them.
    """

    def __init__(
        self,
        database: Database,
        deadline_minutes: int,
        clock: Callable[[], float] = monotonic,
        *,
        is_wanted: bool = True,
    ) -> None:
        self.database = database
        self.deadline_minutes = deadline_minutes
        self.clock = clock
        self.is_wanted = is_wanted
        self.latest: Figures | None = None
        self.lock = threading.Lock()
        self.due_at = clock()

    def refresh(self) -> None:
        """Read the figures again unless they are fresh.

        Raises nothing: that figures can't be read never fails the work.
        """
        if not self.is_wanted:
            return
        with self.lock:
            if self.clock() < self.due_at:
                return
            self.due_at = self.clock() + EVERY_SECONDS
        try:
            with self.database.session() as session:
                self.latest = read_figures(session, self.deadline_minutes)
        except CdcError as error:
            logger.debug("figures could not be read: %s", error)


def read_figures(session: Session, deadline_minutes: int) -> Figures:
    """Ask for the figures in two round trips."""
    record = session.query("read_figures", deadline_minutes=deadline_minutes)[0]
    oldest_unsent_seconds = 0.0
    if oldest := record["oldest_unsent"]:
        oldest_unsent_seconds = max(0.0, (record["now_time"] - oldest).total_seconds())
    leases = {}
    for each in session.query("list_leases"):
        leases[str(each["lease_owner"])] = int(each["calls"])
    return Figures(
        oldest_unsent_seconds=oldest_unsent_seconds,
        overdue=int(record["overdue"]),
        failures=int(record["failures"]),
        leases=leases,
    )
