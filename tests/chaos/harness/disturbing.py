"""Carries out acts, each in a thread at its time, and notes from when to when they hindered."""

from __future__ import annotations

import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.judge.history import Trouble
from tests.chaos.plans.acts import Act

Deed = Callable[[Act], object]
AnyCopies = TypeVar("AnyCopies", bound=Copies)


class Disturbing(ABC, Generic[AnyCopies]):
    """Carries out the acts of a round.

    Parameters:
        acts: what is done, and when.
        database: of the round.
        copies: of the service.
    """

    def __init__(self, acts: Sequence[Act], database: Database, copies: AnyCopies) -> None:
        self.acts = acts
        self.database = database
        self.copies = copies
        self.troubles: list[Trouble] = []
        self.errors: list[str] = []
        self.threads: list[threading.Thread] = []
        self.oracle = threading.RLock()

    @property
    @abstractmethod
    def deeds(self) -> Mapping[str, Deed]:
        """Return what can be done, by its name."""

    @abstractmethod
    def explains(self, act: Act) -> float | None:
        """Return for how many seconds after its end an act explains what goes wrong.

        None where it explains nothing, infinity until all faults end.
        """

    def start(self, started_at: float) -> None:
        for act in self.acts:
            self.begin(act, started_at + act.at)

    def begin(self, act: Act, at: float) -> None:
        """Do something at a time of the host's clock that never jumps."""
        thread = threading.Thread(target=self.carry_out, args=(act, at), daemon=True)
        self.threads.append(thread)
        thread.start()

    def join(self) -> None:
        for thread in list(self.threads):
            thread.join()

    def carry_out(self, act: Act, at: float) -> None:
        time.sleep(max(0.0, at - time.monotonic()))
        began_at = time.time()
        try:
            self.deeds[act.what](act)
        except Exception as error:
            # A round whose faults did not happen proves nothing.
            self.errors.append(f"{act.what} failed: {type(error).__name__}: {error}")
        self.note(act, began_at, time.time())

    def note(self, act: Act, began_at: float, ended_at: float) -> None:
        """Note from when to when an act explains what goes wrong."""
        seconds = self.explains(act)
        if seconds is not None:
            self.troubles.append(Trouble(act.what, began_at, ended_at + seconds))

    def usual_deeds(self) -> dict[str, Deed]:
        """Return what can be done to any service and its Oracle."""
        return {
            "oracle fault": lambda act: self.fault(act.text),
            "oracle crash": lambda act: self.crash_oracle(act.seconds),
            "oracle restart": lambda act: self.fault(f"restart {act.seconds:g}"),
            "oracle clock": lambda act: self.move_clock(act.seconds),
            "oracle freeze": lambda act: self.database.processes.freeze("oracle", act.seconds),
            "service kill": lambda act: self.copies.kill(act.copy),
            "service stop": lambda act: self.copies.stop(act.copy),
            "service freeze": lambda act: self.copies.freeze(act.copy),
        }

    def fault(self, text: str) -> None:
        with self.oracle:
            self.database.set_fault(text)

    def crash_oracle(self, seconds: float) -> None:
        with self.oracle:
            self.database.crash(seconds)

    def move_clock(self, seconds: float) -> None:
        with self.oracle:
            self.database.move_clock(seconds)

    @abstractmethod
    def end(self) -> None:
        """End all faults."""


def end_open(troubles: list[Trouble]) -> None:
    """Note that what was in force until now is over."""
    now = time.time()
    for place, trouble in enumerate(troubles):
        if trouble.end == math.inf:
            troubles[place] = replace(trouble, end=now)
