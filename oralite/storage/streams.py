"""Results that are too long to hold: their rows are made, or read from a file, as the client takes
them.
"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from typing import IO, cast

from oralite.model import Row

_ROWS_AT_ONCE = 1000
_LENGTH_BYTES = 8


class Stream:
    """The rows behind those that an execution gave at once.

    fetching: entered while rows are made. on_end: called once, when no row is left or the stream is
    closed.
    """

    def __init__(
        self,
        first: Row,
        rows: Iterator[Row],
        fetching: Callable[[], AbstractContextManager[None]],
        on_end: Callable[[], None],
    ) -> None:
        self._ahead = [first]
        self._rows = rows
        self._fetching = fetching
        self._on_end: Callable[[], None] | None = on_end

    @property
    def is_exhausted(self) -> bool:
        return not self._ahead

    def take(self, count: int) -> list[Row]:
        """Return the next rows. One more is made, to know whether there is one."""
        with self._fetching():
            rows = self._ahead + list(islice(self._rows, count + 1 - len(self._ahead)))
        self._ahead = rows[count:]
        if self.is_exhausted:
            self.close()
        return rows[:count]

    def close(self) -> None:
        """Close it. Safe to call twice."""
        self._ahead.clear()
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end()


def spool(rows: Iterator[Row]) -> Iterator[Row]:
    """Read all rows now, into a file without a name, and give them from there."""
    # Closed with the rows.
    file = cast("IO[bytes]", tempfile.TemporaryFile(prefix="oralite-"))  # noqa: SIM115
    while portion := list(islice(rows, _ROWS_AT_ONCE)):
        content = marshal.dumps(portion)
        file.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
    file.seek(0)
    return _read_back(file)


def _read_back(file: IO[bytes]) -> Iterator[Row]:
    with file:
        while portion := _next_portion(file):
            yield from portion


def _next_portion(file: IO[bytes]) -> list[Row]:
    length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
    if length:
        return cast("list[Row]", marshal.loads(file.read(length)))
    return []
