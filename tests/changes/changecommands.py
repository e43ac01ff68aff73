"""`changes` as an operator types it, on the sample schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import oracledb
import pytest

from oracle_cdc.cli import Origin, main
from oracle_cdc.oracle.ddl import CHANGES, read_schema
from oralite.script import run_script
from oralite.server import Server
from standins.oracle import DBA, serve_copy
from tests.changes import coredb
from tests.changes.coredb import MODELS, PASSWORD

TRANSFORMERS: Mapping[str, Any] = {
    "users": {"includeFields": ["id", "name", "status"], "redactFields": ["name"]},
    "profiles": {"includeFields": ["*"], "lobs": "after"},
    "agents": {"includeFields": ["*"]},
}


class Commands:
    """Runs commands with settings of its own against one database."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder

    def run(self, *arguments: str) -> int:
        return main(["changes", *arguments], Origin(directory=self.folder))

    def rows(self, sql: str, user: str = "CDC") -> list[tuple[Any, ...]]:
        with self.connect(user) as connection:
            return list(connection.cursor().execute(sql).fetchall())

    def change(self, *statements: str, user: str = "COREDB") -> None:
        with self.connect(user) as connection:
            for sql in statements:
                connection.cursor().execute(sql)
            connection.commit()

    def connect(self, user: str) -> oracledb.Connection:
        return oracledb.connect(user=user, password=PASSWORD, dsn=self.server.dsn)

    def script(self, text: str) -> None:
        """Run a printed script as a DBA does in SQL*Plus."""
        path = self.folder / "script.sql"
        path.write_text(text, encoding="utf-8")
        run_script(self.server.database, DBA.upper(), path)


def prepare(server: Server) -> None:
    """Create the sample schema and the tables of row changes."""
    coredb.prepare(server)
    with oracledb.connect(user="CDC", password=PASSWORD, dsn=server.dsn) as connection:
        for statement in read_schema(CHANGES):
            connection.cursor().execute(statement)


@contextmanager
def serve_commands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    """Serve the sample schema with the tables of row changes, and set what leads there."""
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    with serve_copy(prepare) as server:
        for name, value in coredb.environment(server).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CHANGES_MODELS_DIR", str(MODELS))
        monkeypatch.setenv("TABLE_TRANSFORMERS", json.dumps(TRANSFORMERS))
        yield Commands(server, folder)
