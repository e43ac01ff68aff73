"""The Oracle stand-in of a round as a process of its own on a file, and a DBA's sessions in it."""

from __future__ import annotations

import random
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import oracledb

from standins.oracle import DBA, DBA_PASSWORD, SERVICE, USER
from tests.chaos.harness.processes import Processes, await_file

PATIENCE_SECONDS = 60.0
PORTS = range(20_000, 32_000)
#: A long run's tables are large.
CALL_TIMEOUT_MS = 120_000
ROWS_PER_FETCH = 1000

T = TypeVar("T")


class Dba:
    """One DBA's session, made again whenever the database was away.

    Several threads may use it, one at a time.
    """

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.lock = threading.RLock()
        self.connection: oracledb.Connection | None = None

    def run(self, work: Callable[[oracledb.Cursor], T]) -> T:
        """Do a piece of work until the database took it. The work must be repeatable."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self.lock, self.connect().cursor() as cursor:
                    return work(cursor)
            except (oracledb.Error, OSError):
                self.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def connect(self) -> oracledb.Connection:
        if self.connection is None:
            self.connection = oracledb.connect(
                user=DBA,
                password=DBA_PASSWORD,
                dsn=self.dsn,
                tcp_connect_timeout=2.0,
                retry_count=0,
            )
            self.connection.call_timeout = CALL_TIMEOUT_MS
        return self.connection

    def rows(self, sql: str, **binds: Any) -> list[tuple[Any, ...]]:
        def query(cursor: oracledb.Cursor) -> list[tuple[Any, ...]]:
            cursor.arraysize = ROWS_PER_FETCH
            cursor.execute(sql, binds, fetch_lobs=False)
            return list(cursor.fetchall())

        return self.run(query)

    def execute(self, sql: str) -> None:
        self.run(lambda cursor: cursor.execute(sql))

    def now(self) -> datetime:
        moment = self.rows("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")[0][0]
        assert isinstance(moment, datetime)
        return moment

    def utc_now(self) -> datetime:
        moment = self.rows("SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL")[0][0]
        assert isinstance(moment, datetime)
        return moment

    def close(self) -> None:
        with self.lock:
            connection, self.connection = self.connection, None
        if connection is not None:
            try:
                connection.close()
            except (oracledb.Error, OSError):
                return


class Database:
    """The stand-in's process. Its port stays the same when it is killed and started again."""

    def __init__(self, processes: Processes, directory: Path, template: Path | None = None) -> None:
        self.processes = processes
        self.directory = directory
        self.file = directory / "oracle.db"
        self.offset_seconds = 0.0
        if template:
            shutil.copy(template, self.file)
        self.port = free_port()
        self.starts = 0
        self.start()
        self.dsn = f"127.0.0.1:{self.port}/{SERVICE}"
        self.dba = Dba(self.dsn)

    def start(self) -> None:
        self.starts += 1
        output = self.directory / f"oracle-{self.starts}.log"
        arguments = [
            "--port",
            str(self.port),
            "--user",
            DBA,
            "--password",
            DBA_PASSWORD,
            "--service",
            SERVICE,
        ]
        self.processes.start(
            "database",
            "oracle",
            environment={"TZ": "UTC"},
            output=str(output),
            arguments=[*arguments, "--database", str(self.file)],
        )
        await_file(output, "oralite listening on")

    def crash(self, seconds: float) -> None:
        """Kill it and start it again some seconds later."""
        with self.away():
            time.sleep(seconds)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Kill it, and start it again at the end of the block. Its clock keeps its offset."""
        self.processes.kill("oracle")
        self.processes.await_state("oracle", is_running=False)
        try:
            yield
        finally:
            self.start()
            self.set_clock()

    def move_clock(self, seconds: float) -> None:
        self.offset_seconds += seconds
        self.set_clock()

    def set_clock(self) -> None:
        self.dba.execute(f"ALTER SYSTEM SET oralite_clock_offset_seconds = {self.offset_seconds:g}")

    def set_fault(self, text: str) -> None:
        quoted = text.replace("'", "''")
        self.dba.execute(f"ALTER SYSTEM SET oralite_fault = '{quoted}'")

    def limit_sessions(self, count: int) -> None:
        """Give the service's user this many sessions and no more."""
        self.dba.execute(f"CREATE PROFILE few LIMIT SESSIONS_PER_USER {count}")
        self.dba.execute(f"ALTER USER {USER} PROFILE few")

    def stop(self) -> None:
        """End it so that its file is whole by itself."""
        self.dba.close()
        self.processes.stop("oracle")
        self.processes.await_state("oracle", is_running=False)


def free_port() -> int:
    """Return a port that nobody listens on.

    No client gets it by chance while the database is away: those are higher.
    """
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")
