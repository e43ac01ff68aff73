"""The lock of a program: one copy at a time works under its name."""

from __future__ import annotations

from time import monotonic

from oracle_cdc.errors import HeldElsewhere
from oracle_cdc.mariadb.database import Client, Database
from oracle_cdc.mariadb.names import name_lock


class ProgramLock:
    """Is had by a connection as long as that lives, and taken anew by the next one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.program = ""
        #: The connection that has it, or had it last.
        self.holder: Client | None = None
        #: When it took it, on the monotonic clock.
        self.taken_at = 0.0

    @property
    def is_held(self) -> bool:
        """Return whether the connection has it, as far as is known."""
        return self.holder is not None and self.holder is self.database.connection

    def take(self, program: str) -> None:
        """Take it unless the connection has it. Raises HeldElsewhere."""
        if self.is_held and program == self.program:
            return
        (row,) = self.database.query("take_lock", lock=name_lock(program))
        if row["IS_TAKEN"] != 1:
            raise HeldElsewhere(self.describe(program, row["HOLDER"]))
        self.program = program
        self.holder = self.database.connection
        self.taken_at = monotonic()

    def describe(self, program: str, session: int | None) -> str:
        """Return who has the lock of a program, in words.

        It may be a connection of this very copy that died unnoticed by the server.
        """
        if self.is_former(session):
            return (
                f"this copy's former session {session} has the lock of {program}: standing by "
                "until MariaDB ends it"
            )
        said = f"another copy runs as {program}: standing by"
        if session is not None:
            said += f"; session {session} of MariaDB has its lock"
        return said

    def is_former(self, session: int | None) -> bool:
        """Return whether it is the connection that had the lock before.

        A server that was started since numbers its sessions from the begin.
        """
        if self.holder is None or session != self.holder.session_id:
            return False
        (row,) = self.database.query("read_uptime")
        return int(row["Value"]) + 1 >= monotonic() - self.taken_at
