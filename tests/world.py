"""A whole world on loopback: the Oracle stand-in, an SQS server, the source table, two queues."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import oracledb

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.wiring import Application, make_application
from oralite.server import Server
from standins.oracle import (
    DBA,
    DBA_PASSWORD,
    PASSWORD,
    SERVICE,
    SOURCE,
    USER,
    create_source,
    create_tables,
    serve_database,
)
from tests.queues import connect_sqs, count_messages, create_queues, take_bodies
from tests.worldsettings import make_environment, make_settings

#: The names of the database too, which tests need beside a world.
__all__ = [
    "DBA",
    "DBA_PASSWORD",
    "PASSWORD",
    "SERVICE",
    "SOURCE",
    "USER",
    "World",
    "open_world",
    "serve_world",
]
#: How long a cycle waits for calls that are delivered apart: only one that hangs takes all of it.
APART_SECONDS = 1.0


@dataclass
class World:
    """What stands around the service in a test, and a DBA's view of it."""

    server: Server
    endpoint: str
    outbound_url: str
    results_url: str
    applications: list[Application] = field(default_factory=list)
    connections: list[oracledb.Connection] = field(default_factory=list)
    #: A DBA's, between two statements.
    sessions: list[oracledb.Connection] = field(default_factory=list)

    def connect(self, user: str = DBA, password: str = DBA_PASSWORD) -> oracledb.Connection:
        connection = oracledb.connect(user=user, password=password, dsn=self.server.dsn)
        self.connections.append(connection)
        return connection

    def settings(self, **changes: Any) -> Settings:
        """Make the settings for this world, with changes as make_settings takes them."""
        return make_settings(self, **changes)

    def environment(self, log_dir: str, **variables: str) -> dict[str, str]:
        """Return the same settings as the environment of a process."""
        return make_environment(self, log_dir, **variables)

    def application(self, **changes: Any) -> Application:
        """Start the service up in this process. Its cycles are run by the test."""
        application = make_application(self.settings(**changes))
        self.applications.append(application)
        return application

    def cycle(self, application: Application) -> None:
        """Run one outbound cycle to its end."""
        run_outbound_cycle(application)

    # The source, as a recorder writes it

    def now(self) -> datetime:
        """Return the time of the database's clock, without a zone."""
        return self.rows("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")[0][0]

    def record(
        self,
        call_id: str,
        *utterances: tuple[str, str],
        ago_seconds: float = 120.0,
        ban: str = "B-1",
        subscriber_no: str | None = "050-7654321",
        connection: oracledb.Connection | None = None,
    ) -> None:
        """Insert a call whose last utterance was ago_seconds ago, with one second between two.

        It is committed unless a connection is given.
        """
        newest = self.now() - timedelta(seconds=ago_seconds)
        call_time = newest - timedelta(seconds=len(utterances) - 1)
        rows = []
        for number, (owner, text) in enumerate(utterances):
            time = call_time + timedelta(seconds=number)
            rows.append((call_id, ban, subscriber_no, owner, text, time, call_time))
        self.insert(rows, connection)

    def insert(
        self, rows: Sequence[tuple[Any, ...]], connection: oracledb.Connection | None = None
    ) -> None:
        if connection is not None:
            insert_segments(connection, rows)
            return
        with self.session() as used:
            insert_segments(used, rows)
            used.commit()

    # The tables, as a DBA reads them

    def rows(self, sql: str, *binds: Any) -> list[tuple[Any, ...]]:
        with self.session() as connection, connection.cursor() as cursor:
            cursor.execute(sql, list(binds), fetch_lobs=False)
            return list(cursor.fetchall())

    def change(self, sql: str, *binds: Any) -> int:
        with self.session() as connection, connection.cursor() as cursor:
            cursor.execute(sql, list(binds))
            connection.commit()
            return int(cursor.rowcount)

    def visit(self) -> oracledb.Connection:
        """Open a DBA's session for one statement."""
        return oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=self.server.dsn)

    @contextmanager
    def session(self) -> Iterator[oracledb.Connection]:
        """Lend a DBA's session for one statement, and keep it for the next unless that failed."""
        connection = self.kept_session() or self.visit()
        try:
            yield connection
        except BaseException:
            with suppress(oracledb.Error):
                connection.close()
            raise
        self.sessions.append(connection)

    def kept_session(self) -> oracledb.Connection | None:
        """Return a session that is kept and that the database still answers."""
        while self.sessions:
            connection = self.sessions.pop()
            try:
                connection.ping()
            except oracledb.Error:
                continue
            return connection
        return None

    def states(self) -> dict[str, str]:
        return dict(self.rows(f"SELECT CALL_ID, STATE FROM {USER}.CDC_PROCESSED_CALLS"))

    def move_clock(self, seconds: float) -> None:
        """Set the database's clock ahead of the host's."""
        self.change(f"ALTER SYSTEM SET oralite_clock_offset_seconds = {seconds:g}")

    # The queues, as the ML service sees them

    @cached_property
    def sqs(self) -> Any:
        return connect_sqs(self.endpoint)

    def received(self) -> list[dict[str, Any]]:
        """Take every conversation from the outbound queue, and return the parsed bodies."""
        return [json.loads(body) for body in self.received_bodies()]

    def received_bodies(self) -> list[str]:
        return take_bodies(self.sqs, self.outbound_url)

    def answer(self, call_id: str, *, queue_url: str | None = None, **fields: Any) -> None:
        """Put a result into the results queue."""
        body = {"type": "ML_PROCESSING_RESULT", "callId": call_id, **fields}
        self.answer_raw(json.dumps(body, ensure_ascii=False), queue_url=queue_url)

    def answer_raw(self, body: str, *, queue_url: str | None = None) -> None:
        self.sqs.send_message(QueueUrl=queue_url or self.results_url, MessageBody=body)

    def waiting(self, queue_url: str) -> int:
        """Count the messages in a queue, in flight too."""
        return count_messages(self.sqs, queue_url)

    def close(self) -> None:
        for application in self.applications:
            application.stop.set()
            application.close()
        for connection in (*self.connections, *self.sessions):
            try:
                connection.close()
            except oracledb.Error:
                continue


def run_outbound_cycle(application: Application) -> None:
    """Run one outbound cycle, and wait for the lane that no cycle waits for, unless it hangs."""
    application.startup.ensure_database()
    application.capture_leg.run_cycle()
    capture = application.capture_leg.capture
    if capture is not None:
        with capture.lanes.changed:
            capture.lanes.changed.wait_for(lambda: capture.lanes.is_apart_free, APART_SECONDS)


def insert_segments(connection: oracledb.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows into the source table."""
    with connection.cursor() as cursor:
        cursor.setinputsizes(
            None, None, None, None, oracledb.DB_TYPE_CLOB, *[oracledb.DB_TYPE_TIMESTAMP] * 2
        )
        cursor.executemany(
            f"INSERT INTO {SOURCE} VALUES (TO_NUMBER(:1), :2, :3, :4, :5, :6, :7)",
            [list(row) for row in rows],
        )


def open_world(server: Server, endpoint: str, *, with_tables: bool = True) -> World:
    """Prepare a fresh stand-in, and two queues of this test's own."""
    create_source(server.dsn)
    if with_tables:
        create_tables(server.dsn)
    return World(server, endpoint, *create_queues(endpoint))


@contextmanager
def serve_world(endpoint: str) -> Iterator[World]:
    """Serve a database with source and tables, and two queues of this test's own."""
    with serve_database() as server:
        world = World(server, endpoint, *create_queues(endpoint))
        try:
            yield world
        finally:
            world.close()
