"""A database of a test's own on a real server, and what a person does to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import pymysql

from oracle_cdc.mariadb.database import Database
from oracle_cdc.mariadb.tables import create_tables
from oracle_cdc.mariadb.tracking import MariaDbTracking
from oracle_cdc.settings.sections import MariaDbSettings
from standins.mariadbserver import MariaDbServer

NUMBERS = itertools.count(1)
PASSWORD = "pä'ss"
NO_SUCH_THREAD = 1094
RIGHTS = "SELECT, INSERT, UPDATE, DELETE, CREATE"


class Schema:
    """A database, a user who may use it, and a program whose name no other test has.

    Parameters:
        opened: closes at the end what is opened here.
    """

    def __init__(self, server: MariaDbServer, opened: ExitStack) -> None:
        self.server = server
        self.opened = opened
        number = next(NUMBERS)
        self.name = f"etl_{number}"
        self.user = f"writer_{number}"
        self.program = f"PROGRAM_{number}"
        self.administer(f"CREATE DATABASE {self.name}")
        self.administer(f"CREATE USER {self.user}@'127.0.0.1' IDENTIFIED BY %s", PASSWORD)
        self.administer(f"GRANT {RIGHTS} ON {self.name}.* TO {self.user}@'127.0.0.1'")

    def administer(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Run a statement as root, and return its rows."""
        with self.server.administer() as connection, connection.cursor() as cursor:
            if sql.startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "ALTER", "DROP")):
                connection.select_db(self.name)
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())

    def settings(self, **given: Any) -> MariaDbSettings:
        usual = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "database": self.name,
            "user": self.user,
            "password": PASSWORD,
            "connect_timeout_seconds": 60,
            "read_timeout_seconds": 60,
        }
        return MariaDbSettings.model_validate(usual | given)

    def database(self, *, silence_seconds: int = 300, **given: Any) -> Database:
        database = Database(self.settings(**given), silence_seconds=silence_seconds)
        self.opened.callback(database.close)
        return database

    def tracking(self, **given: Any) -> MariaDbTracking:
        return MariaDbTracking(self.database(**given))

    def make_tables(self) -> None:
        database = self.database()
        create_tables(database)
        database.close()

    def row(self) -> dict[str, Any]:
        """Return the program's row."""
        (row,) = self.administer("SELECT * FROM ETL_PRMREC WHERE PROGRAM_NAME = %s", self.program)
        return row

    def set(self, column: str, value: object) -> None:
        """Change the program's row, as a person does."""
        self.administer(
            f"UPDATE ETL_PRMREC SET {column} = %s WHERE PROGRAM_NAME = %s", value, self.program
        )

    def exact(self) -> datetime | None:
        """Return the exact watermark."""
        found = self.administer(
            "SELECT LAST_TIME FROM ETL_SLICES WHERE PROGRAM_NAME = %s "
            "AND SLICE_START = '1000-01-01'",
            self.program,
        )
        return found[0]["LAST_TIME"]

    def sessions(self) -> list[int]:
        """Return the numbers of the user's sessions."""
        found = self.administer(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = %s", self.user
        )
        return [row["ID"] for row in found]

    def kill_sessions(self) -> None:
        """End the user's sessions, and wait until they are gone."""
        for number in self.sessions():
            self.kill_session(number)
        self.wait_until_gone()

    def kill_session(self, number: int) -> None:
        """End a session, which may have ended by itself since it was listed."""
        try:
            self.administer(f"KILL CONNECTION {number}")
        except pymysql.err.OperationalError as error:
            if error.args[0] != NO_SUCH_THREAD:
                raise

    def wait_until_gone(self) -> None:
        """Wait until the user has no session. The test's time-out ends it else."""
        while self.sessions():
            pass


@contextmanager
def new_schema(server: MariaDbServer) -> Iterator[Schema]:
    """Lend a database with its tables until the block ends."""
    with ExitStack() as opened:
        schema = Schema(server, opened)
        schema.make_tables()
        yield schema
