"""The tree under test, which later edits don't reach, and a database to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

from standins.oracle import GRANTS, PASSWORD, SERVICE, SOURCE_DDL, USER
from tests.chaos.harness.database import Database
from tests.chaos.harness.processes import Processes

ROOT = Path(__file__).parents[3]
PARTS = (
    "oracle_cdc",
    "oralite",
    "config.py",
    "cdc_service.py",
    "init_oracle_tables.sql",
    "init_mariadb_tables.sql",
)
LAUNCHER = (
    "tests/__init__.py",
    "tests/chaos/__init__.py",
    "tests/chaos/harness/__init__.py",
    "tests/chaos/harness/gates.py",
    "tests/chaos/harness/conversationedges.py",
    "tests/chaos/harness/eventedges.py",
    "tests/chaos/harness/changeedges.py",
    "tests/chaos/harness/launcher.py",
)


def copy_tree(source: Path, target: Path) -> Path:
    """Copy what runs: service and stand-in of a source tree, and this package's launcher."""
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(
                source / part, target / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / part, target / part)
    for part in LAUNCHER:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, target / part)
    return target


def make_template(tree: Path, directory: Path) -> Path:
    """Make a database file with an empty source.

    The service's tables are made by its own command.
    """
    directory.mkdir(parents=True)
    processes = Processes(tree, lambda event: None)
    try:
        database = Database(processes, directory)
        for statement in (*SOURCE_DDL, *GRANTS):
            database.dba.execute(statement)
        environment = {
            "ORACLE_USER": USER,
            "ORACLE_PASSWORD": PASSWORD,
            "ORACLE_HOST": "127.0.0.1",
            "ORACLE_PORT": str(database.port),
            "ORACLE_SERVICE_NAME": SERVICE,
            "SQS_QUEUE_URL": "http://127.0.0.1:9/none",
        }
        processes.start(
            "service",
            "tables",
            arguments=["init-tables"],
            environment=environment,
            output=str(directory / "tables.out"),
            trace=str(directory / "tables.trace"),
            audit="",
            orders=[],
        )
        if not processes.await_state("tables", is_running=False, seconds=60):
            raise RuntimeError("init-tables did not end")
        database.stop()
        return database.file
    finally:
        processes.close()
