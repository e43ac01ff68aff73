"""Figures for monitoring that only SQL knows, asked for rarely."""

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
    """oldest_unsent_seconds: since the oldest segment was said that the ledger has found and not sent; 0 when there is
    none. leases: calls by who holds them."""

    oldest_unsent_seconds: float
    overdue: int
    failures: int
    leases: Mapping[str, int] = field(default_factory=dict)


class FigureReader:
    """Keeps the latest figures; `refresh` is called by the loops and does nothing while they are fresh.

    Parameters:
        deadline_minutes: after which an answer is overdue.
    """

    def __init__(
        self, database: Database, deadline_minutes: int, clock: Callable[[], float] = monotonic
    ) -> None:
        self.database = database
        self.deadline_minutes = deadline_minutes
        self.clock = clock
        self.latest: Figures | None = None
        self.lock = threading.Lock()
        self.due_at = clock()

    def refresh(self) -> None:
        """Raises nothing: that figures can't be read never fails the work."""
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
    record = session.query("read_figures", deadline_minutes=deadline_minutes)[0]
    oldest = record["oldest_unsent"]
    return Figures(
        oldest_unsent_seconds=max(0.0, (record["now_time"] - oldest).total_seconds())
        if oldest
        else 0.0,
        overdue=int(record["overdue"]),
        failures=int(record["failures"]),
        leases={
            str(each["lease_owner"]): int(each["calls"]) for each in session.query("list_leases")
        },
    )
