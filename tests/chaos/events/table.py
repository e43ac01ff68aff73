"""The table in Oracle: who writes it, and what stands in it in the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import oracledb

from tests.chaos.actors.depositing import Depositors
from tests.chaos.events.judge.encoding import Values
from tests.chaos.events.judge.history import Row
from tests.chaos.events.plan import SCHEMA, TABLE, TABLE_OF_DATES, Deposit
from tests.chaos.harness.database import Dba

READER, READER_PASSWORD = "READER", "Reader-Tiger-3"
COLUMNS = (
    "ID NUMBER(19) PRIMARY KEY, CASE_ID VARCHAR2(50), EVENT_TYPE VARCHAR2(100), EVENT_DATA CLOB, "
    "EVENT_TIMESTAMP TIMESTAMP, CREATED_AT"
)
DDL = (
    f'CREATE USER {READER} IDENTIFIED BY "{READER_PASSWORD}"',
    f"GRANT CREATE SESSION TO {READER}",
    f"CREATE TABLE {SCHEMA}.{TABLE} ({COLUMNS} TIMESTAMP)",
    f"CREATE TABLE {SCHEMA}.{TABLE_OF_DATES} ({COLUMNS} DATE)",
    f"CREATE INDEX {SCHEMA}.BY_TIME ON {SCHEMA}.{TABLE} (CREATED_AT, ID)",
    f"CREATE INDEX {SCHEMA}.BY_DATE ON {SCHEMA}.{TABLE_OF_DATES} (CREATED_AT, ID)",
    f"GRANT SELECT ON {SCHEMA}.{TABLE} TO {READER}",
    f"GRANT SELECT ON {SCHEMA}.{TABLE_OF_DATES} TO {READER}",
)
WRITERS = 4

Bound = tuple[object, ...]


class Writers(Depositors[Deposit]):
    """Carry out deposits, each at its time. Those that stay open have a session of their own."""

    def __init__(
        self,
        dsn: str,
        table: str,
        deposits: Sequence[Deposit],
        writers: int = 0,
    ) -> None:
        super().__init__(
            "a writer",
            dsn,
            backlog=[deposit for deposit in deposits if deposit.at < 0],
            batches=share_out(deposits, writers),
        )
        self.table = f"{SCHEMA}.{table}"
        self.is_date = table == TABLE_OF_DATES
        self.committed_at: dict[str, float] = {}

    def deposit(self, dba: Dba, deposit: Deposit) -> None:
        rows: list[Bound] = []

        def insert(cursor: oracledb.Cursor) -> None:
            if rows and self.is_there(cursor, rows[0]):
                return
            # After an outage they have the time of the new try.
            rows[:] = self.stamp(deposit, now(cursor))
            cursor.setinputsizes(
                None, None, None, oracledb.DB_TYPE_CLOB, *[oracledb.DB_TYPE_TIMESTAMP] * 2
            )
            cursor.executemany(
                f"INSERT INTO {self.table} VALUES (TO_NUMBER(:1), :2, :3, :4, :5, :6)",
                [list(row) for row in rows],
            )
            time.sleep(deposit.open_seconds)
            cursor.connection.commit()

        dba.run(insert)
        at = time.time()
        with self.lock:
            for row in rows:
                self.committed_at[str(row[0])] = at

    def stamp(self, deposit: Deposit, moment: datetime) -> list[Bound]:
        """Return the values of rows at a time of Oracle's clock."""
        rows: list[Bound] = []
        for record in deposit.records:
            created_at = moment - timedelta(microseconds=record.age_micros)
            if self.is_date:
                created_at = created_at.replace(microsecond=0)
            rows.append((record.key, record.case, record.kind, record.text, moment, created_at))
        return rows

    def is_there(self, cursor: oracledb.Cursor, row: Bound) -> bool:
        """Return whether a transaction whose end is not known was committed."""
        cursor.execute(f"SELECT COUNT(*) FROM {self.table} WHERE ID = TO_NUMBER(:1)", [row[0]])
        ((count,),) = cursor.fetchall()
        return bool(count)


def share_out(deposits: Sequence[Deposit], writers: int = 0) -> list[list[Deposit]]:
    """Return what each thread does: a few take turns, and one has each that stays open.

    Parameters:
        writers: take turns with those too, whatever has to wait meanwhile. 0: nobody does.
    """
    batches: list[list[Deposit]] = [[] for _ in range(writers or WRITERS)]
    for number, deposit in enumerate(deposits):
        if writers and deposit.at >= 0:
            batches[number % writers].append(deposit)
        elif deposit.open_seconds:
            batches.append([deposit])
        elif deposit.at >= 0:
            batches[number % WRITERS].append(deposit)
    return batches


def now(cursor: oracledb.Cursor) -> datetime:
    cursor.execute("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")
    ((moment,),) = cursor.fetchall()
    assert isinstance(moment, datetime)
    return moment


def read_rows(dba: Dba, table: str, committed_at: dict[str, float]) -> tuple[Row, ...]:
    """Return what stands in the table."""
    found = dba.rows(
        "SELECT TO_CHAR(ID), CASE_ID, EVENT_TYPE, EVENT_DATA, EVENT_TIMESTAMP, CREATED_AT "
        f"FROM {SCHEMA}.{table}"
    )
    rows: list[Row] = []
    for each in found:
        rows.append(Row(Values(*each), committed_at.get(each[0], float("inf"))))
    return tuple(rows)
