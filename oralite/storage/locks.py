"""Who may write, and which rows and keys belong to whose uncommitted transaction.

SQLite has one writer, Oracle locks rows. A transaction that is not working gives up SQLite's write
lock when another wants it (it is parked: its changes are kept as a changeset and rolled back). What
it changed it claims here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Protocol, TypeAlias

from oralite.errors import OraError
from oralite.model import Value

#: ("row", table, key), ("key", index, values) or ("freed", index): of a unique key that was changed
#: or deleted.
Claim: TypeAlias = tuple[str, str, "int | tuple[Value, ...] | None"]

#: How often a waiting session looks whether its client has given up.
_POLL_SECONDS = 0.05
#: A writer that has been idle for less will soon go on or commit; to park it takes longer than
#: that.
_PATIENCE_SECONDS = 0.01


class Holder(Protocol):
    """A transaction, as the locks know it."""

    def try_park(self) -> bool:
        """Give up the write lock unless at work. Return whether it was given up."""


class Wait:
    """How long a session waits, and what ends it. seconds: None is for ever, 0 not at all."""

    def __init__(self, interrupted: Callable[[], bool], seconds: float | None = None) -> None:
        self._interrupted = interrupted
        if seconds is None:
            self._deadline = None
        else:
            self._deadline = time.monotonic() + seconds
        self._seconds = seconds

    def check(self) -> None:
        """End a wait that is over or cancelled. Raises ORA-01013, ORA-00054 or ORA-30006."""
        if self._interrupted():
            raise OraError(1013, "user requested cancel of current operation")
        if self._deadline is not None and time.monotonic() >= self._deadline:
            if not self._seconds:
                raise OraError(
                    54, "resource busy and acquire with NOWAIT specified or timeout expired"
                )
            raise OraError(30006, "resource busy; acquire with WAIT timeout expired")


class Locks:
    """The locks of one database: its one writer, and who claims which rows and keys."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._writer: Holder | None = None
        self._idle_since = 0.0
        self._claims: dict[Claim, Holder] = {}
        self._waiting: dict[Holder, Holder] = {}

    def enter(self, me: Holder, interrupted: Callable[[], bool]) -> None:
        """Become the one writer, as soon as the one there is done, or idle for a while."""
        wait = Wait(interrupted)
        with self._changed:
            while self._writer is not None and self._writer is not me:
                patience = self._idle_since + _PATIENCE_SECONDS - time.monotonic()
                if patience > 0:
                    self._changed.wait(patience)
                elif not self._writer.try_park():
                    wait.check()
                    self._changed.wait(_POLL_SECONDS)
            self._writer = me
            self._idle_since = time.monotonic()

    def leave(self, me: Holder) -> None:
        with self._changed:
            if self._writer is me:
                self._writer = None
            self._changed.notify_all()

    def idle(self) -> None:
        """Note that the writer has finished a statement, and let those who wait look again."""
        with self._changed:
            self._idle_since = time.monotonic()
            self._changed.notify_all()

    def wait_for_change(self, interrupted: Callable[[], bool]) -> None:
        """Wait a moment for somebody's locks to be given up. Raises ORA-01013."""
        Wait(interrupted).check()
        with self._changed:
            self._changed.wait(_POLL_SECONDS)

    def claim(self, me: Holder, claims: Iterable[Claim]) -> None:
        with self._changed:
            self._claims.update(dict.fromkeys(claims, me))

    def release(self, me: Holder, claims: Collection[Claim]) -> None:
        with self._changed:
            for claim in claims:
                if self._claims.get(claim) is me:
                    del self._claims[claim]
            self._changed.notify_all()

    def others(self, me: Holder) -> bool:
        """Return whether another transaction claims anything."""
        if not self._claims:
            return False
        with self._changed:
            for holder in self._claims.values():
                if holder is not me:
                    return True
            return False

    def conflict(self, me: Holder, claims: Iterable[Claim]) -> Claim | None:
        """Return the first of these that another transaction holds."""
        with self._changed:
            return next((claim for claim in claims if self._claims.get(claim, me) is not me), None)

    def conflict_in_table(self, me: Holder, table: str) -> bool:
        """Return whether another transaction has changed or locked rows of the table."""
        with self._changed:
            for claim, holder in self._claims.items():
                if claim[1] == table and holder is not me:
                    return True
            return False

    def wait_for(self, me: Holder, claim: Claim, wait: Wait) -> None:
        """Wait until nobody else holds the claim.

        Raises ORA-00060 where its holder waits for me.
        """
        with self._changed:
            try:
                while (holder := self._claims.get(claim, me)) is not me:
                    wait.check()
                    self._refuse_deadlock(me, holder)
                    self._waiting[me] = holder
                    self._changed.wait(_POLL_SECONDS)
            finally:
                self._waiting.pop(me, None)

    def _refuse_deadlock(self, me: Holder, holder: Holder) -> None:
        following: Holder | None = holder
        while following is not None:
            if following is me:
                raise OraError(60, "deadlock detected while waiting for resource")
            following = self._waiting.get(following)
