"""Carries out the deposits of a plan, each at its time, in threads with sessions of their own."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import oracledb

from tests.chaos.harness.database import Dba


class Timed(Protocol):
    """What has a time in the round. Below 0: before the service starts."""

    @property
    def at(self) -> float: ...


Deposit = TypeVar("Deposit", bound=Timed)


class Depositors(ABC, Generic[Deposit]):
    """Starts a thread for each batch of deposits.

    Parameters:
        name: as errors say it.
        backlog: what is there before the service starts.
    """

    def __init__(
        self,
        name: str,
        dsn: str,
        *,
        backlog: Sequence[Deposit],
        batches: Sequence[Sequence[Deposit]],
    ) -> None:
        self.name = name
        self.dsn = dsn
        #: When the round began, on the clock that never jumps.
        self.started_at = time.monotonic()
        self.backlog = backlog
        self.lock = threading.Lock()
        self.errors: list[str] = []
        self.threads: list[threading.Thread] = []
        for batch in batches:
            self.threads.append(threading.Thread(target=self.work, args=(batch,), daemon=True))

    @abstractmethod
    def deposit(self, dba: Dba, deposit: Deposit) -> None:
        """Carry out one deposit."""

    def write_backlog(self) -> None:
        self.work(self.backlog)

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join()

    def work(self, deposits: Sequence[Deposit]) -> None:
        dba = Dba(self.dsn)
        try:
            for deposit in deposits:
                time.sleep(max(0.0, self.started_at + deposit.at - time.monotonic()))
                self.deposit(dba, deposit)
        except (oracledb.Error, OSError) as error:
            self.errors.append(f"{self.name} failed: {error}")
        finally:
            dba.close()
