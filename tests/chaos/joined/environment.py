"""What a round of all pipelines begins with: one Oracle for all of them, MariaDB, the models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from standins.oracle import SOURCE, SOURCE_DDL, USER
from tests.chaos.changes.environment import SETTINGS as CHANGES
from tests.chaos.changes.environment import capture, preparing
from tests.chaos.changes.tables import make_statements
from tests.chaos.events.environment import make_store
from tests.chaos.events.plan import SCHEMA, TABLE, TABLE_OF_DATES
from tests.chaos.events.table import DDL
from tests.chaos.rounds.environment import SETTINGS as CONVERSATIONS

#: Nobody is asked there: tables are made without a queue.
NO_QUEUE = "http://127.0.0.1:9/none"
SETTINGS = {**CONVERSATIONS, **CHANGES, "SQS_QUEUE_URL": NO_QUEUE}


def make_template(tree: Path, directory: Path) -> Path:
    """Make an Oracle with the tables of all pipelines, the models, and a MariaDB."""
    with preparing(tree, directory, SETTINGS) as (database, persons):
        for statement in statements():
            database.dba.execute(statement)
        persons.run("init-tables", PIPELINES="conversations,changes")
        capture(persons)
    make_store(tree, directory)
    return directory


def statements() -> Iterator[str]:
    """Yield what a DBA runs first. One user of Oracle has all pipelines."""
    yield from make_statements()
    yield from (*SOURCE_DDL, *DDL)
    for table in (SOURCE, f"{SCHEMA}.{TABLE}", f"{SCHEMA}.{TABLE_OF_DATES}"):
        yield f"GRANT SELECT ON {table} TO {USER}"
