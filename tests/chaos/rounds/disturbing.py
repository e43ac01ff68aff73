"""What is done in a round of conversations, each thing at its time, and what it can explain."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import datetime

import oracledb

from standins.oracle import DBA, DBA_PASSWORD, USER
from tests.chaos.actors.interference import Interference
from tests.chaos.actors.repairs import Key, move_oldest_row, purge_oldest_row, was_swept_since
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.harness.disturbing import Deed, Disturbing, end_open
from tests.chaos.plans.acts import Act
from tests.chaos.plans.plan import Plan


class Disturbance(Disturbing[Copies]):
    """Carries out the acts of a round of conversations."""

    def __init__(
        self, plan: Plan, database: Database, copies: Copies, interference: Interference
    ) -> None:
        super().__init__(plan.acts, database, copies)
        self.plan = plan
        self.interference = interference
        #: When rows were moved in time, by what they are now.
        self.edited: dict[Key, float] = {}
        #: When the last of them was, by the database's clock.
        self.edited_at: datetime | None = None
        self.locker: oracledb.Connection | None = None

    def explains(self, act: Act) -> float | None:
        """Return for how long an act explains repeats: what ends processes says so by itself."""
        if act.what == "oracle fault":
            return math.inf
        if act.what == "oracle clock":
            return 0.0
        if act.what.startswith("oracle"):
            return act.seconds
        return None

    @property
    def deeds(self) -> Mapping[str, Deed]:
        """Return what can be done, by its name."""
        return self.usual_deeds() | {
            "oracle fault": lambda act: self.replace_fault(act.text),
            "service away": lambda act: self.take_away(act.seconds),
            "sqs close": lambda act: self.interference.close_direction(act.text),
            "row edit": lambda act: self.edit(act.text),
            "row purge": lambda act: purge_oldest_row(self.database.dba, act.text),
            "row hold": lambda act: self.lock_row(act.text),
        }

    def replace_fault(self, text: str) -> None:
        """Set a fault, and note the end of those that it clears."""
        self.fault(text)
        if text.startswith("clear"):
            end_open(self.troubles)

    def take_away(self, seconds: float) -> None:
        """End all copies, and start none until some seconds have passed."""
        self.copies.is_down = True
        for copy in self.plan.copies:
            self.copies.kill(copy)
        time.sleep(seconds)
        self.copies.resume()

    def edit(self, call_id: str) -> None:
        """Move a row of a call in time, of which whoever counts rows sees nothing."""
        at = time.time()
        for key in move_oldest_row(self.database.dba, call_id):
            self.edited[key] = at
        self.edited_at = self.database.dba.utc_now()

    def lock_row(self, call_id: str) -> None:
        """Let an open transaction have the row of a call in the ledger."""
        self.locker = oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=self.database.dsn)
        self.locker.cursor().execute(
            f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID) VALUES (:1)", [call_id]
        )

    def is_seen(self) -> bool:
        """Return whether a reconciliation has seen what was edited."""
        return self.edited_at is None or was_swept_since(self.database.dba, self.edited_at)

    def end(self) -> None:
        """End all faults."""
        self.interference.end()
        self.fault("clear")
        if self.locker is not None:
            self.locker.rollback()
            self.locker.close()
        end_open(self.troubles)

    def has_moved_clock(self) -> bool:
        """Return whether the database's clock was moved.

        A row that was stamped by the new clock and seen by a search of the old one is ahead of its
        time, and waits until that has come. Then the rest takes a while of the database's time,
        which is made to pass.
        """
        return any(act.what == "oracle clock" for act in self.plan.acts)
