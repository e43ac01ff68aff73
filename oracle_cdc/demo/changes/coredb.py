"""The schema that is captured, as its DBA makes it, as applications change it, and read at last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import oracledb

from oracle_cdc.demo.changes.kinds import kind_of
from oracle_cdc.demo.changes.statements import Statement
from oracle_cdc.demo.changes.tables import Table
from oracle_cdc.demo.dba import SERVICE_USER, Dba, Statements
from oracle_cdc.sql.ddl import read_packaged

OWNER = "COREDB"
#: The tables, as a script for SQL*Plus.
SCRIPT = "deploy/sample_coredb.sql"


class CoreDb(Dba):
    """A session that gives rights, changes rows, and reads them."""

    statements = Statements(
        Path(__file__).with_name("statements.sql"), owner=OWNER, user=SERVICE_USER
    )

    def grant_rights(self) -> None:
        """Give the user of the service the rights that docs/changes-dba.md names."""
        self.create("grant_rights")
        for (name,) in self.query("list_tables"):
            with self.connection.cursor() as cursor:
                cursor.execute(f"GRANT SELECT, DEBUG ON {OWNER}.{name} TO {SERVICE_USER}")

    def allow_triggers(self) -> None:
        """Let the service's user make the triggers, which the DBA could do from its script."""
        self.create("grant_triggers")

    def forbid_triggers(self) -> None:
        self.create("revoke_triggers")

    def run(self, statement: Statement) -> int:
        """Run a statement, and return how many rows it changed. It is not committed."""
        with self.connection.cursor() as cursor:
            cursor.setinputsizes(**statement.sizes)
            cursor.executemany(statement.sql, list(statement.binds))
            return int(cursor.rowcount)

    def commit(self) -> None:
        self.connection.commit()

    def roll_back(self) -> None:
        self.connection.rollback()

    def read_table(self, table: Table) -> Sequence[Mapping[str, Any]]:
        """Return all rows: numbers with all their digits as texts, times as texts."""
        chosen = []
        for column in table.columns:
            chosen.append(kind_of(column.oracle_type).reading.format(column=column.column))
        names = [column.name for column in table.columns]
        with closing(self.connection.cursor()) as cursor:
            cursor.outputtypehandler = keep_digits
            cursor.execute(
                f"SELECT {', '.join(chosen)} FROM {table.model.source}", fetch_lobs=False
            )
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def count_waiting(self, tables: Sequence[Table]) -> int:
        """Return how many changes are written down and not shipped yet. An UPDATE has two rows."""
        counts = []
        for table in tables:
            log = f"CDC_C_{table.model.source.partition('.')[2]}"
            counts.append(f"(SELECT COUNT(*) FROM {SERVICE_USER}.{log})")
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(f"SELECT {' + '.join(counts)} FROM DUAL")
            (count,) = cursor.fetchone()
            return int(count)


def keep_digits(cursor: Any, metadata: Any) -> Any:
    """Have numbers fetched as texts."""
    if metadata.type_code is oracledb.DB_TYPE_NUMBER:
        return cursor.var(str, arraysize=cursor.arraysize)
    return None


def read_script() -> str:
    """Return the script that makes the tables."""
    return read_packaged(SCRIPT)
