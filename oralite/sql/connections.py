"""The SQLite connections of one session: the one that it works on, and those that results are still
fetched from.
"""

from __future__ import annotations

from collections.abc import Callable

import apsw

from oralite.dictionary import lookup
from oralite.dictionary.viewer import Viewer
from oralite.sql.context import SessionContext
from oralite.sql.install import install
from oralite.sql.shared import Shared

#: The steps of SQLite's machine between two looks at the client: about a millisecond.
_STEPS_BETWEEN_POLLS = 20_000
#: The most results that are under way in a session at once.
_MOST_LENT = 8


class Link:
    """A connection with the functions installed and the context that they see.

    views: the dictionary's views that are in the connection already.
    """

    def __init__(
        self,
        shared: Shared,
        user: str,
        interrupted: Callable[[], bool],
        current_numbers: dict[str, int],
    ) -> None:
        self.context = SessionContext(shared.clock, user, shared.service, shared.charset)
        self.connection = shared.connect(current_numbers)
        self.views: set[str] = set()
        install(self.connection, self.context)
        self.connection.set_progress_handler(interrupted, _STEPS_BETWEEN_POLLS)

    def show(self, names: frozenset[str], viewer: Callable[[], Viewer]) -> None:
        """Bring views of the dictionary into the connection, if they are not there yet."""
        for name in names - self.views:
            lookup.install(self.connection, name, viewer)
        self.views |= names


class Links:
    """The connections of one session. current: the one that it works on."""

    def __init__(self, shared: Shared, user: str, interrupted: Callable[[], bool]) -> None:
        current_numbers: dict[str, int] = {}
        self._new: Callable[[], Link] = lambda: Link(shared, user, interrupted, current_numbers)
        self.current = self._new()
        self._lent: set[Link] = set()
        self._spare: list[Link] = []

    @property
    def connection(self) -> apsw.Connection:
        return self.current.connection

    @property
    def context(self) -> SessionContext:
        return self.current.context

    @property
    def can_lend(self) -> bool:
        return len(self._lent) < _MOST_LENT

    def lend(self) -> Link:
        """Leave the current one to a result with the snapshot that it holds, and go on with
        another.
        """
        lent = self.current
        self._lent.add(lent)
        if self._spare:
            self.current = self._spare.pop()
        else:
            self.current = self._new()
        self.current.context.continue_from(lent.context)
        return lent

    def take_back(self, link: Link) -> None:
        self._lent.remove(link)
        self._spare.append(link)

    def close(self) -> None:
        for link in (self.current, *self._lent, *self._spare):
            link.connection.close()
