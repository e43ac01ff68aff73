"""The witness of MariaDB, who is also the person that edits ETL_PRMREC, and who takes the lock."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pymysql

from tests.chaos.events.judge.history import Aside, Move, Quiet, Sample
from tests.chaos.events.plan import PROGRAM
from tests.chaos.events.site import STORE, STORE_USER, Site

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 20.0
SAMPLE = """
SELECT p.PROGRAM_NAME, p.LAST_SUCCESSFUL_TIME, p.STATUS, p.RECORDS_PROCESSED, p.ERROR_MESSAGE,
  w.LAST_TIME
FROM ETL_PRMREC p
LEFT JOIN ETL_SLICES w ON w.PROGRAM_NAME = p.PROGRAM_NAME AND w.SLICE_START = '1000-01-01'
"""
ASIDES = "SELECT ROW_KEY, REASON, SET_ASIDE_AT FROM ETL_SET_ASIDE"
Rows = Sequence[dict[str, Any]]
LOCK = f"oracle-cdc:{PROGRAM}"


class StoreWitness:
    """Looks at the tables all the time, past the proxy."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.samples: list[Sample] = []
        self.messages: set[str] = set()
        #: When each row was set aside for the first time: another time is written over it.
        self.aside_at: dict[str, float] = {}
        self.moves: list[Move] = []
        self.quiets: list[Quiet] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, name="samples", daemon=True)

    def run(self) -> None:
        while not self.stop.wait(LOOK_SECONDS):
            try:
                self.sample()
            except (pymysql.Error, OSError):
                continue

    def sample(self) -> None:
        """Look once."""
        self.note_asides(self.try_once(ASIDES))
        begin = time.time()
        for row in self.try_once(SAMPLE):
            self.messages.add(row["ERROR_MESSAGE"] or "")
            self.samples.append(
                Sample(
                    begin=begin,
                    end=time.time(),
                    program=row["PROGRAM_NAME"],
                    floored=row["LAST_SUCCESSFUL_TIME"],
                    exact=row["LAST_TIME"],
                    status=row["STATUS"] or "",
                    records=row["RECORDS_PROCESSED"] or 0,
                )
            )

    def try_once(self, sql: str, *values: object) -> Rows:
        with self.site.mariadb.administer(STORE) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall()

    def ask(self, sql: str, *values: object) -> Rows:
        """Run a statement until the server has done it. It must be repeatable."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self.try_once(sql, *values)
            except (pymysql.Error, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def note_asides(self, rows: Rows) -> None:
        for row in rows:
            at = row["SET_ASIDE_AT"].replace(tzinfo=timezone.utc).timestamp()
            self.aside_at.setdefault(row["ROW_KEY"], at)

    def asides(self) -> tuple[Aside, ...]:
        """Return what was set aside."""
        rows = self.ask(ASIDES)
        self.note_asides(rows)
        found: list[Aside] = []
        for row in rows:
            found.append(Aside(row["ROW_KEY"], self.aside_at[row["ROW_KEY"]], row["REASON"] or ""))
        return tuple(found)

    def is_beyond(self, time: datetime) -> bool:
        """Return whether the watermark has passed a time."""
        if not self.samples:
            return False
        watermark = self.samples[-1].watermark
        return watermark is not None and watermark > time

    def move(self, seconds: float) -> None:
        """Set the watermark of the program by some seconds, as a person does."""
        for row in self.ask(SAMPLE):
            old = row["LAST_SUCCESSFUL_TIME"]
            if old is None:
                continue
            new = (old + timedelta(seconds=seconds)).replace(microsecond=0)
            at = time.time()
            self.ask(
                "UPDATE ETL_PRMREC SET LAST_SUCCESSFUL_TIME = %s WHERE PROGRAM_NAME = %s",
                new,
                row["PROGRAM_NAME"],
            )
            self.moves.append(Move(at, old, new))

    def pause(self, seconds: float) -> None:
        """Pause the program for a while."""
        # Nobody can pause what has not begun.
        while not self.ask(SAMPLE):
            time.sleep(LOOK_SECONDS)
        self.ask("UPDATE ETL_PRMREC SET STATUS = 'PAUSED'")
        begin = time.time()
        time.sleep(seconds)
        self.quiets.append(Quiet("paused", begin, time.time()))
        self.ask("UPDATE ETL_PRMREC SET STATUS = 'RUNNING'")

    def steal(self, seconds: float) -> None:
        """End the session of the service, and have its lock for a while."""
        with self.site.mariadb.administer(STORE) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = %s", (STORE_USER,)
            )
            for row in cursor.fetchall():
                end_session(cursor, row["ID"])
            cursor.execute("SELECT GET_LOCK(%s, 10) AS IS_TAKEN", (LOCK,))
            taken = cursor.fetchone()
            begin = time.time()
            if taken and taken["IS_TAKEN"] == 1:
                time.sleep(seconds)
                self.quiets.append(Quiet("the lock was taken", begin, time.time()))

    def close(self) -> None:
        self.stop.set()
        if self.thread.is_alive():
            self.thread.join()


def end_session(cursor: Any, number: int) -> None:
    """End a session that may have ended by itself."""
    try:
        cursor.execute(f"KILL CONNECTION {int(number)}")
    except pymysql.Error as error:
        if not re.search("Unknown thread", str(error)):
            raise
