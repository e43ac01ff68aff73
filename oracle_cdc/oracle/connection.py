"""A connection of the driver: the deadline of its calls, and how its transactions end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import oracledb

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.translation import translated
from oracle_cdc.running.dependencies import Calling, unwatched

# In the log it is one thing with the session.
logger = logging.getLogger("oracle_cdc.oracle.session")

#: How long a rollback after a failure may take.
UNDO_SECONDS = 5.0


class Connection:
    """One connection in one thread's hands, with a deadline for each call."""

    def __init__(
        self,
        connection: oracledb.Connection,
        call_timeout_seconds: float,
        calling: Calling = unwatched,
    ) -> None:
        self.connection = connection
        self.calling = calling
        self.call_timeout_seconds = call_timeout_seconds
        self.set_deadline(call_timeout_seconds)

    def ping(self) -> None:
        with self.calling(), translated("ping"):
            self.connection.ping()

    def commit(self) -> None:
        with self.calling(), translated("commit"):
            self.connection.commit()

    def rollback(self) -> None:
        with self.calling(), translated("rollback"):
            self.connection.rollback()

    def undo(self) -> None:
        """Roll back after a failure, before the pool gets the connection.

        The pool rolls back only what the driver knows of: of a call that was cancelled in the
        middle of an array that is nothing, and the rows would stay locked.
        """
        if not self.connection.is_healthy():
            return
        try:
            with self.deadline(UNDO_SECONDS):
                self.rollback()
        except CdcError as error:
            logger.debug("rolling back failed: %s", error)

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Set a shorter deadline for the calls inside the block."""
        self.set_deadline(min(seconds, self.call_timeout_seconds))
        try:
            yield
        finally:
            self.set_deadline(self.call_timeout_seconds)

    def set_deadline(self, seconds: float) -> None:
        """Set the deadline of each call from now on.

        A connection that is lost is left as it is: setting it there ends the whole process with a
        segmentation fault in the driver. The next call reports the loss.
        """
        if self.connection.is_healthy():
            self.connection.call_timeout = round(seconds * 1000)
