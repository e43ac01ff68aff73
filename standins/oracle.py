"""The database that the service finds: its source table, its user, its tables and a DBA."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import ClassVar

import oracledb

from oracle_cdc.oracle.ddl import read_schema
from oralite.catalog.catalog import Catalog
from oralite.server import Server
from oralite.sql.plan_cache import PlanCache
from oralite.translate.plan import Plan

DBA, DBA_PASSWORD = "dba", "Dba-1"
USER, PASSWORD = "cdc", "Cdc-Tiger-42"
SERVICE = "XE"
SOURCE = "rtbi.VERINT_TEXT_ANALYSIS"

SOURCE_DDL = (
    f"CREATE TABLE {SOURCE} (CALL_ID NUMBER NOT NULL, BAN VARCHAR2(50) NOT NULL, "
    "SUBSCRIBER_NO VARCHAR2(50), OWNER CHAR(1) NOT NULL, TEXT CLOB NOT NULL, "
    "TEXT_TIME TIMESTAMP NOT NULL, CALL_TIME TIMESTAMP NOT NULL)",
    f"CREATE INDEX rtbi.VTA_TIME ON {SOURCE} (TEXT_TIME)",
    f"CREATE INDEX rtbi.VTA_CALL ON {SOURCE} (CALL_ID, TEXT_TIME)",
)
GRANTS = (
    f'CREATE USER {USER} IDENTIFIED BY "{PASSWORD}"',
    f"GRANT CREATE SESSION, CREATE TABLE, UNLIMITED TABLESPACE TO {USER}",
    f"GRANT SELECT ON {SOURCE} TO {USER}",
)

#: Files here need no disk.
MEMORY = Path("/dev/shm")


def create_source(dsn: str) -> None:
    """Create the source table and the service's user."""
    with oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=dsn) as dba:
        for statement in (*SOURCE_DDL, *GRANTS):
            dba.cursor().execute(statement)


def create_tables(dsn: str) -> None:
    """Create the service's own tables."""
    with oracledb.connect(user=USER, password=PASSWORD, dsn=dsn) as owner:
        for statement in read_schema():
            owner.cursor().execute(statement)
        owner.commit()


def new_directory() -> tempfile.TemporaryDirectory[str]:
    """Create a directory for database files, in memory where that is possible."""
    if MEMORY.is_dir():
        return tempfile.TemporaryDirectory(prefix="standin-", dir=MEMORY)
    return tempfile.TemporaryDirectory(prefix="standin-")


def prepare(server: Server) -> None:
    """Create the source and the service's tables."""
    create_source(server.dsn)
    create_tables(server.dsn)


@cache
def template(prepare: Callable[[Server], None]) -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """Create a database file with what is prepared there, once for this process."""
    directory = new_directory()
    path = Path(directory.name) / "template.db"
    with Server(str(path), DBA, DBA_PASSWORD, SERVICE) as server:
        prepare(server)
    return directory, path


class CommonPlans(PlanCache):
    """Plans of copies of one database.

    While a copy's catalog is as it came, it shares its plans with the others.
    """

    common: ClassVar[dict[Hashable, Plan]] = {}

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self.version = catalog.version

    def find(self, key: Hashable, catalog: Catalog) -> Plan | None:
        if catalog.version == self.version:
            return self.common.get(key)
        return super().find(key, catalog)

    def keep(self, key: Hashable, catalog: Catalog, plan: Plan) -> None:
        if catalog.version == self.version:
            self.common[key] = plan
        else:
            super().keep(key, catalog, plan)


@contextmanager
def serve_copy(prepare: Callable[[Server], None]) -> Iterator[Server]:
    """Serve a database as it was prepared once for this process, until the block ends."""
    _, prepared = template(prepare)
    with new_directory() as directory:
        path = Path(directory) / "database"
        shutil.copy(prepared, path)
        with Server(str(path), DBA, DBA_PASSWORD, SERVICE) as server:
            yield server


@contextmanager
def serve_database() -> Iterator[Server]:
    """Serve a database with the source and the service's tables, until the block ends."""
    with serve_copy(prepare) as server:
        server.database.plans = CommonPlans(server.database.catalog)
        yield server
