"""What is done in a round of events, each thing at its time, and what it can explain."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager

from tests.chaos.events.plan import EventPlan
from tests.chaos.events.site import Site
from tests.chaos.events.store import StoreWitness
from tests.chaos.events.stream import StreamWitness
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.harness.disturbing import Deed, Disturbing, end_open
from tests.chaos.plans.acts import Act

#: What makes nobody send a message twice.
HARMLESS = ("stream", "oracle")
#: What happens at some time until all faults end.
WAITING = ("nats swallow", "mariadb swallow")


class Disturbance(Disturbing[Copies]):
    """Carries out the acts of a round of events."""

    def __init__(
        self,
        plan: EventPlan,
        *,
        site: Site,
        database: Database,
        copies: Copies,
        store: StoreWitness,
        stream: StreamWitness,
    ) -> None:
        super().__init__(plan.acts, database, copies)
        self.site = site
        self.store = store
        self.stream = stream
        self.most_offset_seconds = 0.0

    def explains(self, act: Act) -> float | None:
        if act.what.startswith(HARMLESS):
            return None
        if act.what in WAITING:
            return math.inf
        return 0.0

    @property
    def deeds(self) -> Mapping[str, Deed]:
        """Return what can be done, by its name."""
        deeds = self.usual_deeds() | {
            "leader crash": lambda act: self.crash_leader(act.seconds),
            "stream empty": lambda act: self.stream.empty(),
            "person back": lambda act: self.store.move(-act.seconds),
            "person ahead": lambda act: self.store.move(act.seconds),
            "person pause": lambda act: self.store.pause(act.seconds),
            "lock steal": lambda act: self.store.steal(act.seconds),
        }
        for whom in ("nats", "mariadb"):
            deeds |= self.deeds_to(whom)
        return deeds

    def deeds_to(self, whom: str) -> Mapping[str, Deed]:
        """Return what can be done to a server of NATS or MariaDB."""
        return {
            f"{whom} crash": lambda act: self.last(self.crashed(whom), act.seconds),
            f"{whom} freeze": lambda act: self.last(self.frozen(whom), act.seconds),
            f"{whom} deaf": lambda act: self.last(self.site.deaf(whom), act.seconds),
            f"{whom} shut": lambda act: self.last(self.site.shut(whom), act.seconds),
            f"{whom} swallow": lambda act: self.site.swallow(whom),
            f"{whom} cut": lambda act: self.site.cut(whom),
        }

    def last(self, doing: AbstractContextManager[None], seconds: float) -> None:
        """Let something last."""
        with doing:
            time.sleep(seconds)

    @contextmanager
    def crashed(self, whom: str) -> Iterator[None]:
        """Kill a server, and start it again at the end of the block."""
        with ExitStack() as stack:
            stack.enter_context(self.site.locks[whom])
            for server in self.site.servers(whom):
                server.kill()
                stack.callback(server.start)
            yield

    @contextmanager
    def frozen(self, whom: str) -> Iterator[None]:
        """Let a server stand still until the end of the block."""
        with ExitStack() as stack:
            stack.enter_context(self.site.locks[whom])
            for server in self.site.servers(whom):
                server.freeze()
                stack.callback(server.thaw)
            yield

    def crash_leader(self, seconds: float) -> None:
        """Kill the server that takes the stream's messages, and start it again."""
        server = self.site.leader(self.stream.leader())
        server.kill()
        time.sleep(seconds)
        server.start()

    def move_clock(self, seconds: float) -> None:
        super().move_clock(seconds)
        offset = self.database.offset_seconds
        self.most_offset_seconds = max(self.most_offset_seconds, offset)

    def end(self) -> None:
        """End all faults of Oracle: those of others have ended by themselves."""
        self.fault("clear")
        for proxy in (*self.site.taps, self.site.store):
            proxy.loses_answer_to = b""
        end_open(self.troubles)
