"""A table read: by a bare loop over the driver, and by `extract` into a CSV file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from bench.ways.edges import ROWS_PER_FETCH, connect
from oracle_cdc.extraction.dictionary import dictionary_statements
from oracle_cdc.extraction.extract import Extraction
from oracle_cdc.extraction.model import Options
from oracle_cdc.extraction.names import TableName
from oracle_cdc.extraction.progress import nothing
from oracle_cdc.extraction.report import Outcome
from oracle_cdc.extraction.sample import Advance
from oracle_cdc.oracle.database import Database
from oracle_cdc.settings.sections import OracleSettings

TABLE = "rtbi.CUSTOMERS"


class Blind:
    """Sees nothing of how far it is."""

    def begin(self, table: TableName, rows: int | None) -> Advance:
        return nothing

    def end(self, outcome: Outcome) -> None:
        """Show nothing."""


def prepare_table() -> Callable[[], int]:
    """Fetch all rows of the table by one cursor."""
    connection = connect()

    def fetch() -> int:
        count = 0
        with connection.cursor() as cursor:
            cursor.arraysize = ROWS_PER_FETCH
            cursor.execute(f"SELECT * FROM {TABLE}")
            for _ in cursor:
                count += 1
        return count

    return fetch


def prepare_extract(folder: str) -> Callable[[], int]:
    """Extract all rows of the table into a folder, as the command does."""
    settings = OracleSettings(
        user=os.environ["ORACLE_USER"],
        password=SecretStr(os.environ["ORACLE_PASSWORD"]),
        dsn=os.environ["ORACLE_DSN"],
    )
    database = Database(settings, dictionary_statements(), sessions=1)
    database.ensure_usable()
    options = Options(tables=TABLE, rows=0, directory=Path(folder), formats=("csv",))

    def extract() -> int:
        (outcome,) = Extraction(database, options, Blind()).run()
        if outcome.sample is None:
            raise RuntimeError(outcome.error)
        return outcome.sample.rows

    return extract
