"""The pool of sessions, and what is done about log-ins that are refused and connections that are lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

import oracledb

from oracle_cdc.errors import (
    CdcError,
    NoSessionFree,
    OracleCredentialsError,
    OracleUnavailable,
    SessionsExhausted,
    Unreachable,
)
from oracle_cdc.oracle.login import Login, LoginGuard, connect_arguments
from oracle_cdc.oracle.places import Places
from oracle_cdc.oracle.queries import Statements
from oracle_cdc.oracle.session import Session
from oracle_cdc.oracle.translation import translated
from oracle_cdc.running.dependencies import Calling, unwatched
from oracle_cdc.settings.sections import OracleSettings

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: How long closing may take.
CLOSE_SECONDS = 1.0
#: For so long after an answer Oracle is taken as usable without asking.
USABLE_SECONDS = 60.0


class Database:
    """A pool of sessions, opened at the first use and again after a refused log-in.

    Raises on use: OracleUnavailable, OracleCredentialsError, OracleConfigurationError.
    """

    def __init__(
        self,
        settings: OracleSettings,
        statements: Statements,
        *,
        sessions: int = 4,
        calling: Calling = unwatched,
    ) -> None:
        self.settings = settings
        self.calling = calling
        self.statements = statements
        self.places = Places(sessions)
        self.pool: oracledb.ConnectionPool | None = None
        self.lock = threading.Lock()
        self.in_use: set[oracledb.Connection] = set()
        self.guard = LoginGuard()
        self.login = Login(settings)
        #: When a session last ended well; None after a failure of Oracle itself.
        self.answered_at: float | None = None
        #: How many sessions have ended well; only whether it moves matters, so threads need no lock for it.
        self.answers = 0

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for this thread, given back (and rolled back) at the end; a broken one is thrown away."""
        connection = self.acquire()
        session = Session(
            connection, self.statements, self.settings.call_timeout_seconds, self.calling
        )
        try:
            yield session
        except BaseException as error:
            if isinstance(error, OracleUnavailable):
                self.answered_at = None
            session.undo()
            self.give_back(connection)
            raise
        self.answered_at = monotonic()
        self.answers += 1
        self.give_back(connection)

    def attempt(self, work: Callable[[Session], Result]) -> Result:
        """Do work in a session of its own. Raises Unreachable when none can be had, else what the work raises."""
        is_asked = False
        try:
            with self.session() as session:
                is_asked = True
                return work(session)
        except CdcError as error:
            if is_asked:
                raise
            raise Unreachable(error) from error

    def acquire(self) -> oracledb.Connection:
        """A connection of the pool. Where Oracle allows fewer sessions than are wanted, one that comes back serves."""
        self.guard.check()
        while True:
            if not self.places.take(self.settings.pool_wait_seconds):
                raise NoSessionFree(
                    f"no session came free within {self.settings.pool_wait_seconds:g} s (ORACLE_POOL_WAIT_SECONDS); "
                    f"{self.places.allowed} are in use"
                )
            try:
                return self.log_in()
            except SessionsExhausted:
                if not self.places.refused():
                    raise
            except BaseException:
                self.places.give_back()
                raise

    def log_in(self) -> oracledb.Connection:
        try:
            with self.calling(is_round_trip=False), translated("log-in"):
                connection = self.open_pool().acquire()
        except OracleCredentialsError as error:
            self.forget()
            self.guard.refuse(error)
            raise
        except CdcError:
            self.answered_at = None
            raise
        self.guard.accept()
        self.in_use.add(connection)
        return connection

    def ensure_usable(self) -> None:
        """Raises what is wrong with Oracle; costs a round trip only when it has not answered lately."""
        if self.answered_at is None or monotonic() - self.answered_at > USABLE_SECONDS:
            with self.session() as session:
                session.ping()

    def give_back(self, connection: oracledb.Connection) -> None:
        """The pool throws a lost one away by itself. Told to by `drop` it never frees it: the driver's statements and
        their connection hold each other where the collector can't see it, some 400 KB each."""
        self.in_use.discard(connection)
        try:
            connection.close()
        except (oracledb.Error, OSError) as error:
            logger.debug("giving a session back failed: %s", type(error).__name__)
        finally:
            self.places.give_back()

    def open_pool(self) -> oracledb.ConnectionPool:
        """The pool; a first single session proves the log-in, because a pool's worth of refused ones locks the
        account."""
        with self.lock:
            if self.pool is None:
                self.login.verify()
                self.pool = oracledb.create_pool(
                    **connect_arguments(self.settings),
                    min=1,
                    max=self.places.wanted,
                    increment=1,
                    getmode=oracledb.POOL_GETMODE_TIMEDWAIT,
                    wait_timeout=round(self.settings.pool_wait_seconds * 1000),
                    ping_timeout=round(self.settings.call_timeout_seconds * 1000),
                )
                logger.info(
                    "logged in to Oracle, a pool of up to %d sessions is open", self.places.wanted
                )
            return self.pool

    def forget(self) -> None:
        """Closes the pool; the next use logs in anew.

        A pool with sessions in use is only let go: to close one under the thread that waits for its answer crashes the
        driver.
        """
        with self.lock:
            pool, self.pool = self.pool, None
        if pool is not None:
            try:
                pool.close(force=False)
            except (oracledb.Error, OSError) as error:
                logger.debug("closing the pool failed: %s", type(error).__name__)

    def close(self) -> bool:
        """Closes the pool for good. False when that can't be done: a session is in use, or the driver waits, without a
        limit, for a log-in that is not answered."""
        if self.in_use:
            return False
        closing = threading.Thread(target=self.forget, name="close", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)
        return not closing.is_alive()

    def cancel(self) -> None:
        """Interrupts what runs now, from another thread."""
        for connection in list(self.in_use):
            try:
                connection.cancel()
            except (oracledb.Error, OSError) as error:
                logger.debug("cancel failed: %s", type(error).__name__)
