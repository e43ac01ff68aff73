"""Tables whose rows are read, each in a schema of its own on one stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import oracledb
from pydantic import SecretStr

from oracle_cdc import oracle
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.queries import make_statements
from oracle_cdc.oracle.row_shape import Findings, RowNames, RowShape, find_shape
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.relay.values import Row, Slice
from oracle_cdc.settings.sections import OracleSettings
from oracle_cdc.sql.statements import read_statements
from oralite.server import Server
from standins.oracle import DBA, DBA_PASSWORD, SERVICE
from tests.relay.doubles import at
from tests.relay.source_contract import keys_of

READER, PASSWORD = "READER", "Reader-Tiger-3"
SCHEMAS = count(1)
STATEMENTS = make_statements(
    read_statements(tuple(sorted(Path(oracle.__file__).parent.glob("*.sql"))))
)
ALWAYS = Slice(at(-100_000_000), at(100_000_000))
TABLE = "TXLOG_EVENTS"
#: As seed systems have it.
EVENTS = (
    "ID NUMBER(19) PRIMARY KEY, CASE_ID VARCHAR2(50), EVENT_TYPE VARCHAR2(50), EVENT_DATA CLOB, "
    "EVENT_TIMESTAMP TIMESTAMP, CREATED_AT TIMESTAMP DEFAULT SYSTIMESTAMP"
)


@contextmanager
def serve_reader() -> Iterator[Server]:
    """Serve a database with a user who may read what is granted."""
    with Server(None, DBA, DBA_PASSWORD, SERVICE) as server:
        with connect(server) as dba:
            dba.cursor().execute(f'CREATE USER {READER} IDENTIFIED BY "{PASSWORD}"')
            dba.cursor().execute(f"GRANT CREATE SESSION TO {READER}")
        yield server


def connect(server: Server) -> oracledb.Connection:
    """Connect as the DBA, who writes the rows."""
    return oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=server.dsn)


@dataclass
class RowTable:
    """A table in a schema of its own, and who reads it."""

    server: Server
    time: str = "CREATED_AT"
    keys: tuple[str, ...] = ("ID",)
    columns: tuple[str, ...] = ()
    batch_size: int = 20
    schema: str = field(default_factory=lambda: f"SPC{next(SCHEMAS)}")

    def __post_init__(self) -> None:
        self.dba = connect(self.server)
        settings = OracleSettings(
            user=READER, password=SecretStr(PASSWORD), dsn=self.server.dsn, pool_wait_seconds=2
        )
        self.database = Database(settings, STATEMENTS, sessions=2)
        self.findings = Findings()

    @property
    def name(self) -> str:
        return f"{self.schema}.{TABLE}"

    @property
    def names(self) -> RowNames:
        return RowNames(self.schema, TABLE, self.time, self.keys, self.columns)

    def create(self, columns: str = EVENTS, index: str = "CREATED_AT, ID") -> None:
        self.run(f"CREATE TABLE {self.name} ({columns})")
        if index:
            self.run(f"CREATE INDEX {self.schema}.BY_TIME ON {self.name} ({index})")
        self.run(f"GRANT SELECT ON {self.name} TO {READER}")

    def run(self, sql: str, *binds: Any, **types: Any) -> None:
        """Run a statement as the DBA, and commit."""
        with self.dba.cursor() as cursor:
            cursor.execute(sql, list(binds))
        self.dba.commit()

    def insert(self, values: str) -> None:
        """Insert a row of values as SQL writes them."""
        self.run(f"INSERT INTO {self.name} VALUES ({values})")

    def write(
        self, rows: Sequence[tuple[str, float]], connection: oracledb.Connection | None = None
    ) -> None:
        """Insert rows by key and time in seconds after noon."""
        times = [(key, at(seconds)) for key, seconds in rows]
        with (connection or self.dba).cursor() as cursor:
            cursor.setinputsizes(None, oracledb.DB_TYPE_TIMESTAMP)
            cursor.executemany(f"INSERT INTO {self.name} (ID, {self.time}) VALUES (:1, :2)", times)

    def commit(self, rows: Sequence[tuple[str, float]]) -> None:
        self.write(rows)
        self.dba.commit()

    def begin(self, rows: Sequence[tuple[str, float]]) -> Callable[[], None]:
        connection = connect(self.server)
        self.write(rows, connection)

        def commit() -> None:
            connection.commit()
            connection.close()

        return commit

    def commit_without_time(self, key: str) -> None:
        self.run(f"INSERT INTO {self.name} (ID, {self.time}) VALUES (:1, NULL)", key)

    def find(self) -> RowShape | None:
        """Return the table's shape, and keep what is found wrong with it."""
        self.findings = Findings()
        with self.database.session() as session:
            return find_shape(session, self.names, self.findings)

    @property
    def shape(self) -> RowShape:
        found = self.find()
        assert found is not None, self.findings.mistakes
        return found

    @property
    def source(self) -> TableSource:
        return self.read_with()

    def read_with(self, **rules: Any) -> TableSource:
        return TableSource(self.database, self.shape, **{"batch_size": self.batch_size, **rules})

    def rows(self, source: TableSource | None = None, stretch: Slice = ALWAYS) -> list[Row]:
        """Return the rows of a stretch."""
        found: list[Row] = []
        with (source or self.source).read(stretch) as batches:
            for rows in batches:
                found += rows
        return found

    def close(self) -> None:
        self.database.close()
        self.dba.close()


def keys(table: RowTable, stretch: Slice, source: TableSource | None = None) -> list[str]:
    """Return the keys of a stretch's rows."""
    return keys_of(table.rows(source, stretch))


def others(source: TableSource, stretch: Slice, known: Iterable[str]) -> list[str]:
    """Return the keys of a stretch's rows that are not known."""
    found: list[str] = []
    with source.read_others(stretch, frozenset(known)) as batches:
        for rows in batches:
            found += keys_of(rows)
    return found
