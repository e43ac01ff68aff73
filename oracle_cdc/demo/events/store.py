"""The database in MariaDB that keeps the progress, as its administrator makes and reads it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from oracle_cdc.demo.events.mariadbserver import MariaDb
from oracle_cdc.mariadb.tables import read_statements

DATABASE, USER = "etl_tracking", "cdc_service"
RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
PROGRESS = "SELECT * FROM ETL_PRMREC"
SET_ASIDE = "SELECT ROW_KEY, REASON FROM ETL_SET_ASIDE ORDER BY SET_ASIDE_AT, ROW_KEY"


class Progress(NamedTuple):
    """The row of ETL_PRMREC that people read."""

    status: str
    last_time: datetime | None
    records: int


class Store:
    """A database with its tables, and a user who may use them."""

    def __init__(self, server: MariaDb) -> None:
        self.server = server
        self.password = f"Etl_{secrets.token_hex(12)}"

    def create(self) -> None:
        """Create it, by init_mariadb_tables.sql."""
        with self.server.administer() as session, session.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {DATABASE}")
            session.select_db(DATABASE)
            for statement in read_statements():
                cursor.execute(statement)
        self.admit(USER, self.password, RIGHTS)

    def admit(self, user: str, password: str, rights: str) -> None:
        """Make a user with some rights on it."""
        who = f"{user}@'127.0.0.1'"
        with self.server.administer() as session, session.cursor() as cursor:
            cursor.execute(f"CREATE USER {who} IDENTIFIED BY %s", [password])
            cursor.execute(f"GRANT {rights} ON {DATABASE}.* TO {who}")

    def read_progress(self) -> Progress | None:
        """Return the program's row, None while it never began."""
        with self.server.administer(DATABASE) as session, session.cursor() as cursor:
            cursor.execute(PROGRESS)
            row = cursor.fetchone()
        if row is None:
            return None
        return Progress(row["STATUS"], row["LAST_SUCCESSFUL_TIME"], row["RECORDS_PROCESSED"])

    def read_set_aside(self) -> Mapping[str, str]:
        """Return why rows were set aside, by their ids."""
        reasons = {}
        with self.server.administer(DATABASE) as session, session.cursor() as cursor:
            cursor.execute(SET_ASIDE)
            for row in cursor.fetchall():
                reasons[row["ROW_KEY"]] = row["REASON"]
        return reasons
