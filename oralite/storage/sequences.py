"""Row keys and the numbers of sequences: handed out in memory, never twice, kept on disk at each
commit.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import apsw

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import ROWID, Sequence
from oralite.errors import OraError
from oralite.storage.internal_functions import of_int


class Keys:
    """The hidden keys of new rows, by table number: transactions that are parked must not meet on
    one.
    """

    def __init__(self) -> None:
        self._counters: dict[int, Iterator[int]] = {}
        self._lock = threading.Lock()

    def next(self, connection: apsw.Connection, catalog: Catalog, number: int) -> int:
        counter = self._counters.get(number)
        return next(counter if counter is not None else self._counter(connection, catalog, number))

    def _counter(self, connection: apsw.Connection, catalog: Catalog, number: int) -> Iterator[int]:
        with self._lock:
            if number not in self._counters:
                table = next(table for table in catalog.tables() if table.number == number)
                # Names of the catalog.
                sql = f"SELECT coalesce(max({ROWID}), 0) FROM {table.stored_name}"  # noqa: S608
                greatest = int(str(connection.execute(sql).fetchall()[0][0]))
                self._counters[number] = itertools.count(greatest + 1)
            return self._counters[number]


class Sequences:
    """What each sequence gives next. Numbers of rolled back transactions are not given again."""

    def __init__(self, connection: apsw.Connection) -> None:
        rows = connection.execute('SELECT name, next FROM "oralite#sequences"')
        self._next: dict[str, int] = {str(name): int(number) for name, number in rows}
        self._unsaved: set[str] = set()
        self._lock = threading.Lock()

    def next(self, sequence: Sequence) -> int:
        """Return the next number of a sequence. Raises ORA-08004 when it has no more."""
        name = f"{sequence.owner}.{sequence.name}"
        with self._lock:
            number = self._next.get(name, sequence.start)
            if not sequence.least <= number <= sequence.greatest:
                number = self._restart(sequence)
            self._next[name] = number + sequence.increment
            self._unsaved.add(name)
        return number

    def _restart(self, sequence: Sequence) -> int:
        if not sequence.cycle:
            if sequence.increment > 0:
                limit = "MAXVALUE"
            else:
                limit = "MINVALUE"
            raise OraError(
                8004, f"sequence {sequence.name}.NEXTVAL exceeds {limit} and cannot be instantiated"
            )
        if sequence.increment > 0:
            return sequence.least
        return sequence.greatest

    def drop(self, name: str) -> None:
        with self._lock:
            self._next.pop(name, None)
            self._unsaved.discard(name)

    def peek(self, sequence: Sequence) -> int:
        return self._next.get(f"{sequence.owner}.{sequence.name}", sequence.start)

    def save(self, connection: apsw.Connection) -> None:
        """Save, in the transaction that is being committed, what it used."""
        if not self._unsaved:
            return
        with self._lock:
            rows = []
            for name in self._unsaved:
                if name in self._next:
                    rows.append((name, self._next[name]))
            self._unsaved.clear()
        connection.executemany('INSERT OR REPLACE INTO "oralite#sequences" VALUES (?, ?)', rows)


def install(
    connection: apsw.Connection,
    keys: Keys,
    sequences: Sequences,
    catalog: Callable[[], Catalog],
    current: dict[str, int],
) -> None:
    """Install ora_row, ora_nextval and ora_currval for one session.

    current: what CURRVAL gives, by sequence.
    """

    def row(*numbers: Any) -> int:
        return keys.next(connection, catalog(), *numbers)

    def nextval(*names: Any) -> bytes | None:
        (name,) = names
        owner, _, plain = name.partition(".")
        current[name] = sequences.next(catalog().sequence(owner, plain))
        return of_int(current[name])

    def currval(*names: Any) -> bytes | None:
        (name,) = names
        if name not in current:
            raise OraError(
                8002,
                f"sequence {name.partition('.')[2]}.CURRVAL is not yet defined in this session",
            )
        return of_int(current[name])

    connection.create_scalar_function("ora_row", row)
    connection.create_scalar_function("ora_nextval", nextval)
    connection.create_scalar_function("ora_currval", currval)
