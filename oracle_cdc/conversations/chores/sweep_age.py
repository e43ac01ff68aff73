"""How long ago the last full sweep finished, whichever copy made it."""

from __future__ import annotations

from collections.abc import Callable

from oracle_cdc.conversations.tables.sweeps import read_sweep_state
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.progress import Age

#: Between two looks.
LOOK_SECONDS = 60.0


class SweepAge:
    """Reads the age from Oracle now and then. Of a paused mode it is not known.

    Parameters:
        age: where it is noted.
        full_minutes: between two full sweeps.
    """

    def __init__(self, age: Age, *, full_minutes: float, clock: Callable[[], float]) -> None:
        self.age = age
        self.full_minutes = full_minutes
        self.clock = clock
        self.read_at = float("-inf")

    def refresh(self, session: Session) -> None:
        """Read the age unless it was read lately."""
        if self.clock() - self.read_at >= LOOK_SECONDS:
            self.read(session)

    def read(self, session: Session) -> None:
        """Read the age now."""
        self.read_at = self.clock()
        state = read_sweep_state(session, full_minutes=self.full_minutes)
        if state is not None and state.is_enabled:
            self.age.see(state.age_seconds)
        else:
            self.age.forget()
