"""What the service has done so far: counters, durations, ages, and the moments of its loops."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.errors import CdcError
from oracle_cdc.running.concerns import Concerns
from oracle_cdc.running.durations import Durations


@dataclass
class LoopMoments:
    """When a loop last got on and when it last succeeded, on the monotonic clock.

    A loop that waits on purpose gets on at the end of its wait: stepped_at may lie ahead.

    Parameters:
        error: what hindered it since it last succeeded.
        next_at: when it goes on after a wait on purpose.
    """

    stepped_at: float
    succeeded_at: float
    error: CdcError | None = None
    next_at: float = 0.0

    def rest(self, seconds: float, now: float) -> None:
        """Note a wait on purpose that begins.

        Of waits of several threads at the same time no more than the longest counts.
        """
        self.next_at = now + seconds
        self.stepped_at = max(self.stepped_at, min(self.stepped_at + seconds, self.next_at))


class Age:
    """How long ago something was, in seconds: it grows until it is seen anew."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.began_at: float | None = None

    def see(self, seconds: float) -> None:
        """Note that it was these seconds ago."""
        self.began_at = self.clock() - max(0.0, seconds)

    def forget(self) -> None:
        """Note that it is not known any more."""
        self.began_at = None

    def seconds(self) -> float | None:
        """Return how many seconds ago it was, as far as is known."""
        began_at = self.began_at
        if began_at is None:
            return None
        return self.clock() - began_at


class Progress:
    """Counts since the start of the process. Any thread may call it.

    Parameters:
        directions: in which batches are done.
    """

    def __init__(
        self, clock: Callable[[], float] = monotonic, directions: Sequence[str] = ()
    ) -> None:
        self.clock = clock
        self.started_at = clock()
        self.lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.loops: dict[str, LoopMoments] = {}
        self.this_thread = threading.local()
        #: By the loop it is done for, how many threads have something in their hands.
        self.holders: Counter[str | None] = Counter()
        #: Of the batches of each direction.
        self.batches = {direction: Durations() for direction in directions}
        #: Modes that a DBA has switched off.
        self.paused: set[str] = set()
        #: Pipelines that another copy runs.
        self.standing_by: set[str] = set()
        self.ages: dict[str, Age] = {}
        self.concerns = Concerns(clock)

    def add(self, **counts: int) -> None:
        """Add to counters by their names."""
        with self.lock:
            self.counts.update(counts)

    def age(self, name: str) -> Age:
        """Return the age of this name, which is not known before it is seen."""
        with self.lock:
            return self.ages.setdefault(name, Age(self.clock))

    def begin(self, loop: str) -> None:
        """Begin a loop, whose thread is the calling one."""
        self.this_thread.loop = loop
        now = self.clock()
        with self.lock:
            self.loops[loop] = LoopMoments(now, now)

    def ended(self, loop: str) -> None:
        """Forget a loop whose work is over."""
        with self.lock:
            self.loops.pop(loop, None)

    def lend(self, loop: str | None) -> None:
        """Let the calling thread work for this loop from now on."""
        self.this_thread.loop = loop

    def stepped(self, loop: str, *, succeeded: bool, error: CdcError | None = None) -> None:
        """Note that a loop ended a step."""
        now = self.clock()
        with self.lock:
            moments = self.loops.setdefault(loop, LoopMoments(now, self.started_at))
            if error is None or error.is_progress:
                moments.stepped_at = now
            if succeeded:
                moments.succeeded_at, moments.error = now, None
            elif error is not None:
                moments.error = error

    def batch_done(self, direction: str, seconds: float) -> None:
        """Note that the calling loop finished a batch, which is a success inside its step."""
        with self.lock:
            durations = self.batches.setdefault(direction, Durations())
        durations.add(seconds)
        if loop := self.loop():
            self.stepped(loop, succeeded=True)

    def moved(self) -> None:
        """Note that the calling loop got on inside its step.

        In a thread that is no loop's this does nothing, like the next two.
        """
        if loop := self.loop():
            self.stepped(loop, succeeded=False)

    def hindered(self, error: CdcError) -> None:
        """Note that the calling loop tries again inside its step."""
        if loop := self.loop():
            self.stepped(loop, succeeded=False, error=error)

    def rest(self, seconds: float, stop: threading.Event) -> None:
        """Wait, but not beyond the stop, and leave the wait out of the calling loop's deadline."""
        if loop := self.loop():
            with self.lock:
                self.loops[loop].rest(seconds, self.clock())
        stop.wait(seconds)

    @contextmanager
    def holding(self, loop: str | None) -> Iterator[None]:
        """Stand around what must not be left in the middle.

        An end of the process would leave it to a lease's end, or to a message's return.

        Parameters:
            loop: for which it is done, None for a command.
        """
        with self.lock:
            self.holders[loop] += 1
        try:
            yield
        finally:
            with self.lock:
                self.holders[loop] -= 1

    def is_holding(self, loop: str) -> bool:
        """Return whether something is in the hands of a loop: a claim, or messages."""
        with self.lock:
            return self.holders[loop] > 0

    def loop(self) -> str | None:
        """Return the loop whose thread this is."""
        name: str | None = getattr(self.this_thread, "loop", None)
        return name

    def late_loops(self, deadline_seconds: float) -> dict[str, float]:
        """Return the loops that have not got on within the deadline, and the seconds since."""
        now = self.clock()
        late: dict[str, float] = {}
        with self.lock:
            for name, moments in self.loops.items():
                age = now - moments.stepped_at
                if age > deadline_seconds:
                    late[name] = age
        return late

    def hindered_loops(self, limit_seconds: float) -> dict[str, CdcError]:
        """Return the loops that fail for longer than the limit, with their last failure."""
        now = self.clock()
        hindered: dict[str, CdcError] = {}
        with self.lock:
            for name, moments in self.loops.items():
                if moments.error is not None and now - moments.succeeded_at > limit_seconds:
                    hindered[name] = moments.error
        return hindered

    def next_try_seconds(self, loop: str) -> float:
        """Return the seconds that a loop that failed still waits, 0 while it works."""
        with self.lock:
            moments = self.loops.get(loop)
            if moments is None or moments.error is None:
                return 0.0
            return max(0.0, moments.next_at - self.clock())
