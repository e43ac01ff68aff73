"""A database whose application's changes are captured, by users with no more rights than needed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import oracledb

from oracle_cdc.changes.capture.choosing import choose
from oracle_cdc.changes.capture.dictionary import (
    dictionary_statements,
    read_columns,
    read_source,
    read_triggers,
)
from oracle_cdc.changes.capture.install_statements import Installation
from oracle_cdc.changes.capture.installing import Wanted, plan
from oracle_cdc.changes.capture.model import Capture, Column, Place, SourceTable
from oracle_cdc.changes.capture.script import print_install
from oracle_cdc.changes.capture.trigger_faults import Fault, find_faults
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.ddl import CHANGES
from oracle_cdc.oracle.schema import create_tables
from oracle_cdc.oracle.session import Session
from oracle_cdc.settings.sections import OracleSettings
from oralite.script import run_script
from oralite.server import Server
from standins.oracle import DBA, DBA_PASSWORD, serve_copy

PASSWORD = "Tiger-Core-4"
USERS = (
    'ID NUMBER PRIMARY KEY, NAME VARCHAR2(40), "odd: name" NUMBER(38), AT TIMESTAMP(9),'
    " ZONED TIMESTAMP(9) WITH TIME ZONE, CODE CHAR(5), BYTES RAW(16), NOTES CLOB"
)


@dataclass
class World:
    """A database with an application's schema and the service's."""

    server: Server
    folder: Path
    #: Between two uses, by user: a log-in costs more than most statements.
    kept: dict[str, list[oracledb.Connection]] = field(default_factory=dict)

    def connect(self, user: str) -> oracledb.Connection:
        return oracledb.connect(user=user, password=PASSWORD, dsn=self.server.dsn)

    @contextmanager
    def lent(self, user: str) -> Iterator[oracledb.Connection]:
        """Lend a session for one use, and keep it for the next unless that failed."""
        connection = self.kept_session(user) or self.connect(user)
        try:
            yield connection
            connection.rollback()
        except BaseException:
            with suppress(oracledb.Error):
                connection.close()
            raise
        self.kept.setdefault(user, []).append(connection)

    def kept_session(self, user: str) -> oracledb.Connection | None:
        """Return a session that is kept and that the database still answers."""
        while self.kept.get(user):
            connection = self.kept[user].pop()
            with suppress(oracledb.Error):
                connection.ping()
                return connection
        return None

    def close(self) -> None:
        """Close what is kept."""
        for connections in self.kept.values():
            for connection in connections:
                with suppress(oracledb.Error):
                    connection.close()

    def rows(self, sql: str, user: str = "CDC") -> list[tuple[Any, ...]]:
        with self.lent(user) as connection:
            return list(connection.cursor().execute(sql).fetchall())

    def run(self, *statements: str, user: str = "COREDB") -> None:
        with self.lent(user) as connection:
            for sql in statements:
                connection.cursor().execute(sql)
            connection.commit()

    def administer(self, *statements: str) -> None:
        """Run statements as a DBA does."""
        dba = oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=self.server.dsn)
        with dba as connection:
            for sql in statements:
                connection.cursor().execute(sql)

    def script(self, text: str) -> None:
        """Run a script as a DBA does in SQL*Plus."""
        path = self.folder / "script.sql"
        path.write_text(text, encoding="utf-8")
        run_script(self.server.database, DBA.upper(), path)

    @contextmanager
    def session(self, user: str) -> Iterator[Session]:
        with self.lent(user) as connection:
            yield Session(connection, dictionary_statements(), 30)

    @contextmanager
    def database(self, sessions: int = 2) -> Iterator[Database]:
        """Open what the service's user works on."""
        settings = OracleSettings.model_validate(
            {
                "ORACLE_USER": "CDC",
                "ORACLE_PASSWORD": PASSWORD,
                "ORACLE_HOST": "127.0.0.1",
                "ORACLE_DSN": self.server.dsn,
            }
        )
        database = Database(settings, dictionary_statements(), sessions=sessions)
        try:
            yield database
        finally:
            database.close()

    def columns(self, place: Place, user: str) -> list[Column]:
        with self.session(user) as session:
            return read_columns(session, place)

    def table(self, name: str = "USERS") -> SourceTable:
        with self.session("COREDB") as session:
            return read_source(session, Place("COREDB", name))

    def faults(self, user: str = "COREDB") -> list[Fault]:
        capture = self.capture()
        with self.session(user) as session:
            return list(find_faults(capture, read_triggers(session, capture.source)))

    def capture(self, **options: Any) -> Capture:
        return choose(self.table(), "CDC", **options)

    def plan(self, name: str = "USERS", **options: Any) -> Installation:
        """Return how a table of the application's is to be captured."""
        wanted = Wanted(name.lower(), self.table(name), **options)
        with self.session("CDC") as session:
            return plan(session, wanted)

    def install(self, name: str = "USERS", **options: Any) -> None:
        """Run the script that captures a table, as a DBA does."""
        self.script(print_install(self.plan(name, **options)))

    def changes(self, columns: str = "NAME") -> list[tuple[Any, ...]]:
        """Return what was written down, in the order of the changes."""
        order = "CDC_CHANGE_ID, CDC_OP"
        return self.rows(f"SELECT CDC_OP, ID, {columns} FROM CDC_C_USERS ORDER BY {order}")


@contextmanager
def open_world(server: Server, folder: Path) -> Iterator[World]:
    """Open what stands in a database, until the block ends."""
    world = World(server, folder)
    try:
        yield world
    finally:
        world.close()


def prepare(server: Server) -> None:
    """Create both users, an empty table of the application's, and the service's tables."""
    with open_world(server, Path()) as world:
        create_all(world)


def create_all(world: World) -> None:
    world.administer(
        f'CREATE USER CDC IDENTIFIED BY "{PASSWORD}"',
        "GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE TO CDC",
        f'CREATE USER COREDB IDENTIFIED BY "{PASSWORD}"',
        "GRANT CREATE SESSION, CREATE TABLE, CREATE TRIGGER TO COREDB",
    )
    world.run(f"CREATE TABLE USERS ({USERS})")
    with world.session("CDC") as session:
        create_tables(session, CHANGES)


@contextmanager
def serve_world(folder: Path) -> Iterator[World]:
    """Serve a database with both users and an empty table of the application's."""
    with serve_copy(prepare) as server, open_world(server, folder) as world:
        yield world


def prepare_captured(server: Server) -> None:
    """Create the same, and capture the table."""
    prepare(server)
    with tempfile.TemporaryDirectory() as folder, open_world(server, Path(folder)) as world:
        world.install()


@contextmanager
def serve_captured(folder: Path) -> Iterator[World]:
    """Serve a database with both users and a table whose changes are captured."""
    with serve_copy(prepare_captured) as server, open_world(server, folder) as world:
        yield world
