"""A schema of its own for the tests of extractions, and what they ask of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import oracledb
from pydantic import SecretStr

from oracle_cdc.extraction.dictionary import dictionary_statements
from oracle_cdc.extraction.extract import Extraction
from oracle_cdc.extraction.model import Options
from oracle_cdc.extraction.names import TableName
from oracle_cdc.extraction.report import Outcome
from oracle_cdc.extraction.sample import Advance
from oracle_cdc.oracle.database import Database
from oracle_cdc.settings.sections import OracleSettings
from oralite.server import Server
from standins.oracle import DBA, DBA_PASSWORD, serve_copy

OWNER, PASSWORD = "APP", "App-Tiger-7"
OTHER = "HR"


@dataclass
class Watched:
    """Sees what an extraction reports. A test can step in where a row is reported."""

    advanced: list[int] = field(default_factory=list)

    def begin(self, table: TableName, rows: int | None) -> Advance:
        return self.advance

    def advance(self, count: int) -> None:
        self.advanced.append(count)

    def end(self, outcome: Outcome) -> None:
        """Take note of nothing."""


@dataclass
class Schema:
    """A user with tables, and the folder that its samples go into."""

    server: Server
    folder: Path
    dba: oracledb.Connection

    def run(self, sql: str, **binds: Any) -> list[tuple[Any, ...]]:
        """Run a statement as the DBA, commit, and return its rows."""
        with self.dba.cursor() as cursor:
            cursor.setinputsizes(**{name: SIZES[name] for name in binds if name in SIZES})
            cursor.execute(sql, binds, fetch_lobs=False, fetch_decimals=True)
            rows = cursor.fetchall() if cursor.description else []
        self.dba.commit()
        return rows

    def settings(self, **changes: Any) -> OracleSettings:
        given = {"user": OWNER, "password": SecretStr(PASSWORD), "dsn": self.server.dsn}
        return OracleSettings(**{**given, **changes})

    def extract(self, watch: Any = None, **options: Any) -> dict[str, Outcome]:
        """Extract, and return what became of each table by its name."""
        database = Database(self.settings(), dictionary_statements(), sessions=1)
        given = Options(**{"directory": self.folder, **options})
        try:
            outcomes = Extraction(database, given, watch or Watched()).run()
        finally:
            database.close()
        return {outcome.name.name: outcome for outcome in outcomes}

    def rows(self, outcome: Outcome, delimiter: str = ",") -> list[list[str]]:
        """Return the cells of a sample's CSV file, with its header."""
        with self.file(outcome, "csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file, delimiter=delimiter))

    def column(self, outcome: Outcome, name: str) -> list[str]:
        """Return the cells of one column."""
        header, *rows = self.rows(outcome)
        place = header.index(name)
        return [row[place] for row in rows]

    def json(self, outcome: Outcome) -> list[dict[str, Any]]:
        text = self.file(outcome, "json").read_text(encoding="utf-8")
        found: list[dict[str, Any]] = json.loads(text, parse_float=str, parse_int=str)
        return found

    def file(self, outcome: Outcome, form: str) -> Path:
        assert outcome.sample is not None, outcome.error
        return self.folder / outcome.sample.files[form].name

    def written(self, name: str) -> Any:
        """Read a JSON file of the folder."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def names(self) -> set[str]:
        """Return the names of all files in the folder."""
        return {path.name for path in self.folder.iterdir()}


SIZES = {"large": oracledb.DB_TYPE_CLOB, "double": oracledb.DB_TYPE_BINARY_DOUBLE}


def prepare(server: Server) -> None:
    """Create an empty schema, and one of another owner."""
    with oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=server.dsn) as dba:
        for user in (OWNER, OTHER):
            dba.cursor().execute(f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"')
            dba.cursor().execute(f"GRANT CREATE SESSION, CREATE TABLE TO {user}")


@contextmanager
def serve_schema(folder: Path) -> Iterator[Schema]:
    """Serve a database with an empty schema, and one of another owner."""
    with (
        serve_copy(prepare) as server,
        oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=server.dsn) as dba,
    ):
        yield Schema(server, folder, dba)
