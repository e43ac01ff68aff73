"""The copies of the service in one round: started, ended, started again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.chaos.harness.processes import Processes
from tests.chaos.judge.history import Trouble
from tests.chaos.plans.plan import Order

KILLED = -9
#: After SIGTERM: done, abandoned what hung, killed meanwhile, or not yet ready to listen.
STOPPED = (0, 1, KILLED, -15)
#: After a second SIGTERM (docs/operate.md).
STOPPED_AT_ONCE = 128 + 15
#: A process that is frozen when SIGTERM comes takes longer than others.
END_SECONDS = 20.0


class Copies:
    """Copies by name (A, B).

    Each start of one is a process with a name of its own (A1, A2 and so on).

    Parameters:
        program: what the launcher runs as a copy.
    """

    def __init__(
        self,
        directory: Path,
        orders: Mapping[str, tuple[Order, ...]],
        *,
        freeze_seconds: float,
        restart_seconds: float,
        program: str = "service",
    ) -> None:
        self.directory = directory
        self.program = program
        #: The variables of every copy.
        self.environment: dict[str, str] = {}
        self.orders = orders
        self.freeze_seconds = freeze_seconds
        self.restart_seconds = restart_seconds
        self.processes: Processes | None = None
        self.lock = threading.RLock()
        self.starts: dict[str, int] = {}
        #: The processes that were started and are not known to have ended.
        self.running: set[str] = set()
        self.troubles: list[Trouble] = []
        self.frozen_at: dict[str, float] = {}
        #: How many times each was asked to stop.
        self.stops: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.is_over = False
        self.is_down = False

    def process_of(self, copy: str) -> str:
        return f"{copy}{self.starts.get(copy, 0)}"

    def start(self, copy: str) -> None:
        """Start a copy, unless it runs: who starts it after a downtime may come first."""
        with self.lock:
            if self.is_over or self.is_down or self.processes is None:
                return
            if self.process_of(copy) in self.running:
                return
            number = self.starts[copy] = self.starts.get(copy, 0) + 1
            name = self.process_of(copy)
            self.running.add(name)
            orders = self.orders.get(copy, ())
            self.processes.send(
                do=self.program,
                name=name,
                arguments=["run"],
                environment=self.environment_of(copy, name),
                output=str(self.directory / f"{name}.out"),
                trace=str(self.directory / f"{name}.trace"),
                audit=str(self.directory / "audit"),
                orders=[asdict(order) for order in orders[number - 1 : number]],
                freeze_seconds=self.freeze_seconds,
            )

    def environment_of(self, copy: str, name: str) -> dict[str, str]:
        """Return the variables of a copy's process."""
        return {
            **self.environment,
            "AWS_ACCESS_KEY_ID": name,
            "LOG_DIR": str(self.directory / f"logs-{copy}"),
            "CDC_INSTANCE_ID": name,
        }

    def listen(self, event: dict[str, Any]) -> None:
        """Note what the launcher reports."""
        name, at = event["name"], event["at"]
        if not name or name == "oracle":
            return
        with self.lock:
            if event["event"] == "frozen":
                self.frozen_at[name] = at
            elif event["event"] == "woken":
                self.troubles.append(Trouble("freeze", self.frozen_at.pop(name), at, name))
            elif event["event"] == "ended":
                self.ended(name, event["code"], at)

    def ended(self, name: str, code: int, at: float) -> None:
        self.running.discard(name)
        self.troubles.append(Trouble("kill", self.frozen_at.pop(name, at), at, name))
        if code not in self.expected_codes(name):
            self.complaints.append(f"process {name} ended by itself with exit code {code}")
        if not self.is_over:
            self.start_later(name.rstrip("0123456789"))

    def start_later(self, copy: str) -> None:
        timer = threading.Timer(self.restart_seconds, self.start, [copy])
        timer.daemon = True
        timer.start()

    def expected_codes(self, name: str) -> tuple[int, ...]:
        if not self.stops[name]:
            return (KILLED,)
        if self.stops[name] == 1:
            return STOPPED
        return (*STOPPED, STOPPED_AT_ONCE)

    def kill(self, copy: str) -> None:
        assert self.processes is not None
        self.processes.kill(self.process_of(copy))

    def stop(self, copy: str) -> None:
        assert self.processes is not None
        with self.lock:
            self.stops[self.process_of(copy)] += 1
        self.processes.stop(self.process_of(copy))

    def freeze(self, copy: str) -> None:
        assert self.processes is not None
        self.processes.freeze(self.process_of(copy), self.freeze_seconds)

    def resume(self) -> None:
        """Start, after a downtime, all copies that do not run."""
        self.is_down = False
        for copy in self.starts:
            self.start(copy)

    def end(self) -> None:
        """Stop all. Each must end with 0, unless it was frozen or killed just then."""
        assert self.processes is not None
        self.is_over = True
        began_at = time.time()
        names = [self.process_of(copy) for copy in self.starts]
        for copy in self.starts:
            self.stop(copy)
        for name in names:
            if not self.processes.await_state(name, is_running=False, seconds=END_SECONDS):
                self.complaints.append(
                    f"process {name} did not end within {END_SECONDS:.0f} s of SIGTERM"
                )
        seconds = time.time() - began_at
        if seconds > 11 and not self.frozen_at:
            self.complaints.append(f"the end took {seconds:.1f} s")
