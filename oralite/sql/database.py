"""The database: what its sessions share, and the sessions that work on it."""

from __future__ import annotations

from collections.abc import Callable

from oralite.errors import OraError
from oralite.sql.shared import Shared
from oralite.sql.sqlsession import SqlSession


class Database(Shared):
    """What all sessions share, and where they are opened."""

    def password_of(self, user: str) -> str | None:
        known = self.catalog.users.get(user)
        if known is None:
            return None
        return known.password

    def open_session(
        self, user: str, *, interrupted: Callable[[], bool], number: int = 0
    ) -> SqlSession:
        """Open a session. number: as V$SESSION shows it.

        Raises ORA-01045 for a user without CREATE SESSION, and ORA-02391 where its profile allows
        no more.
        """
        if not self.catalog.has(user, "CREATE SESSION"):
            raise OraError(1045, f"user {user} lacks CREATE SESSION privilege; logon denied")
        session = SqlSession(self, user, interrupted, number)
        if not self.sessions.add(session, self.catalog.sessions_per_user(user)):
            session.close()
            raise OraError(2391, "exceeded simultaneous SESSIONS_PER_USER limit")
        return session

    def close(self) -> None:
        """Close all sessions and then the file. What is not committed is rolled back."""
        for session in self.sessions:
            session.close()
        super().close()
