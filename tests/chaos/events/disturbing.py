"""What is done in a round of events, each thing at its time, and what it can explain."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace

from tests.chaos.events.plan import Act, EventPlan
from tests.chaos.events.site import Site
from tests.chaos.events.store import StoreWitness
from tests.chaos.events.stream import StreamWitness
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.judge.history import Trouble

#: What makes nobody send a message twice.
HARMLESS = ("stream", "oracle")
#: What happens at some time until all faults end.
WAITING = ("nats swallow", "mariadb swallow")
Deed = Callable[[Act], object]


class Disturbance:
    """Carries out acts, each in a thread, and notes from when to when they hindered anybody."""

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
        self.plan = plan
        self.site = site
        self.database = database
        self.copies = copies
        self.store = store
        self.stream = stream
        self.troubles: list[Trouble] = []
        self.errors: list[str] = []
        self.threads: list[threading.Thread] = []
        self.most_offset_seconds = 0.0
        self.oracle = threading.RLock()

    def start(self, started_at: float) -> None:
        for act in self.plan.acts:
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
        ended_at = time.time()
        if act.what in WAITING:
            ended_at = math.inf
        if not act.what.startswith(HARMLESS):
            self.troubles.append(Trouble(act.what, began_at, ended_at))

    @property
    def deeds(self) -> Mapping[str, Deed]:
        """Return what can be done, by its name."""
        deeds: dict[str, Deed] = {
            "leader crash": lambda act: self.crash_leader(act.seconds),
            "oracle fault": lambda act: self.fault(act.text),
            "oracle crash": lambda act: self.crash_oracle(act.seconds),
            "oracle restart": lambda act: self.fault(f"restart {act.seconds:g}"),
            "oracle freeze": lambda act: self.database.processes.freeze("oracle", act.seconds),
            "oracle clock": lambda act: self.move_clock(act.seconds),
            "service kill": lambda act: self.copies.kill(act.copy),
            "service stop": lambda act: self.copies.stop(act.copy),
            "service freeze": lambda act: self.copies.freeze(act.copy),
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

    def fault(self, text: str) -> None:
        with self.oracle:
            self.database.set_fault(text)

    def crash_oracle(self, seconds: float) -> None:
        with self.oracle:
            self.database.crash(seconds)

    def move_clock(self, seconds: float) -> None:
        with self.oracle:
            self.database.move_clock(seconds)
        offset = self.database.offset_seconds
        self.most_offset_seconds = max(self.most_offset_seconds, offset)

    def end(self) -> None:
        """End all faults of Oracle: those of others have ended by themselves."""
        self.fault("clear")
        for proxy in (*self.site.taps, self.site.store):
            proxy.loses_answer_to = b""
        now = time.time()
        for place, trouble in enumerate(self.troubles):
            self.troubles[place] = replace(trouble, end=min(trouble.end, now))
