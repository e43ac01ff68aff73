"""Changes of the sample schema's users: rows of a change table, and an application that writes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import oracledb

from bench.backlog import ROWS_AT_ONCE
from standins.oracle import PASSWORD, USER

OWNER, TABLE = "COREDB", "COREDB.USERS"
LOG = f"{USER}.CDC_C_USERS"
#: The same rows once more, from which the change table is filled again.
KEPT = f"{USER}.BENCH_CHANGES"
#: What a DBA does for the service's user, as docs/changes-dba.md says.
GRANTS = (
    f'CREATE USER {USER} IDENTIFIED BY "{PASSWORD}"',
    f"GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE, CREATE TRIGGER TO {USER}",
    f"GRANT CREATE ANY TRIGGER TO {USER}",
    f"GRANT SELECT, DEBUG ON {TABLE} TO {USER}",
)
#: What is published of a row by config.py, and so captured.
COLUMNS = "ID, NAME, STATUS, UPDATED_AT"
LOGGED = f"CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, {COLUMNS}"
KEEP = f"INSERT INTO {KEPT} ({LOGGED}) VALUES (:1, :2, :3, :4, :5, :6, :7, :8)"
INSERT = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES (:1, :2, :3, :4)"
UPDATE = f"UPDATE {TABLE} SET NAME = :1, UPDATED_AT = SYSTIMESTAMP WHERE ID = :2"

NAMES = ("דנה לוי", "Avi Cohen", "Ольга Иванова", "Noa Ben-David")
STATES = ("active", "inactive", "locked")
BEFORE, AFTER = "B", "U"
AT = datetime(2026, 11, 21, 8, 30, 15, 123456)


def make_user(number: int, version: int) -> tuple[Any, ...]:
    """Return a row of the table, as it is after some updates."""
    return (
        f"7d0f2c1e-5b0a-4c3e-9a51-{number:012}",
        f"{NAMES[number % len(NAMES)]} {number}",
        STATES[version % len(STATES)],
        AT.replace(microsecond=(number + version) % 1_000_000),
    )


def make_updates(count: int, users: int) -> Iterator[tuple[Any, ...]]:
    """Yield the two rows of each update, spread evenly over some users."""
    for number in range(count):
        user, version = number % users, number // users
        for sign, image in ((BEFORE, version), (AFTER, version + 1)):
            own = (number + 1, sign, AT, f"7.21.{number // 10}")
            yield (*own, *make_user(user, image))


def keep(connection: oracledb.Connection, count: int, users: int) -> None:
    """Write down updates, to fill the change table with. What was kept before is gone."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {KEPT}")
        rows = make_updates(count, users)
        while batch := list(itertools.islice(rows, ROWS_AT_ONCE)):
            cursor.executemany(KEEP, batch)
        connection.commit()
