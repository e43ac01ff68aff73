"""What is done to the service and its surroundings in a round, each thing at its time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime

import oracledb

from standins.oracle import DBA, DBA_PASSWORD, USER
from tests.chaos.actors.interference import Interference
from tests.chaos.actors.repairs import Key, move_oldest_row, purge_oldest_row, was_swept_since
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.harness.disturbing import end_open
from tests.chaos.judge.history import Trouble
from tests.chaos.plans.plan import Act, Plan


class Disturbance:
    """Carries out the acts of a plan, and knows what they can explain."""

    def __init__(
        self, plan: Plan, database: Database, copies: Copies, interference: Interference
    ) -> None:
        self.plan = plan
        self.database = database
        self.copies = copies
        self.interference = interference
        self.troubles: list[Trouble] = []
        #: When rows were moved in time, by what they are now.
        self.edited: dict[Key, float] = {}
        #: When the last of them was, by the database's clock.
        self.edited_at: datetime | None = None
        self.locker: oracledb.Connection | None = None

    def run(self, started_at: float) -> None:
        """Carry out each act at its time."""
        down = self.plan.down
        for act in self.plan.acts:
            time.sleep(max(0.0, started_at + act.at - time.monotonic()))
            self.copies.is_down = bool(down and down[0] <= act.at < down[1])
            self.carry_out(act)
        if down:
            time.sleep(max(0.0, started_at + down[1] - time.monotonic()))
            self.copies.resume()

    def carry_out(self, act: Act) -> None:
        """Do one thing, and note what it can explain."""
        deeds: dict[str, Callable[[Act], None]] = {
            "oracle": lambda act: self.database.set_fault(act.text),
            "clock": lambda act: self.database.move_clock(act.seconds),
            "restart": lambda act: self.database.set_fault(f"restart {act.seconds:g}"),
            "crash": lambda act: self.database.crash(act.seconds),
            "kill": lambda act: self.copies.kill(act.copy),
            "stop": lambda act: self.copies.stop(act.copy),
            "freeze": lambda act: self.copies.freeze(act.copy),
            "direction": lambda act: self.interference.close_direction(act.text),
            "edit": lambda act: self.edit(act.text),
            "purge": lambda act: purge_oldest_row(self.database.dba, act.text),
            "hold": lambda act: self.lock_row(act.text),
        }
        began_at = time.time()
        deeds[act.what](act)
        if act.what == "clock":
            self.troubles.append(Trouble("clock", began_at, time.time()))
        elif act.what in ("restart", "crash"):
            self.troubles.append(Trouble("outage", began_at, time.time() + act.seconds))
        elif act.what == "oracle":
            if act.text.startswith("clear"):
                end_open(self.troubles)
            self.troubles.append(Trouble("outage", began_at, math.inf))

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
        self.database.set_fault("clear")
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
        return any(act.what == "clock" for act in self.plan.acts)
