"""Sessions of Oracle, lent to threads, a limited number at a time."""

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
    OracleUnavailable,
    SessionsExhausted,
    Unreachable,
)
from oracle_cdc.oracle.login import password_of
from oracle_cdc.oracle.pool import Pool
from oracle_cdc.oracle.queries import Statements
from oracle_cdc.oracle.session import Session
from oracle_cdc.oracle.session_limit import Places
from oracle_cdc.running.dependencies import Calling, unwatched
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.settings.sections import OracleSettings

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: How long closing may take.
CLOSE_SECONDS = 1.0
#: How long after an answer Oracle is taken as usable without asking.
USABLE_SECONDS = 60.0


class Database:
    """Sessions of Oracle, a limited number at a time.

    Raises on use: OracleUnavailable, OracleCredentialsError, OracleConfigurationError.

    Parameters:
        password: as it is now, and how it is read again. None: as the settings have it.
    """

    def __init__(
        self,
        settings: OracleSettings,
        statements: Statements,
        *,
        password: Secret | None = None,
        sessions: int = 4,
        calling: Calling = unwatched,
    ) -> None:
        self.settings = settings
        self.calling = calling
        self.statements = statements
        self.places = Places(sessions)
        self.password = password or password_of(settings)
        self.pool = Pool(settings, self.password, sessions)
        self.in_use: set[oracledb.Connection] = set()
        #: When a session last ended well; None after a failure of Oracle itself.
        self.answered_at: float | None = None
        #: How many sessions have ended well. Only whether it moves matters, so threads need no
        #: lock.
        self.answers = 0

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Lend a session to this thread, which is rolled back at the end.

        A broken one is thrown away.
        """
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
        """Do work in a session of its own.

        Raises Unreachable when none can be had, else what the work raises.
        """
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
        """Take a connection of the pool.

        Where Oracle allows fewer sessions than are wanted, one that comes back serves.
        """
        wait_seconds = self.settings.pool_wait_seconds
        while True:
            if not self.places.take(wait_seconds):
                raise NoSessionFree(
                    f"no session came free within {wait_seconds:g} s (ORACLE_POOL_WAIT_SECONDS); "
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
        """Take a connection of the pool, whose log-in may be refused."""
        try:
            with self.calling(is_round_trip=False):
                connection = self.pool.acquire()
        except CdcError:
            self.answered_at = None
            raise
        self.in_use.add(connection)
        return connection

    def ensure_usable(self) -> None:
        """Raise what is wrong with Oracle, which is asked only when it has not answered lately."""
        if self.answered_at is None or monotonic() - self.answered_at > USABLE_SECONDS:
            with self.session() as session:
                session.ping()

    def give_back(self, connection: oracledb.Connection) -> None:
        """Give a connection back to the pool, and its place to who waits for one."""
        self.in_use.discard(connection)
        try:
            self.pool.give_back(connection)
        finally:
            self.places.give_back()

    def close(self) -> bool:
        """Close the pool, and return whether nothing is left open.

        It is where a session is in use, or a log-in is not answered.
        """
        if self.in_use:
            return False
        closing = threading.Thread(target=self.pool.close, name="close", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)
        return not closing.is_alive() and self.pool.attempt is None

    def cancel(self) -> None:
        """Interrupt what runs now, from another thread."""
        for connection in list(self.in_use):
            try:
                connection.cancel()
            except (oracledb.Error, OSError) as error:
                logger.debug("cancel failed: %s", type(error).__name__)
