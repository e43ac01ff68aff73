"""The end that another session may give to this one."""

from __future__ import annotations

from collections.abc import Callable

from oralite.errors import OraError
from oralite.storage.transaction import Transaction

#: A call of the killed session has this time to notice.
_NOTICE_SECONDS = 5.0


class Killing:
    """Whether a session was killed. interrupted: whether its client wants its call to end."""

    def __init__(self, interrupted: Callable[[], bool]) -> None:
        self.is_done = False
        self._interrupted = interrupted

    def must_end(self) -> bool:
        """Return whether the call under way is to end, whoever wants it."""
        return self.is_done or self._interrupted()

    def kill(self, transaction: Transaction) -> None:
        """End the call under way and take the changes back. Safe to call from any thread.

        Raises ORA-00031 where the call goes on. Its end takes them back then.
        """
        self.is_done = True
        if not transaction.busy.acquire(timeout=_NOTICE_SECONDS):
            raise OraError(31, "session marked for kill")
        try:
            transaction.rollback()
        finally:
            transaction.busy.release()

    def take_back(self, transaction: Transaction) -> None:
        """Roll back, at the end of a call, what a killed session has changed."""
        if self.is_done:
            with transaction.busy:
                transaction.rollback()
