"""What the service can't do without, seen through its own calls to it.

When it last answered, and why it does not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from oracle_cdc.errors import (
    CdcError,
    CredentialsError,
    DestinationConfigurationError,
    Unavailable,
)
from oracle_cdc.running.durations import Durations

#: After these the dependency can't be called usable. Any other error is an answer.
NO_ANSWER = (CredentialsError, DestinationConfigurationError, Unavailable)

#: The kind of call that takes a session from the pool.
SESSION = "session"
#: Failures of a kind of call that was not made again for this many limits say nothing of now.
FORGOTTEN = 5.0


@dataclass
class Ask:
    """Calls of one kind that nothing answered yet.

    Parameters:
        began_at: when the first of them was made.
        error: what the last failed with.
    """

    began_at: float
    under_way: int = 0
    failed_at: float = 0.0
    error: CdcError | None = None

    def seconds(self, now: float) -> float:
        """Return the seconds to the last failure, or to now while a call is under way."""
        if self.under_way:
            return now - self.began_at
        return self.failed_at - self.began_at

    def is_forgotten(self, now: float, limit_seconds: float) -> bool:
        return not self.under_way and now - self.failed_at > FORGOTTEN * limit_seconds

    def is_late(self, now: float, limit_seconds: float) -> bool:
        """Return whether the calls are without an answer for longer than the limit."""
        return self.seconds(now) > limit_seconds and not self.is_forgotten(now, limit_seconds)


class Calling(Protocol):
    """Stands around each call to a dependency, see Dependency.calling."""

    def __call__(
        self, kind: str = "call", *, is_round_trip: bool = True, is_poll: bool = False
    ) -> AbstractContextManager[None]: ...


def unwatched(
    kind: str = "call", *, is_round_trip: bool = True, is_poll: bool = False
) -> AbstractContextManager[None]:
    """Watch nothing."""
    return nullcontext()


class Dependency:
    """Oracle, or one direction of SQS, as the calls to it go. Any thread may use it.

    Parameters:
        moved: called when a call ended: whoever waited for it goes on.
    """

    def __init__(
        self,
        name: str,
        *,
        moved: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.name = name
        self.moved = moved
        self.clock = clock
        self.lock = threading.Lock()
        self.calls = 0
        self.durations = Durations()
        self.has_answered = False
        #: By their kind: that one kind of call is answered says nothing of another, such as sending
        #: of reading.
        self.asks: dict[str, Ask] = {}

    @contextmanager
    def calling(
        self, kind: str = "call", *, is_round_trip: bool = True, is_poll: bool = False
    ) -> Iterator[None]:
        """Stand around one call, outside of what translates its errors.

        A poll's waiting is no duration. To take a session from the pool is no round trip, and that
        there was one is no answer.
        """
        if not is_round_trip:
            kind = SESSION
        began_at = self.clock()
        with self.lock:
            self.calls += is_round_trip
            self.asks.setdefault(kind, Ask(began_at)).under_way += 1
        try:
            yield
        except CdcError as error:
            error.dependency = error.dependency or self.name
            # Whatever kept a session from coming: there is none, so the dependency can't be used.
            if kind == SESSION or isinstance(error, NO_ANSWER):
                self.fail(kind, error)
            else:
                self.end(kind)
            raise
        except Exception:
            # A bug of ours, not what the dependency said.
            self.leave(kind)
            raise
        except BaseException:
            # Whoever reads rows stops early.
            self.end(kind)
            raise
        else:
            self.end(kind)
        finally:
            if is_round_trip and not is_poll:
                self.durations.add(self.clock() - began_at)
            if is_round_trip:
                self.moved()

    def fail(self, kind: str, error: CdcError) -> None:
        """Note that a call ended without an answer."""
        with self.lock:
            ask = self.asks[kind]
            ask.under_way -= 1
            ask.error, ask.failed_at = error, self.clock()

    def end(self, kind: str) -> None:
        """Note that a call was answered, which makes good all calls of its kind."""
        with self.lock:
            ask = self.asks[kind]
            ask.under_way -= 1
            self.has_answered |= kind != SESSION
            # What is still under way counts from now.
            self.asks[kind] = Ask(self.clock(), ask.under_way)
            if not ask.under_way:
                del self.asks[kind]

    def leave(self, kind: str) -> None:
        """Note that a call ended, and that nothing is known of what the dependency said to it."""
        with self.lock:
            ask = self.asks[kind]
            ask.under_way -= 1
            if not ask.under_way and ask.error is None:
                del self.asks[kind]

    def fault(self, limit_seconds: float) -> str:
        """Return why it is not usable, empty while it is.

        Not to be asked is no fault: the limit counts from the question.
        """
        if not self.has_answered:
            return str(self.last_error() or "has not answered yet")
        now = self.clock()
        worst: Ask | None = None
        with self.lock:
            for ask in self.asks.values():
                if not ask.is_late(now, limit_seconds):
                    continue
                if worst is None or ask.seconds(now) > worst.seconds(now):
                    worst = ask
        if worst is None:
            return ""
        if worst.error is None:
            return f"no answer for {worst.seconds(now):.0f} s"
        return f"failing for {worst.seconds(now):.0f} s: {worst.error}"

    def last_error(self) -> CdcError | None:
        """Return what a call failed with that none of its kind has made good since."""
        with self.lock:
            for ask in self.asks.values():
                if ask.error:
                    return ask.error
        return None
