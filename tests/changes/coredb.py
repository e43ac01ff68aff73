"""The schema of deploy/sample_coredb.sql on the stand-in, and its models.

`python -m tests.changes.coredb` writes models/ and docs/models.md anew.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import oracledb

from oracle_cdc.cli import main
from oralite.script import run_script
from oralite.server import Server
from standins.oracle import DBA, DBA_PASSWORD, serve_copy

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "sample_coredb.sql"
MODELS = ROOT / "models"
PAGE = ROOT / "docs" / "models.md"
USER, PASSWORD = "CDC", "Tiger-Core-4"
OWNER = "COREDB"


def prepare(server: Server) -> None:
    """Create the schema, and a user of the service who may read it."""
    run_script(server.database, DBA.upper(), SCRIPT)
    administer(
        server,
        f'CREATE USER {USER} IDENTIFIED BY "{PASSWORD}"',
        f"GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE TO {USER}",
        f'ALTER USER {OWNER} IDENTIFIED BY "{PASSWORD}"',
        *(f"GRANT SELECT ON {OWNER}.{table} TO {USER}" for table in tables_of(server)),
    )


def administer(server: Server, *statements: str) -> None:
    dba = oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=server.dsn)
    with dba as connection:
        for sql in statements:
            connection.cursor().execute(sql)


def tables_of(server: Server) -> list[str]:
    """Return the names of the schema's tables."""
    with oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=server.dsn) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT TABLE_NAME FROM ALL_TABLES WHERE OWNER = :1 ORDER BY 1", [OWNER])
        return [name for (name,) in cursor]


def environment(server: Server) -> Mapping[str, str]:
    """Return what the service needs to reach it."""
    return {
        "ORACLE_USER": USER,
        "ORACLE_PASSWORD": PASSWORD,
        "ORACLE_DSN": server.dsn,
        "ORACLE_HOST": "127.0.0.1",
    }


def write_all() -> int:
    """Write the models and their page."""
    with serve_copy(prepare) as server:
        os.environ.update(environment(server))
        for path in MODELS.glob("*.json"):
            path.unlink()
        code = main(["changes", "models", "--owner", OWNER, "--out", str(MODELS)])
    return code or main(["changes", "models", "--out", str(MODELS), "--page", str(PAGE)])


if __name__ == "__main__":
    sys.exit(write_all())
