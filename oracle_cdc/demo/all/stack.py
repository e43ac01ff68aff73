"""The whole system on this machine: one Oracle, all servers, all pipelines, and the monitor.

The service is two processes, as whoever operates it would have it: one beside Oracle, with
conversations, events and row changes, and the processor, which needs no Oracle and runs near AWS.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from oracle_cdc.demo.all.monitor import USER as MONITOR_USER
from oracle_cdc.demo.all.monitor import MonitorPlace, Reader
from oracle_cdc.demo.all.oracle_line import OracleLine
from oracle_cdc.demo.changes.canaries import Canaries
from oracle_cdc.demo.changes.stack import Stack as ChangesStack
from oracle_cdc.demo.conversations.stack import Stack as ConversationsStack
from oracle_cdc.demo.events.stack import Stack as EventsStack
from oracle_cdc.demo.outage import Outage, Witness
from oracle_cdc.demo.program import Program
from oracle_cdc.demo.stage import LOOK_SECONDS, Stage

PIPELINES = "conversations,events,changes"
#: Short times, so that what was away is found again while one looks on, sweeps end, and what a
#: killed process had in its hands is taken up soon.
PACE = {
    "CDC_RETRY_MAX_SECONDS": "1",
    "CDC_BREAKER_PROBE_SECONDS": "1",
    "CDC_RECONCILE_INTERVAL_MINUTES": "0.1",
    "CDC_RECONCILE_PAUSE_SECONDS": "0.1",
    "SQS_CONNECT_TIMEOUT_SECONDS": "2",
    "SQS_READ_TIMEOUT_SECONDS": "5",
    "CDC_LEASE_SECONDS": "10",
    "CDC_RESULTS_VISIBILITY_SECONDS": "5",
}
NO_BOUND = -1


class Breakable(Protocol):
    """A server that can be away."""

    def go_away(self) -> None: ...

    def come_back(self) -> None: ...


class Stack:
    """Starts everything. Methods raise DemoError and Interrupted."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.program = stage.program
        self.conversations = ConversationsStack(stage)
        self.events = EventsStack(stage)
        self.changes = ChangesStack(stage, stage.program)
        self.monitor = MonitorPlace(stage, self.events, self.changes)

    @property
    def programs(self) -> Sequence[Program]:
        """Return both processes of the service, and the monitor."""
        return self.program, self.changes.processor, self.monitor.program

    @property
    def stores(self) -> Mapping[str, Path]:
        """Return where what is kept is, by what people call it."""
        return {
            "Oracle": self.stage.database.file,
            "NATS": self.events.nats.directory,
            "MariaDB": self.events.mariadb.directory,
            "history": self.monitor.program.directory / "monitor",
        }

    def start_servers(self) -> None:
        """Start the servers, wait until all are ready, and make what is to be there."""
        database, queues = self.stage.database, self.stage.queues
        database.start([self.changes.write_script()])
        queues.start()
        self.events.nats_server.start()
        self.events.mariadb_server.start()
        self.changes.start_aws()
        self.program.install()
        self.monitor.program.install()
        database.await_ready()
        queues.await_ready()
        self.conversations.begin()
        self.events.begin(NO_BOUND)
        self.changes.begin()

    def capture(self, canaries: Canaries, chance: random.Random) -> None:
        """Make the tables of the service, and capture all tables of CoreDB."""
        self.changes.beside = {
            **self.conversations.settings(),
            **self.events.settings(),
            **PACE,
            "HEALTH_PORT": str(self.changes.ports[self.program.name]),
            "PIPELINES": PIPELINES,
        }
        self.changes.capture(canaries, chance)

    def start_service(self, load_seconds: float) -> None:
        """Start both processes of the service, the monitor, and what loads the lake.

        Parameters:
            load_seconds: between two days of the lake.
        """
        self.changes.start_service()
        self.admit_monitor()
        self.monitor.start(load_seconds)

    def admit_monitor(self) -> None:
        """Let the monitor read the tables of the service, once it has made the last of them."""
        database, signals = self.stage.database, self.stage.signals
        with closing(Reader(database.dsn, database.dba_password)) as reader:
            while not reader.has_all_tables():
                self.stage.children.check()
                signals.pause(LOOK_SECONDS)
            reader.admit(self.monitor.password)
        self.events.store.admit(MONITOR_USER.lower(), self.monitor.password, "SELECT")

    def outages(self) -> list[Outage]:
        """Return an outage of each server but AWS, whose outage is that of row changes."""
        oracle = OracleLine(self.stage.database)
        return [
            self.outage("NATS", "killed (kill -9)", self.events.nats_server, "nats"),
            self.outage("MariaDB", "killed (kill -9)", self.events.mariadb_server, "mariadb"),
            self.outage("SQS", "each connection is cut", self.stage.queues, "outbound|results"),
            self.outage("Oracle", "sessions are cut, log-ins refused", oracle, "oracle"),
        ]

    def outage(self, server: str, how: str, breakable: Breakable, words: str) -> Outage:
        """Return the outage of a server that the service must notice.

        Parameters:
            words: a pattern of what it says without it.
        """
        witness = Witness(self.program.name, self.changes.ports[self.program.name], words)
        return Outage(
            server,
            how,
            breakable.go_away,
            breakable.come_back,
            witnesses=[witness],
            say=self.say,
        )

    def say(self, text: str) -> None:
        self.stage.console.print(f"         {text}")
