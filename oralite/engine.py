"""The database: one SQLite file, its catalog, clock and locks, and the sessions that work on it."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import apsw

from oralite import dictionary, sequences
from oralite.catalog import Catalog, store
from oralite.catalog.definitions import UNLIMITED, User
from oralite.clock import Clock
from oralite.errors import OraError
from oralite.locks import Locks
from oralite.plans import Plans
from oralite.sqlsession import SqlSession

logger = logging.getLogger(__name__)

_DBA = frozenset({"DBA"})
_MEMORY = Path("/dev/shm")
_BUSY_MILLISECONDS = 10_000


class Database:
    """path None: in memory, gone when closed. user has DBA rights.

    on_fault: told of ALTER SYSTEM SET oralite_fault; statistics: counts to be seen in V$ORALITE_STATS beside its own.
    version: what V$VERSION says; the server sets it with its profile. Raises OSError when the file is another process's
    or no database.
    """

    def __init__(
        self, path: str | None, *, user: str, password: str, clock: Clock | None = None
    ) -> None:
        self.on_fault: Callable[[str], None] = lambda _: None
        self.statistics: Callable[[], Mapping[str, int]] = dict
        self.version = "19.0.0.0.0"
        self.clock = clock or Clock()
        self.started = self.clock.now()
        self.locks = Locks()
        self.plans = Plans()
        self.keys = sequences.Keys()
        self._counts: Counter[str] = Counter()
        self._sessions: set[SqlSession] = set()
        self._sessions_lock = threading.Lock()
        self._directory = contextlib.ExitStack()
        self._path = str(Path(path).absolute()) if path else self._temporary()
        self._durable = path is not None
        self._lock_file: apsw.Connection | None = None
        try:
            self._lock_file = self._claim_file()
            self._keeper = self.connect()
            self.catalog = self._prepare(user, password)
        except (apsw.NotADBError, apsw.CantOpenError) as error:
            raise OSError(f"{self._path} is no database that can be used: {error}") from error
        self.sequences = sequences.Sequences(self._keeper)

    def _temporary(self) -> str:
        directory = tempfile.TemporaryDirectory(
            prefix="oralite-", dir=_MEMORY if _MEMORY.is_dir() else None
        )
        return str(Path(self._directory.enter_context(directory)) / "database")

    def _claim_file(self) -> apsw.Connection | None:
        """A lock that ends with the process, however it ends."""
        if not self._durable:
            return None
        lock = apsw.Connection(f"{self._path}.lock")
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except apsw.BusyError as error:
            lock.close()
            raise OSError(f"{self._path} is in use by another process") from error
        return lock

    def connect(self) -> apsw.Connection:
        connection = apsw.Connection(self._path)
        connection.set_busy_timeout(_BUSY_MILLISECONDS)
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._durable else 'OFF'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -32768")
        return connection

    def _prepare(self, user: str, password: str) -> Catalog:
        self._keeper.execute("PRAGMA journal_mode = WAL").fetchall()
        with self._keeper:
            store.create(self._keeper)
            before = store.load(self._keeper)
            known = before.users.get(user, User(user, password, before.next_number))
            catalog = before.with_user(replace(known, password=password, privileges=_DBA))
            store.save(self._keeper, before, catalog)
        return catalog

    def install(self, connection: apsw.Connection, current_numbers: dict[str, int]) -> None:
        sequences.install(
            connection, self.keys, self.sequences, lambda: self.catalog, current_numbers
        )

    def show(self, session: SqlSession, name: str) -> None:
        """Brings a view of the dictionary into the session's connection."""
        dictionary.install(session, name)

    def count(self, word: str) -> None:
        self._counts[f"statements_{word.lower()}"] += 1

    @property
    def counts(self) -> Mapping[str, int]:
        """The server's statistics and the statements by their first word."""
        return {**self.statistics(), **self._counts}

    @property
    def sessions(self) -> frozenset[SqlSession]:
        with self._sessions_lock:
            return frozenset(self._sessions)

    def password_of(self, user: str) -> str | None:
        known = self.catalog.users.get(user)
        return known.password if known else None

    def open_session(
        self, user: str, *, interrupted: Callable[[], bool], number: int = 0
    ) -> SqlSession:
        """number: as V$SESSION shows it.

        Raises ORA-01045 for a user without CREATE SESSION, and ORA-02391 where its profile allows no more.
        """
        if not self.catalog.has(user, "CREATE SESSION"):
            raise OraError(1045, f"user {user} lacks CREATE SESSION privilege; logon denied")
        session = SqlSession(self, user, interrupted, number)
        with self._sessions_lock:
            is_one_too_many = self._has_all_sessions(user)
            if not is_one_too_many:
                self._sessions.add(session)
        if is_one_too_many:
            session.close()
            raise OraError(2391, "exceeded simultaneous SESSIONS_PER_USER limit")
        return session

    def _has_all_sessions(self, user: str) -> bool:
        limit = self.catalog.sessions_per_user(user)
        return limit != UNLIMITED and sum(
            session.user == user for session in self._sessions
        ) >= int(limit)

    def forget(self, session: SqlSession) -> None:
        with self._sessions_lock:
            self._sessions.discard(session)

    def close(self) -> None:
        for session in self.sessions:
            session.close()
        with self._keeper:
            self.sequences.save(self._keeper)
        self._keeper.close()
        if self._lock_file is not None:
            self._lock_file.close()
        self._directory.close()


__all__ = ["Clock", "Database", "SqlSession"]
