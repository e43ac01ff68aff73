"""The SQLite connections of one session: the one that it works on, and those that results are still fetched from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from oralite.context import SessionContext
from oralite.install import install

if TYPE_CHECKING:
    from oralite.engine import Database

#: So many steps of SQLite's machine pass between two looks at the client: about a millisecond.
_STEPS_BETWEEN_POLLS = 20_000
#: So many results are under way in a session at once.
_MOST_LENT = 8


class Link:
    """A connection with the functions installed and the context that they see.

    views: the dictionary's views that are in the connection already.
    """

    def __init__(
        self,
        database: Database,
        user: str,
        interrupted: Callable[[], bool],
        current_numbers: dict[str, int],
    ) -> None:
        self.context = SessionContext(database.clock, user)
        self.connection = database.connect()
        self.views: set[str] = set()
        install(self.connection, self.context)
        database.install(self.connection, current_numbers)
        self.connection.set_progress_handler(interrupted, _STEPS_BETWEEN_POLLS)


class Links:
    """current: the one that the session works on."""

    def __init__(self, database: Database, user: str, interrupted: Callable[[], bool]) -> None:
        self._new: Callable[[], Link] = lambda: Link(database, user, interrupted, current_numbers)
        current_numbers: dict[str, int] = {}
        self.current = self._new()
        self._lent: set[Link] = set()
        self._spare: list[Link] = []

    @property
    def can_lend(self) -> bool:
        return len(self._lent) < _MOST_LENT

    def lend(self) -> Link:
        """Leave the current one to a result with the snapshot that it holds, and go on with another."""
        lent = self.current
        self._lent.add(lent)
        self.current = self._spare.pop() if self._spare else self._new()
        self.current.context.continue_from(lent.context)
        return lent

    def take_back(self, link: Link) -> None:
        self._lent.remove(link)
        self._spare.append(link)

    def close(self) -> None:
        for link in (self.current, *self._lent, *self._spare):
            link.connection.close()
