"""What is done in a round of row changes, each thing at its time, and what it can explain."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from awslite.limits import Limits
from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.changes.errands import Errands
from tests.chaos.changes.journal import Journal
from tests.chaos.changes.plan import LEASE_SECONDS, Act, ChangesPlan
from tests.chaos.changes.site import Site
from tests.chaos.changes.skies import close_open
from tests.chaos.changes.tables import TABLES
from tests.chaos.harness.database import Database
from tests.chaos.judge.history import Trouble

#: What makes nobody send anything twice.
HARMLESS = ("kinesis", "events", "queue", "shards", "foreign", "service", "reads")
HARMLESS_PERSONS = ("person pause", "person snapshot", "person widens")
Deed = Callable[[Act], object]


class Disturbance:
    """Carries out acts, each in a thread, and notes from when to when they hindered anybody."""

    def __init__(
        self,
        plan: ChangesPlan,
        directory: Path,
        *,
        site: Site,
        database: Database,
        copies: ChangeCopies,
        journal: Journal,
    ) -> None:
        self.plan = plan
        self.directory = directory
        self.site = site
        self.database = database
        self.copies = copies
        self.rng = random.Random(f"disturbance {plan.seed}")
        self.troubles: list[Trouble] = []
        self.errors: list[str] = []
        self.threads: list[threading.Thread] = []
        self.oracle = threading.RLock()
        self.errands = Errands(database, copies, directory, journal)

    def start(self, started_at: float) -> None:
        for act in self.plan.acts:
            thread = threading.Thread(
                target=self.carry_out, args=(act, started_at + act.at), daemon=True
            )
            self.threads.append(thread)
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join()

    def carry_out(self, act: Act, at: float) -> None:
        time.sleep(max(0.0, at - time.monotonic()))
        began_at = time.time()
        try:
            self.deeds[act.what](act)
        except Exception as error:
            # A round whose faults did not happen proves nothing.
            self.errors.append(f"{act.what} failed: {type(error).__name__}: {error}")
        ended_at = time.time()
        if act.what == "oracle fault":
            ended_at = math.inf
        elif act.what == "oracle restart":
            ended_at += act.seconds
        elif act.what == "dynamodb down":
            ended_at += LEASE_SECONDS
        if not act.what.startswith((*HARMLESS, *HARMLESS_PERSONS)):
            self.troubles.append(Trouble(act.what, began_at, ended_at))

    @property
    def deeds(self) -> Mapping[str, Deed]:
        """Return what can be done, by its name."""
        deeds: dict[str, Deed] = {
            "oracle fault": lambda act: self.fault(act.text),
            "oracle crash": lambda act: self.crash_oracle(act.seconds),
            "oracle restart": lambda act: self.fault(f"restart {act.seconds:g}"),
            "oracle freeze": lambda act: self.database.processes.freeze("oracle", act.seconds),
            "service kill": lambda act: self.copies.kill(act.copy),
            "service stop": lambda act: self.copies.stop(act.copy),
            "service freeze": lambda act: self.copies.freeze(act.copy),
            "shards split": lambda act: self.site.split(self.rng),
            "shards merge": lambda act: self.site.merge(self.rng),
            "reads stale": lambda act: self.limit(stale_reads=True),
            "reads throttled": lambda act: self.limit(throttles_reads=True),
            "reads expire": lambda act: self.limit(iterator_seconds=0.3),
            "cloud freeze": lambda act: self.freeze_cloud(act.seconds),
            "foreign put": lambda act: self.site.put_foreign(self.plan.foreign),
            "person reset": lambda act: self.errands.reset(),
            "person widens": lambda act: self.errands.widen(TABLES[act.text]),
            "person snapshot": lambda act: self.errands.snapshot(act.text),
            "person pause": lambda act: self.errands.pause(act.text, act.seconds),
        }
        for service in ("kinesis", "events", "dynamodb", "queue"):
            deeds[f"{service} down"] = self.let_down
        return deeds

    def let_down(self, act: Act) -> None:
        with self.site.skies.down(act.what.partition(" ")[0], act.text):
            time.sleep(act.seconds)

    def limit(self, **settings: float) -> None:
        for name, value in settings.items():
            setattr(self.site.cloud.limits, name, value)

    def freeze_cloud(self, seconds: float) -> None:
        """Let all answers of AWS wait, which explains whatever was in flight."""
        began_at = time.time()
        self.site.cloud.is_frozen = True
        time.sleep(seconds)
        self.site.cloud.is_frozen = False
        for action in ("PutRecords", "PutEvents", "UpdateItem"):
            self.troubles.append(Trouble(f"lost {action}", began_at, time.time()))
        self.troubles.append(Trouble("dynamodb", began_at, time.time() + LEASE_SECONDS))

    def fault(self, text: str) -> None:
        with self.oracle:
            self.database.set_fault(text)

    def crash_oracle(self, seconds: float) -> None:
        with self.oracle:
            self.database.crash(seconds)

    def end(self) -> None:
        """End all faults."""
        self.fault("clear")
        self.site.skies.end()
        limits = self.site.cloud.limits
        limits.stale_reads = limits.throttles_reads = False
        limits.iterator_seconds = Limits.iterator_seconds
        self.troubles = close_open(self.troubles)
