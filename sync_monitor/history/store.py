"""The history of a monitor: one thread writes, any thread reads, a damaged file ends nothing."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from oracle_cdc.running.clock import utc_now
from sync_monitor.errors import HistoryDamaged, HistoryUnavailable
from sync_monitor.history.directory import require_sqlite, take_directory
from sync_monitor.history.file import FILE, connect, set_aside
from sync_monitor.history.migrations import Script, migrate, read_scripts
from sync_monitor.history.reader import Reader, translate

T = TypeVar("T")
logger = logging.getLogger(__name__)

#: What SQLite says of what it is given, not of the file.
OF_VALUES = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)


class Work(NamedTuple):
    """What the writer does within one transaction, and where its result goes."""

    run: Callable[[sqlite3.Connection], Any]
    result: Future[Any]


class Store:
    """The history's file, held by its one writer until it is closed.

    Parameters:
        directory: of this monitor alone.
        scripts: the versions of the schema, in their order.
        clock: the time, for the name of a damaged file.

    Raises SettingsError for a directory that can't be used or a file of a newer program, and
    HistoryUnavailable where nothing can be written at all.
    """

    def __init__(
        self,
        directory: Path,
        scripts: Sequence[Script] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.path = directory / FILE
        self._scripts = scripts or read_scripts()
        self._clock = clock
        require_sqlite()
        self._lock_file = take_directory(directory)
        self._queue: queue.Queue[Work | None] = queue.Queue()
        try:
            self._connection: sqlite3.Connection | None = self._open_or_begin()
        except BaseException:
            self._lock_file.close()
            raise
        self._reader = Reader(self.path)
        self._thread = threading.Thread(target=self._serve, name="history", daemon=True)
        self._thread.start()

    def __enter__(self) -> Store:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something within one transaction in the writer's thread, and return what it returns.

        Raises HistoryUnavailable when nothing was written, and what the work itself raises. A
        damaged file is moved aside first, and the work is done in a new one.
        """
        result: Future[T] = Future()
        self._queue.put(Work(work, result))
        if not self._thread.is_alive():
            self._refuse_rest()
        return result.result()

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Ask something in this thread, and return the answer, which is of one moment.

        Raises HistoryUnavailable. A damaged file is moved aside, and the new one is asked.
        """
        try:
            return self._reader.read(work)
        except HistoryDamaged:
            self.write(check_whole)
            return self._reader.read(work)

    def close(self) -> None:
        """Let the writer finish what it was given, and give the directory back."""
        self._queue.put(None)
        self._thread.join()
        self._refuse_rest()
        self._reader.close()
        self._let_go()
        self._lock_file.close()

    def _serve(self) -> None:
        while (work := self._queue.get()) is not None:
            try:
                answer = self._run(work.run)
            except BaseException as error:
                work.result.set_exception(error)
            else:
                work.result.set_result(answer)

    def _refuse_rest(self) -> None:
        """Let nobody wait for a writer that has ended."""
        with suppress(queue.Empty):
            while True:
                work = self._queue.get_nowait()
                if work is not None:
                    work.result.set_exception(HistoryUnavailable("the history is closed"))

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._open_or_begin()
        try:
            return transact(self._connection, work)
        except OF_VALUES:
            raise
        except sqlite3.Error as error:
            translated = translate(error)
            if not isinstance(translated, HistoryDamaged):
                raise translated from error
        self._let_go()
        self._connection = self._begin_anew()
        try:
            return transact(self._connection, work)
        except OF_VALUES:
            raise
        except sqlite3.Error as error:
            raise translate(error) from error

    def _let_go(self) -> None:
        """Close the connection. The next work opens one."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _open_or_begin(self) -> sqlite3.Connection:
        try:
            return open_whole(self.path, self._scripts)
        except sqlite3.Error as error:
            translated = translate(error)
            if not isinstance(translated, HistoryDamaged):
                raise translated from error
        return self._begin_anew()

    def _begin_anew(self) -> sqlite3.Connection:
        try:
            self._move_aside()
            return open_whole(self.path, self._scripts)
        except (OSError, sqlite3.Error) as error:
            raise translate(error) from error

    def _move_aside(self) -> None:
        aside = set_aside(self.path, self._clock())
        logger.error(
            "The history was damaged: it is now %s, and a new one is begun. "
            "What was known before is missing from pages, SLA and audit trail",
            aside,
        )


def open_whole(path: Path, scripts: Sequence[Script]) -> sqlite3.Connection:
    """Open a file that is not damaged, and bring it up to date. Raises sqlite3.Error."""
    connection = connect(path)
    try:
        check_whole(connection)
        migrate(connection, path, scripts)
    except BaseException:
        connection.close()
        raise
    return connection


def transact(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Do something within one transaction: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        answer = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have ended it already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answer


def check_whole(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError for a file that is damaged."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError("database disk image is malformed")
