"""The line from the service and the monitor to Oracle, which can be cut.

Others write on meanwhile, as applications do that run beside Oracle.
"""

from __future__ import annotations

from contextlib import closing

from oracle_cdc.demo.all.monitor import USER as MONITOR_USER
from oracle_cdc.demo.database import Database
from oracle_cdc.demo.dba import SERVICE_USER, Dba

CUT_OFF = (SERVICE_USER, MONITOR_USER)


class OracleLine:
    """Cuts off the users of the service and of the monitor, by what oralite offers for that."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def go_away(self) -> None:
        """Cut their sessions, and refuse their log-ins."""
        faults: list[str] = []
        for user in CUT_OFF:
            faults.append(f"drop on call times always for {user}")
            faults.append(f"refuse logins error 1034 for {user} times always")
        self.order(*faults)

    def come_back(self) -> None:
        self.order("clear")

    def order(self, *faults: str) -> None:
        with (
            closing(Dba(self.database.dsn, self.database.dba_password)) as dba,
            dba.connection.cursor() as cursor,
        ):
            for fault in faults:
                cursor.execute(f"ALTER SYSTEM SET oralite_fault = '{fault}'")
