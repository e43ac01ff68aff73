"""The settings under which the service runs in a round of row changes, and the Oracle it finds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from standins.oracle import SERVICE
from tests.chaos.changes.persons import Persons
from tests.chaos.changes.plan import (
    BUS,
    CONNECT_SECONDS,
    HMAC_KEY,
    LEASE_SECONDS,
    OWNER_PASSWORD,
    READ_SECONDS,
    SERVICE_PASSWORD,
    SERVICE_USER,
    STREAM,
    ChangesPlan,
)
from tests.chaos.changes.site import REGION, Site
from tests.chaos.changes.tables import TABLES, TRANSFORMERS, make_statements, write_models
from tests.chaos.harness.database import Database
from tests.chaos.harness.processes import Processes

#: What no log may show.
SECRETS = (SERVICE_PASSWORD, OWNER_PASSWORD, HMAC_KEY)
#: Quick enough that what fails is tried again within a round.
SETTINGS = {
    "PIPELINES": "changes",
    "ORACLE_HOST": "127.0.0.1",
    "ORACLE_SERVICE_NAME": SERVICE,
    "ORACLE_USER": SERVICE_USER,
    "ORACLE_PASSWORD": SERVICE_PASSWORD,
    "ORACLE_CALL_TIMEOUT_SECONDS": "1.5",
    "ORACLE_CONNECT_TIMEOUT_SECONDS": "1.0",
    "ORACLE_POOL_WAIT_SECONDS": "2.0",
    "AWS_REGION": REGION,
    "AWS_SECRET_ACCESS_KEY": "test",
    "KINESIS_STREAM_NAME": STREAM,
    "KINESIS_CONNECT_TIMEOUT_SECONDS": str(CONNECT_SECONDS),
    "KINESIS_READ_TIMEOUT_SECONDS": str(READ_SECONDS),
    "EVENT_BUS_NAME": BUS,
    "TABLE_TRANSFORMERS": json.dumps(TRANSFORMERS),
    "REDACTION_HMAC_KEY": HMAC_KEY,
    "CHANGES_POLL_INTERVAL_SECONDS": "0.1",
    "CHANGES_HEARTBEAT_SECONDS": "0",
    "CHANGES_RETRY_INITIAL_SECONDS": "0.05",
    "CHANGES_RETRY_MAX_SECONDS": "0.3",
    "PROCESSOR_LEASE_SECONDS": str(LEASE_SECONDS),
    "PROCESSOR_POLL_INTERVAL_SECONDS": "0.2",
    "RETRY_BASE_DELAY_MS": "20",
    "RETRY_MAX_DELAY_MS": "100",
    "METRICS_INTERVAL_SECONDS": "1",
}


def make_environment(
    plan: ChangesPlan, site: Site, database: Database, models: Path
) -> dict[str, str]:
    """Return the variables of each copy."""
    return {
        "TZ": plan.time_zone,
        **SETTINGS,
        **site.places,
        "ORACLE_PORT": str(database.port),
        "CHANGES_MODELS_DIR": str(models),
        **plan.settings,
    }


def make_template(tree: Path, directory: Path) -> Path:
    """Make an Oracle whose tables are captured, and the models of the tables."""
    with preparing(tree, directory, SETTINGS) as (database, persons):
        for statement in make_statements():
            database.dba.execute(statement)
        persons.run("init-tables")
        capture(persons)
    return directory


@contextmanager
def preparing(
    tree: Path, directory: Path, settings: Mapping[str, str]
) -> Iterator[tuple[Database, Persons]]:
    """Have a new Oracle beside the models of the tables, and who types commands, for a block.

    Afterwards the file of the database is whole by itself.
    """
    directory.mkdir(parents=True)
    models = directory / "models"
    write_models(models)
    codes: dict[str, int] = {}

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "ended":
            codes[event["name"]] = event["code"]

    processes = Processes(tree, listen)
    try:
        database = Database(processes, directory)
        environment = {
            **settings,
            "TZ": "UTC",
            "ORACLE_PORT": str(database.port),
            "CHANGES_MODELS_DIR": str(models),
        }
        yield database, Persons(processes, directory, environment, codes)
        database.stop()
    finally:
        processes.close()


def capture(persons: Persons) -> None:
    """Have all tables captured, with the service's own command."""
    for table in TABLES.values():
        persons.run("changes", "install", "--table", table.source)
