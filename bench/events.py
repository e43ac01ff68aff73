"""The table of events, and rows that look like a business's."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import oracledb

from bench.backlog import ROWS_AT_ONCE
from standins.oracle import PASSWORD, USER

TABLE = "spc.TXLOG_EVENTS"
#: As the settings' defaults name it.
TABLE_DDL = (
    f"CREATE TABLE {TABLE} (ID NUMBER(19) PRIMARY KEY, CASE_ID VARCHAR2(50), "
    "EVENT_TYPE VARCHAR2(50), EVENT_DATA CLOB, EVENT_TIMESTAMP TIMESTAMP, "
    "CREATED_AT TIMESTAMP DEFAULT SYSTIMESTAMP)",
    f"CREATE INDEX spc.TXLOG_BY_TIME ON {TABLE} (CREATED_AT, ID)",
    f'CREATE USER {USER} IDENTIFIED BY "{PASSWORD}"',
    f"GRANT CREATE SESSION TO {USER}",
    f"GRANT SELECT ON {TABLE} TO {USER}",
)
INSERT = f"INSERT INTO {TABLE} VALUES (:1, :2, :3, :4, :5, :6)"
#: The same with the time that the database gives.
INSERT_NOW = (
    f"INSERT INTO {TABLE} (ID, CASE_ID, EVENT_TYPE, EVENT_DATA, EVENT_TIMESTAMP) "
    "VALUES (:1, :2, :3, :4, :5)"
)
COLUMNS = "ID, CASE_ID, EVENT_TYPE, EVENT_DATA, EVENT_TIMESTAMP, CREATED_AT"

KINDS = ("CASE_OPENED", "CASE_UPDATED", "PAYMENT_RECEIVED", "CASE_CLOSED")
NOTES = ("הלקוח ביקש לבדוק חיוב כפול", "asked to check a double charge", "no answer, call again")
#: Events say what happened before they are written.
EARLIER = timedelta(seconds=1.5)


def make_row(number: int, time: datetime) -> tuple[Any, ...]:
    """Return the row of a number: a body of some 400 bytes."""
    data = (
        f'{{"step": {number % 17}, "agent": "A-{number % 311:04}", "amount": "{number % 9973}.50", '
        f'"note": "{NOTES[number % len(NOTES)]}", "channel": "phone", "retries": 0}}'
    )
    case = f"CASE-{number % 100_003:08}"
    return number, case, KINDS[number % len(KINDS)], data, time - EARLIER, time


def make_rows(
    count: int, begin: datetime, end: datetime, first: int = 0
) -> Iterator[tuple[Any, ...]]:
    """Yield rows that are spread evenly over a stretch, with ids from the first on."""
    step = (end - begin) / count
    for number in range(count):
        yield make_row(first + number, begin + number * step)


def insert(connection: oracledb.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Put rows into the table, and commit."""
    iterator = iter(rows)
    with connection.cursor() as cursor:
        cursor.setinputsizes(*[None] * 3, oracledb.DB_TYPE_CLOB, *[oracledb.DB_TYPE_TIMESTAMP] * 2)
        while batch := list(itertools.islice(iterator, ROWS_AT_ONCE)):
            cursor.executemany(INSERT, batch)
            connection.commit()


def read_clock(connection: oracledb.Connection) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")
        (clock,) = cursor.fetchone()
    assert isinstance(clock, datetime)
    return clock
