"""The settings under which the service runs in a round of events, and the databases it finds."""

from __future__ import annotations

from pathlib import Path

from standins.mariadbserver import MariaDbServer
from standins.oracle import SERVICE
from tests.chaos.events.plan import ACK_SECONDS, PROGRAM, SCHEMA, STREAM, SUBJECT, EventPlan
from tests.chaos.events.site import (
    NATS_PASSWORD,
    NATS_USER,
    STORE,
    STORE_PASSWORD,
    STORE_USER,
    Site,
)
from tests.chaos.events.table import DDL, READER, READER_PASSWORD
from tests.chaos.harness.database import Database
from tests.chaos.harness.processes import Processes

#: What no log may show.
SECRETS = (READER_PASSWORD, NATS_PASSWORD, STORE_PASSWORD)
#: Quick enough that what fails is tried again within a round.
SETTINGS = {
    "PIPELINES": "events",
    "PUBLISHER_PROGRAM_NAME": PROGRAM,
    "PUBLISHER_SCHEMA": SCHEMA,
    "PUBLISHER_POLL_INTERVAL_SECONDS": "0.1",
    "PUBLISHER_RETRY_INITIAL_SECONDS": "0.05",
    "PUBLISHER_RETRY_MAX_SECONDS": "0.3",
    "ORACLE_HOST": "127.0.0.1",
    "ORACLE_SERVICE_NAME": SERVICE,
    "ORACLE_USER": READER,
    "ORACLE_PASSWORD": READER_PASSWORD,
    "ORACLE_CALL_TIMEOUT_SECONDS": "1.5",
    "ORACLE_CONNECT_TIMEOUT_SECONDS": "1.0",
    "ORACLE_POOL_WAIT_SECONDS": "2.0",
    "NATS_STREAM": STREAM,
    "NATS_SUBJECT": f"{SUBJECT}.{{EVENT_TYPE}}",
    "NATS_USER": NATS_USER,
    "NATS_PASSWORD": NATS_PASSWORD,
    "NATS_ACK_TIMEOUT_SECONDS": str(ACK_SECONDS),
    "NATS_CONNECT_TIMEOUT_SECONDS": "1.0",
    "MARIADB_HOST": "127.0.0.1",
    "MARIADB_DATABASE": STORE,
    "MARIADB_USER": STORE_USER,
    "MARIADB_PASSWORD": STORE_PASSWORD,
    "MARIADB_CONNECT_TIMEOUT_SECONDS": "1.0",
    "MARIADB_READ_TIMEOUT_SECONDS": "1.0",
}
RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


def make_environment(plan: EventPlan, site: Site, database: Database) -> dict[str, str]:
    """Return the variables of each copy."""
    return {
        "TZ": plan.time_zone,
        **SETTINGS,
        "ORACLE_PORT": str(database.port),
        "NATS_SERVERS": site.addresses,
        "MARIADB_PORT": str(site.store.port),
        "PUBLISHER_TABLE": plan.table,
        **plan.settings,
    }


def make_template(tree: Path, directory: Path) -> Path:
    """Make an Oracle with its table, and a MariaDB with the tables of the tree's own file."""
    directory.mkdir(parents=True)
    processes = Processes(tree, lambda event: None)
    try:
        database = Database(processes, directory)
        for statement in DDL:
            database.dba.execute(statement)
        database.stop()
    finally:
        processes.close()
    make_store(tree, directory)
    return directory


def make_store(tree: Path, directory: Path) -> None:
    """Make a MariaDB with the tables of the tree's own file."""
    server = MariaDbServer(directory / "mariadb")
    try:
        server.start()
        fill(server, (tree / "init_mariadb_tables.sql").read_text(encoding="utf-8"))
        server.stop()
    finally:
        server.close()


def fill(server: MariaDbServer, tables: str) -> None:
    """Create the database, its tables, and who may use them."""
    with server.administer() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {STORE}")
        cursor.execute(f"CREATE USER {STORE_USER}@'127.0.0.1' IDENTIFIED BY %s", (STORE_PASSWORD,))
        cursor.execute(f"GRANT {RIGHTS} ON {STORE}.* TO {STORE_USER}@'127.0.0.1'")
        connection.select_db(STORE)
        for statement in without_comments(tables).split(";"):
            if statement.strip():
                cursor.execute(statement)


def without_comments(text: str) -> str:
    """Return SQL without its comments, which end with their lines."""
    lines = []
    for line in text.splitlines():
        lines.append(line.partition("--")[0])
    return "\n".join(lines)
