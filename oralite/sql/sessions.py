"""The sessions that are open in one database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

from oralite.catalog.definitions import UNLIMITED
from oralite.dictionary.viewer import ShownSession


class OpenSession(ShownSession, Protocol):
    """A session as the others know it."""

    def close(self) -> None: ...

    def kill(self) -> None: ...


class Sessions:
    """All that are open. Iterating goes over those of the moment at which it begins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[OpenSession] = set()

    def __iter__(self) -> Iterator[OpenSession]:
        with self._lock:
            return iter(frozenset(self._open))

    def add(self, session: OpenSession, limit: str) -> bool:
        """Add a session unless its user has as many as the limit allows.

        Returns whether it was added.
        """
        with self._lock:
            if limit != UNLIMITED and self._count(session.user) >= int(limit):
                return False
            self._open.add(session)
            return True

    def _count(self, user: str) -> int:
        return [session.user for session in self._open].count(user)

    def discard(self, session: OpenSession) -> None:
        with self._lock:
            self._open.discard(session)

    def has_user(self, user: str) -> bool:
        for session in self:
            if session.user == user:
                return True
        return False
