"""An Oracle stand-in whose clients send anything, and what a real driver sends to begin with."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import oracledb

from oralite.conversation import session as conversation
from oralite.conversation.login import LoggedIn
from oralite.protocol.transport import Transport
from oralite.server import Server

USER, PASSWORD, SERVICE = "app", "Tiger-42", "XE"
TABLE = "CREATE TABLE T (ID NUMBER(10) PRIMARY KEY, NAME VARCHAR2(50), BODY CLOB, AT TIMESTAMP)"


class Inside(logging.Handler):
    """Keeps what the stand-in says of faults of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def raise_first(self) -> None:
        """Raise what failed inside, if something did."""
        if self.records:
            record = self.records.pop()
            self.records.clear()
            if record.exc_info and record.exc_info[1]:
                raise record.exc_info[1]
            raise AssertionError(record.getMessage())


@contextmanager
def watched() -> Iterator[Inside]:
    """Lend what knows of faults inside."""
    inside = Inside()
    logger = logging.getLogger("oralite")
    logger.addHandler(inside)
    propagates, logger.propagate = logger.propagate, False
    try:
        yield inside
    finally:
        logger.removeHandler(inside)
        logger.propagate = propagates


@contextmanager
def serving() -> Iterator[Server]:
    """Lend a stand-in with a table of three rows."""
    with Server(None, USER, PASSWORD, SERVICE) as server:
        with connect(server) as connection, connection.cursor() as cursor:
            cursor.execute(TABLE)
            rows = [(number, f"name {number}", "x" * 200 * number) for number in range(3)]
            cursor.executemany("INSERT INTO T (ID, NAME, BODY) VALUES (:1, :2, :3)", rows)
            connection.commit()
        yield server


def connect(server: Server) -> oracledb.Connection:
    return oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn)


def use(connection: oracledb.Connection) -> None:
    """Do a little of everything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ID, NAME, BODY FROM T WHERE ID >= :low ORDER BY ID", low=1)
        for _, _, body in cursor.fetchall():
            body.read()
        cursor.executemany(
            "INSERT INTO T (ID, NAME) VALUES (:1, :2)", [(1, "twice"), (9, "new")], batcherrors=True
        )
        name = cursor.var(str)
        cursor.execute("UPDATE T SET AT = SYSTIMESTAMP WHERE ID = 2 RETURNING NAME INTO :n", n=name)
    connection.ping()
    connection.rollback()


class Recorder:
    """Keeps what clients of a stand-in send, one stream for each connection."""

    def __init__(self) -> None:
        self.streams: list[bytearray] = []
        self._receive = Transport._receive
        self._lock = threading.Lock()

    def __enter__(self) -> Recorder:
        streams: dict[int, bytearray] = {}
        receive, keep = self._receive, self.keep

        def listened(transport: Transport) -> None:
            before = len(transport._received)
            receive(transport)
            keep(streams, transport, bytes(transport._received[before:]))

        Transport._receive = listened  # type: ignore[method-assign]
        return self

    def keep(self, streams: dict[int, bytearray], transport: Transport, content: bytes) -> None:
        with self._lock:
            if id(transport) not in streams:
                streams[id(transport)] = bytearray()
                self.streams.append(streams[id(transport)])
            streams[id(transport)] += content

    def __exit__(self, *_: object) -> None:
        Transport._receive = self._receive  # type: ignore[method-assign]


def record(server: Server) -> tuple[bytes, bytes]:
    """Return what a driver sends to log in, and what it sends when it is logged in."""
    with Recorder() as recorder:
        connection = connect(server)
        # The last one to begin: an earlier connection may still be on its way out.
        stream = recorder.streams[-1]
        at_login = bytes(stream)
        use(connection)
        whole = bytes(stream)
        connection.close()
    return at_login, whole[len(at_login) :]


def run_session(server: Server, transport: Transport) -> None:
    """Serve a client that is logged in, until its bytes are over."""
    sql = server.database.open_session("APP", interrupted=lambda: False, number=1)
    logged_in = LoggedIn("APP", sql, 12)
    transport.use_large_lengths(8192)
    try:
        conversation.Session(transport, server._instance, logged_in, Counter()).run()
    finally:
        sql.close()
