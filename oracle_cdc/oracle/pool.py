"""Sessions that are open and not in use, and the log-ins for more: one at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic

import oracledb

from oracle_cdc.errors import CdcError, OracleUnavailable
from oracle_cdc.oracle.connection import Connection
from oracle_cdc.oracle.login import connect
from oracle_cdc.running.retrying import Doubling
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.settings.sections import OracleSettings

# In the log it is one thing with the database.
logger = logging.getLogger("oracle_cdc.oracle.database")

#: From when on a log-in that is not answered is left to itself, and another one is begun.
LEAVING = Doubling(300.0, 3600.0)
#: When a session that rested is asked whether it still stands, and how long that may take.
PING_AFTER_SECONDS = 60.0
PING_SECONDS = 5.0


@dataclass(frozen=True)
class Kept:
    """A session that nobody uses, and since when."""

    connection: oracledb.Connection
    since: float


class Attempt:
    """One log-in under way, in a thread of its own.

    The driver has no deadline for a log-in once the connection stands.

    Parameters:
        until: when it is left to itself, on the monotonic clock.
    """

    def __init__(
        self,
        log_in: Callable[[Attempt], oracledb.Connection],
        end: Callable[[Attempt], None],
        until: float,
    ) -> None:
        self.log_in = log_in
        self.end = end
        self.until = until
        self.is_over = False
        self.is_left = False
        self.connection: oracledb.Connection | None = None
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self.run, name="log-in", daemon=True)
        self.thread.start()

    def run(self) -> None:
        try:
            self.connection = self.log_in(self)
        except Exception as error:  # thread entry: whoever waits raises it
            self.error = error
        finally:
            self.end(self)


class Pool:
    """Lends sessions, and logs in for more where none is free.

    Whoever needs one waits for a log-in, or for a session that is given back. While a log-in is not
    answered no other is begun: a database that hangs for a day must not collect a day's threads,
    and a changed password not a pool's worth of refusals, which lock the account. But one of a
    connection that something on the way keeps open may never be answered: it is left to itself
    after a while, and the next ones after longer ones.

    Parameters:
        most: how many there may be, as the log says it.
    """

    def __init__(self, settings: OracleSettings, password: Secret, most: int) -> None:
        self.settings = settings
        self.password = password
        self.most = most
        self.seconds = settings.connect_timeout_seconds + settings.call_timeout_seconds
        self.idle: list[Kept] = []
        self.attempt: Attempt | None = None
        #: Log-ins that were left to themselves since the last one that was answered.
        self.unanswered = 0
        #: When a session was last found lost: what rested then may be lost too.
        self.doubted_at = float("-inf")
        self.changed = threading.Condition()

    def acquire(self) -> oracledb.Connection:
        """Take a session that still stands.

        Raises what a log-in raised, or that there was no answer in time.
        """
        until = monotonic() + self.seconds
        while True:
            kept = self.wait(until)
            if self.is_usable(kept):
                return kept.connection
            throw_away(kept.connection)

    def wait(self, until: float) -> Kept:
        """Wait for a session, and log in for it unless a log-in is under way."""
        with self.changed:
            # Whoever comes first takes it: another one may be faster than who began the log-in.
            while not self.idle:
                if self.attempt is not None and monotonic() >= self.attempt.until:
                    self.leave(self.attempt)
                if self.attempt is None:
                    wait_seconds = LEAVING.after(self.unanswered)
                    self.attempt = Attempt(self.log_in, self.ended, monotonic() + wait_seconds)
                self.wait_for(self.attempt, until)
            return self.idle.pop()

    def leave(self, attempt: Attempt) -> None:
        """Leave a log-in to itself: what comes of it is thrown away."""
        logger.warning("a log-in is not answered and left to itself; another one is begun")
        self.attempt = None
        self.unanswered += 1
        attempt.is_left = True
        self.password.turn.end(attempt.thread.ident)

    def wait_for(self, attempt: Attempt, until: float) -> None:
        """Wait until a log-in ended, or a session was given back meanwhile."""
        is_ended = self.changed.wait_for(
            lambda: bool(self.idle) or attempt.is_over, until - monotonic()
        )
        if not is_ended:
            raise OracleUnavailable(
                f"log-in: connected, but no answer within {self.seconds:g} s; the database hangs, "
                "or what listens there is none: see ORACLE_PORT"
            )
        if attempt.error is not None and not self.idle:
            raise attempt.error

    def log_in(self, attempt: Attempt) -> oracledb.Connection:
        """Log in with the password, and with a newer one where it is refused and has changed."""
        is_first = not self.password.was_accepted
        connection = self.password.log_in(partial(self.connect, attempt))
        if is_first:
            logger.info("logged in to Oracle, a pool of sessions is open: %d at most", self.most)
        return connection

    def connect(self, attempt: Attempt, password: str) -> oracledb.Connection:
        """Connect, unless the log-in was left while it waited: nobody would end its turn."""
        if attempt.is_left:
            raise OracleUnavailable("log-in: left to itself before its turn")
        return connect(self.settings, password)

    def ended(self, attempt: Attempt) -> None:
        """Keep what a log-in brought, and wake who waits for it."""
        with self.changed:
            attempt.is_over = True
            if self.attempt is attempt:
                self.attempt = None
                self.unanswered = 0
                if attempt.connection is not None:
                    self.idle.append(Kept(attempt.connection, monotonic()))
                self.changed.notify_all()
                return
        if attempt.connection is not None:
            throw_away(attempt.connection)

    def is_usable(self, kept: Kept) -> bool:
        """Return whether a session still stands, which is asked only where there is a doubt.

        The driver does not see by itself that the other side has closed it.
        """
        if kept.since > max(self.doubted_at, monotonic() - PING_AFTER_SECONDS):
            return True
        seconds = min(PING_SECONDS, self.settings.call_timeout_seconds)
        try:
            Connection(kept.connection, seconds).ping()
        except CdcError as error:
            logger.debug("a session that rested is lost: %s", error)
            self.doubted_at = monotonic()
            return False
        return True

    def give_back(self, connection: oracledb.Connection) -> None:
        """Keep a session for the next use, or throw it away where it is lost."""
        try:
            if connection.transaction_in_progress:
                connection.rollback()
        except (oracledb.Error, OSError) as error:
            logger.debug("giving a session back failed: %s", type(error).__name__)
        if not connection.is_healthy():
            self.doubted_at = monotonic()
            throw_away(connection)
            return
        with self.changed:
            self.idle.append(Kept(connection, monotonic()))
            self.changed.notify()

    def close(self) -> None:
        """Close what nobody uses. The next use logs in anew."""
        with self.changed:
            idle, self.idle = self.idle, []
        for kept in idle:
            throw_away(kept.connection)


def throw_away(connection: oracledb.Connection) -> None:
    """Close a session for good."""
    try:
        connection.close()
    except (oracledb.Error, OSError) as error:
        logger.debug("closing a session failed: %s", type(error).__name__)
