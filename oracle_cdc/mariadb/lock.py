"""The lock of a program: one copy at a time works under its name."""

from __future__ import annotations

from oracle_cdc.errors import HeldElsewhere
from oracle_cdc.mariadb.database import Database
from oracle_cdc.mariadb.names import name_lock


class ProgramLock:
    """Is had by a connection as long as that lives, and taken anew by the next one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.program = ""
        #: The connection that has it.
        self.holder: object = None

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
            raise HeldElsewhere(f"another copy runs as {program}: standing by")
        self.program = program
        self.holder = self.database.connection
