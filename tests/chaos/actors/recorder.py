"""Writes the source as a recorder does.

Calls are interleaved, in several transactions, out of order, and some are committed late.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import oracledb

from standins.oracle import SOURCE
from tests.chaos.actors.depositing import Depositors
from tests.chaos.harness.database import Dba
from tests.chaos.plans.plan import Deposit, Utterance

INSERT = f"INSERT INTO {SOURCE} VALUES (TO_NUMBER(:1), :2, :3, :4, :5, :6, :7)"
COLUMNS = ("CALL_ID", "BAN", "SUBSCRIBER_NO", "OWNER", "TEXT", "TEXT_TIME", "CALL_TIME")
RINGING = timedelta(seconds=2)
#: What no driver can read: the column's place, the bytes that stand in it, and what makes a value
#: of them.
DAMAGES = {
    "year -4712": (6, "35580101010101", "DBMS_STATS.CONVERT_RAW_TO_DATE"),
    "year 0": (6, "64640101010101", "DBMS_STATS.CONVERT_RAW_TO_DATE"),
    "ban": (2, "42FF31", "UTL_RAW.CAST_TO_VARCHAR2"),
    "line": (3, "3035C328", "UTL_RAW.CAST_TO_VARCHAR2"),
    "text": (5, "D7A9FFD79C", "UTL_RAW.CAST_TO_VARCHAR2"),
}

Values = tuple[Any, ...]


class Recorder(Depositors[Deposit]):
    """Carries out deposits, each at its time in a thread and session of its own.

    Parameters:
        committed_at: by (call, time, owner, text), when the commit had been answered.
    """

    def __init__(self, dsn: str, deposits: Sequence[Deposit]) -> None:
        super().__init__(
            "the recorder",
            dsn,
            backlog=[deposit for deposit in deposits if deposit.at < 0],
            batches=share_out(deposits),
        )
        self.call_times: dict[str, datetime] = {}
        self.committed_at: dict[tuple[str, datetime, str, str], float] = {}

    def deposit(self, dba: Dba, deposit: Deposit) -> None:
        values: list[Values] = []
        # Whether a transaction was committed is asked of its first row.
        utterances = sorted(deposit.utterances, key=lambda said: bool(said.damage))

        def insert(cursor: oracledb.Cursor) -> None:
            if values and is_there(cursor, values[0]):
                return
            if not values:
                values.extend(self.stamp(utterances, dba.now()))
            cursor.setinputsizes(
                None, None, None, None, oracledb.DB_TYPE_CLOB, *[oracledb.DB_TYPE_TIMESTAMP] * 2
            )
            cursor.executemany(INSERT, [list(row) for row in values])
            for row, said in zip(values, utterances, strict=True):
                if said.damage:
                    damage(cursor, row, said.damage)
            time.sleep(deposit.open_seconds)
            cursor.connection.commit()

        dba.run(insert)
        at = time.time()
        with self.lock:
            for call_id, _, _, owner, text, text_time, _ in values:
                self.committed_at[call_id, text_time, owner, text] = at

    def stamp(self, utterances: Sequence[Utterance], now: datetime) -> list[Values]:
        rows: list[Values] = []
        for said in utterances:
            text_time = now - timedelta(seconds=said.age_seconds)
            with self.lock:
                call_time = self.call_times.setdefault(said.call_id, text_time - RINGING)
            rows.append(
                (
                    said.call_id,
                    said.ban,
                    said.subscriber_no,
                    said.owner,
                    said.text,
                    text_time,
                    call_time,
                )
            )
        return rows


def damage(cursor: oracledb.Cursor, row: Values, name: str) -> None:
    """Damage a column of a row that was just inserted, and that nobody has seen yet."""
    place, octets, convert = DAMAGES[name]
    column = COLUMNS[place - 1]
    cursor.setinputsizes(text_time=oracledb.DB_TYPE_TIMESTAMP)
    cursor.execute(
        f"UPDATE {SOURCE} SET {column} = {convert}(HEXTORAW('{octets}')) "
        "WHERE CALL_ID = TO_NUMBER(:call_id) AND TEXT_TIME = :text_time AND OWNER = :owner",
        call_id=row[0],
        text_time=row[5],
        owner=row[3],
    )


def is_there(cursor: oracledb.Cursor, row: Values) -> bool:
    """Return whether a transaction whose end is not known was committed."""
    cursor.setinputsizes(text_time=oracledb.DB_TYPE_TIMESTAMP)
    cursor.execute(
        f"SELECT COUNT(*) FROM {SOURCE} "
        "WHERE CALL_ID = TO_NUMBER(:call_id) AND TEXT_TIME = :text_time",
        call_id=row[0],
        text_time=row[5],
    )
    found = cursor.fetchone()
    return bool(found and found[0])


def share_out(deposits: Sequence[Deposit]) -> list[list[Deposit]]:
    """Return what each thread does: one what ends at once, and one each that stays open."""
    quick: list[Deposit] = []
    batches = [quick]
    for deposit in deposits:
        if deposit.open_seconds:
            batches.append([deposit])
        elif deposit.at >= 0:
            quick.append(deposit)
    return batches
