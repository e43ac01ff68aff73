"""What all sessions of one database share: its file, catalog, clock, locks, plans and counts."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import apsw

from oralite.catalog import store
from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import User
from oralite.clock import Clock
from oralite.dictionary.viewer import ServerFacts
from oralite.sql.plan_cache import PlanCache
from oralite.sql.sessions import Sessions
from oralite.storage import sequences
from oralite.storage.files import DatabaseFile
from oralite.storage.locks import Locks

_DBA = frozenset({"DBA"})
_UNDO_SEGMENTS, _UNDO_SLOTS = 10, 33


class Shared:
    """What one database is beside its sessions.

    path None: in memory, gone when closed. user: who has DBA rights. on_fault: called with the text
    of ALTER SYSTEM SET oralite_fault. statistics: counts that V$ORALITE_STATS shows beside its own.
    version: what V$VERSION says. service: what its clients ask for. charset: NLS_CHARACTERSET. The
    server sets them.

    Raises OSError when the file is another process's or no database.
    """

    def __init__(
        self, path: str | None, *, user: str, password: str, clock: Clock | None = None
    ) -> None:
        self.on_fault: Callable[[str], None] = lambda _: None
        self.statistics: Callable[[], Mapping[str, int]] = dict
        self.version = "19.0.0.0.0"
        self.service = "XE"
        self.charset = "AL32UTF8"
        self.clock = clock or Clock()
        self.started = self.clock.now()
        self.locks = Locks()
        self.plans = PlanCache()
        self.sessions = Sessions()
        self._keys = sequences.Keys()
        self._counts: Counter[str] = Counter()
        # From the clock on, so that a server that is started again gives none a second time.
        self._transactions = itertools.count(time.time_ns() // 1_000_000)
        try:
            self._file = DatabaseFile(path)
            self._keeper = self._file.connect()
            self.catalog = self._prepare(user, password)
        except (apsw.NotADBError, apsw.CantOpenError) as error:
            place = Path(path or "").absolute()
            raise OSError(f"{place} is no database that can be used: {error}") from error
        self.sequences = sequences.Sequences(self._keeper)

    def _prepare(self, user: str, password: str) -> Catalog:
        self._keeper.execute("PRAGMA journal_mode = WAL").fetchall()
        with self._keeper:
            store.create(self._keeper)
            before = store.load(self._keeper)
            known = before.users.get(user, User(user, password, before.next_number))
            catalog = before.with_user(replace(known, password=password, privileges=_DBA))
            store.save(self._keeper, before, catalog)
        return catalog

    def connect(self, current_numbers: dict[str, int]) -> apsw.Connection:
        """Open a connection for a session.

        current_numbers: what CURRVAL gives in it, by sequence.
        """
        connection = self._file.connect()
        sequences.install(
            connection, self._keys, self.sequences, lambda: self.catalog, current_numbers
        )
        return connection

    def new_transaction(self) -> str:
        """Return an identifier in the form of Oracle's: undo segment, slot, sequence."""
        number = next(self._transactions)
        return f"{number % _UNDO_SEGMENTS + 1}.{number % _UNDO_SLOTS}.{number}"

    def count(self, word: str) -> None:
        """Count a statement by its first word."""
        self._counts[f"statements_{word.lower()}"] += 1

    @property
    def counts(self) -> Mapping[str, int]:
        """Return the server's statistics and the statements by their first word."""
        return {**self.statistics(), **self._counts}

    @property
    def facts(self) -> ServerFacts:
        return ServerFacts(
            version=self.version,
            charset=self.charset,
            started=self.started,
            counts=lambda: self.counts,
            sessions=lambda: self.sessions,
            next_number=self.sequences.peek,
        )

    def close(self) -> None:
        with self._keeper:
            self.sequences.save(self._keeper)
        self._keeper.close()
        self._file.close()
