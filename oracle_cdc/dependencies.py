"""What the service can't do without, seen through its own calls: when it last answered, and why it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from oracle_cdc.durations import Durations
from oracle_cdc.errors import CdcError, CredentialsError, OracleUnavailable, SqsConfigurationError, SqsUnavailable

#: After these the dependency can't be called usable; any other error is an answer.
NO_ANSWER = (CredentialsError, OracleUnavailable, SqsConfigurationError, SqsUnavailable)


class Dependency:
    """Oracle or SQS, as the calls to it go; any thread may use it.

    Parameters:
        moved: called when a call ended: whoever waited for it goes on.
    """

    def __init__(
        self, name: str, *, moved: Callable[[], None] = lambda: None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.name = name
        self.moved = moved
        self.clock = clock
        self.lock = threading.Lock()
        self.calls = 0
        self.durations = Durations()
        self.answered_at: float | None = None
        #: Whether a call was begun since the last answer.
        self.is_asked = False
        self.error: CdcError | None = None

    @contextmanager
    def calling(self, *, is_round_trip: bool = True, is_poll: bool = False) -> Iterator[None]:
        """Stands around one call, outside of what translates its errors. A poll's waiting is no duration; to take a
        session from the pool is no round trip, and that there was one is no answer."""
        began_at = self.clock()
        with self.lock:
            self.calls += is_round_trip
            self.is_asked = True
        try:
            yield
        except CdcError as error:
            # Whatever kept a session from coming: there is none, so the dependency can't be used.
            if is_round_trip and not isinstance(error, NO_ANSWER):
                self.answered()
            else:
                self.refused(error)
            raise
        except BaseException:
            self.answered()
            raise
        else:
            if is_round_trip:
                self.answered()
        finally:
            if is_round_trip and not is_poll:
                self.durations.add(self.clock() - began_at)
            if is_round_trip:
                self.moved()

    def answered(self) -> None:
        with self.lock:
            self.answered_at, self.is_asked, self.error = self.clock(), False, None

    def refused(self, error: CdcError) -> None:
        with self.lock:
            self.error = error

    def fault(self, limit_seconds: float) -> str:
        """Why it is not usable; empty while it is. Not to be asked is no fault."""
        with self.lock:
            answered_at, is_asked, error = self.answered_at, self.is_asked, self.error
        if answered_at is None:
            return str(error) if error else "has not answered yet"
        age_seconds = self.clock() - answered_at
        if not is_asked or age_seconds <= limit_seconds:
            return ""
        return f"no answer for {age_seconds:.0f} s" + (f": {error}" if error else "")
