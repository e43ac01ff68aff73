"""What a demo does in the database as its DBA: named statements, each in its own file's words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

import oracledb

from oracle_cdc.sql.statements import without_comments

SERVICE_USER = "CDC_SERVICE"
DBA_USER = "DEMO_DBA"

CALL_TIMEOUT_MS = 30_000
ROWS_PER_FETCH = 1000
MISSING_TABLE = 942

Row = tuple[object, ...]


class Statements:
    """The statements of a file by their names.

    Parameters:
        names: what stands for `{name}` in them.
    """

    def __init__(self, file: Path, **names: str) -> None:
        text = file.read_text(encoding="utf-8")
        for name, value in names.items():
            text = text.replace(f"{{{name}}}", value)
        # Names and texts by turns, after what stands before the first name.
        parts = re.split(r"^-- (\w+) --$", text, flags=re.MULTILINE)[1:]
        self.texts: dict[str, str] = {}
        for name, statement in zip(parts[::2], parts[1::2], strict=True):
            self.texts[name] = without_comments(statement)

    def __getitem__(self, name: str) -> str:
        return self.texts[name]


class Dba:
    """One session with DBA rights, for one thread."""

    statements: ClassVar[Statements]

    def __init__(self, dsn: str, password: str) -> None:
        self.connection = oracledb.connect(user=DBA_USER, password=password, dsn=dsn)
        self.connection.call_timeout = CALL_TIMEOUT_MS

    def close(self) -> None:
        self.connection.close()

    def create_user(self, name: str, password: str) -> None:
        """Make a user, who has no right yet."""
        with self.connection.cursor() as cursor:
            cursor.execute(f'CREATE USER {name} IDENTIFIED BY "{password}"')

    def create(self, *names: str) -> None:
        """Run the statements that make tables, and give rights."""
        with self.connection.cursor() as cursor:
            for name in names:
                cursor.execute(self.statements[name])

    def query(self, name: str) -> list[Row]:
        """Return all rows, none while the service has not made its table."""
        with self.connection.cursor() as cursor:
            cursor.arraysize = ROWS_PER_FETCH
            try:
                cursor.execute(self.statements[name], fetch_lobs=False)
                rows: list[Row] = cursor.fetchall()
            except oracledb.DatabaseError as error:
                if getattr(error.args[0], "code", 0) == MISSING_TABLE:
                    return []
                raise
            return rows
