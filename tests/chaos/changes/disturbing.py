"""What is done in a round of row changes, each thing at its time, and what it can explain."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping
from pathlib import Path

from awslite.limits import Limits
from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.changes.errands import Errands
from tests.chaos.changes.journal import Journal
from tests.chaos.changes.plan import BUS, LEASE_SECONDS, ChangesPlan
from tests.chaos.changes.site import Site
from tests.chaos.changes.tables import TABLES
from tests.chaos.harness.database import Database
from tests.chaos.harness.disturbing import Deed, Disturbing, end_open
from tests.chaos.judge.history import Trouble
from tests.chaos.plans.acts import Act

#: What makes nobody send anything twice.
HARMLESS = ("kinesis", "events", "bus", "queue", "shards", "foreign", "service", "reads")
HARMLESS_PERSONS = ("table pause", "person snapshot", "person widens")


class Disturbance(Disturbing[ChangeCopies]):
    """Carries out the acts of a round of row changes."""

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
        super().__init__(plan.acts, database, copies)
        self.plan = plan
        self.site = site
        self.rng = random.Random(f"disturbance {plan.seed}")
        self.errands = Errands(database, copies, directory, journal)

    def explains(self, act: Act) -> float | None:
        if act.what.startswith((*HARMLESS, *HARMLESS_PERSONS)):
            return None
        if act.what == "oracle fault":
            return math.inf
        if act.what == "oracle restart":
            return act.seconds
        if act.what == "dynamodb down":
            return LEASE_SECONDS
        return 0.0

    @property
    def deeds(self) -> Mapping[str, Deed]:
        """Return what can be done, by its name."""
        deeds = self.usual_deeds() | {
            "shards split": lambda act: self.site.split(self.rng),
            "shards merge": lambda act: self.site.merge(self.rng),
            "reads stale": lambda act: self.limit(stale_reads=True),
            "reads throttled": lambda act: self.limit(throttles_reads=True),
            "reads expire": lambda act: self.limit(iterator_seconds=0.3),
            "cloud freeze": lambda act: self.freeze_cloud(act.seconds),
            "bus gone": lambda act: self.let_be_gone(act.seconds),
            "foreign put": lambda act: self.site.put_foreign(self.plan.foreign),
            "person reset": lambda act: self.errands.reset(),
            "person widens": lambda act: self.errands.widen(TABLES[act.text]),
            "person snapshot": lambda act: self.errands.snapshot(act.text),
            "table pause": lambda act: self.errands.pause(act.text, act.seconds),
        }
        for service in ("kinesis", "events", "dynamodb", "queue"):
            deeds[f"{service} down"] = self.let_down
        return deeds

    def let_down(self, act: Act) -> None:
        with self.site.skies.down(act.what.partition(" ")[0], act.text):
            time.sleep(act.seconds)

    def let_be_gone(self, seconds: float) -> None:
        """Let there be no bus. What is sent to it is accepted and lost."""
        buses = self.site.cloud.buses.buses
        bus = buses.pop(BUS)
        time.sleep(seconds)
        buses[BUS] = bus

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

    def end(self) -> None:
        """End all faults."""
        self.fault("clear")
        self.site.skies.end()
        limits = self.site.cloud.limits
        limits.stale_reads = limits.throttles_reads = False
        limits.iterator_seconds = Limits.iterator_seconds
        end_open(self.troubles)
