"""Whatever one client does, others go on, and nobody is left waiting."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import oracledb
import pytest

from oralite.conversation.cursors import MOST_OPEN
from oralite.model import Outcome
from oralite.server import Server
from tests.oralite.driver import code_of
from tests.oralite.relay import Relay

pytestmark = pytest.mark.oralite_only
Connect = Callable[..., oracledb.Connection]


@pytest.fixture
def stranger(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection((server.host, server.port)) as client:
        client.settimeout(10)
        yield client


def ends(client: socket.socket) -> bool:
    """Return whether the server closes the connection, whatever it says before."""
    try:
        while client.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


def works(connection: oracledb.Connection) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM dual")
        return bool(cursor.fetchall() == [(1,)])


def connect_packet(descriptor: bytes, announced: int | None = None) -> bytes:
    length = len(descriptor) if announced is None else announced
    body = (
        struct.pack(">8H", 319, 300, 0, 8192, 65535, 0, 0, 1)
        + struct.pack(">2H", length, 74)
        + bytes(46)
    )
    return struct.pack(">HHBBH", len(body) + len(descriptor) + 8, 0, 1, 0, 0) + body + descriptor


XE = b"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=XE)))"


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        bytes(64),
        b"\xff" * 4096,
        struct.pack(">HHBBH", 10, 0, 1, 0, 0) + b"xx",
        connect_packet(b"", announced=60000),
        connect_packet(b"\xff\xfe\xfd"),
        connect_packet(XE) + b"\xff\xff\xff\xff" * 16,
        connect_packet(XE) + struct.pack(">IBxxx", 24, 6) + bytes(2) + b"\x03\x5e\x01" + bytes(11),
    ],
    ids=[
        "http",
        "tls",
        "zeros",
        "ones",
        "short",
        "too long",
        "no text",
        "then noise",
        "call before log-in",
    ],
)
def test_garbage_ends_its_own_connection_only(
    garbage: bytes, stranger: socket.socket, connection: oracledb.Connection
) -> None:
    stranger.sendall(garbage)
    stranger.shutdown(socket.SHUT_WR)
    assert ends(stranger)
    assert works(connection)


def test_a_client_that_says_nothing_keeps_nobody_waiting(
    stranger: socket.socket, connection: oracledb.Connection
) -> None:
    stranger.sendall(connect_packet(XE)[:20])
    assert works(connection)


def test_the_server_stops_while_clients_are_half_connected(
    stranger: socket.socket, server: Server
) -> None:
    stranger.sendall(connect_packet(XE))
    server.stop()
    assert ends(stranger)


def test_a_client_that_vanishes_in_the_middle_of_a_request_leaves_no_session(
    server: Server, connect: Connect
) -> None:
    with Relay(server) as relay:
        victim = connect(dsn=f"127.0.0.1:{relay.port}/{server.service}")
        assert server.statistics()["sessions_open"] == 1
        relay.cut()
        with pytest.raises(oracledb.Error) as error:
            works(victim)
        assert code_of(error) in ("DPY-4011", "DPY-1001")
    server.stop()
    assert server.statistics()["sessions_open"] == 0


def test_a_client_that_takes_no_answers_keeps_nobody_waiting(
    server: Server, connect: Connect
) -> None:
    other = connect()
    other.cursor().execute("CREATE TABLE wide (text VARCHAR2(4000))")
    other.cursor().executemany("INSERT INTO wide VALUES (:1)", [("x" * 4000,)] * 5000)
    other.commit()
    with Relay(server) as relay:
        slow = connect(dsn=f"127.0.0.1:{relay.port}/{server.service}")
        cursor = slow.cursor()
        cursor.arraysize = cursor.prefetchrows = 5000
        relay.pause()
        with ThreadPoolExecutor(1) as thread:
            reading = thread.submit(lambda: cursor.execute("SELECT text FROM wide"))
            assert works(other)
            server.stop()
            relay.cut()
            assert isinstance(reading.exception(), oracledb.Error)


def test_more_sessions_than_the_limit_are_refused(server: Server, connect: Connect) -> None:
    server.most_sessions = 2
    first, _ = connect(), connect()
    with pytest.raises(oracledb.OperationalError, match="12516"):
        connect()
    assert works(first)


def json_bind(connection: oracledb.Connection) -> oracledb.Var:
    bind = connection.cursor().var(oracledb.DB_TYPE_JSON)
    bind.setvalue(0, {"a": ["x"] * 9000})
    return bind


UNSUPPORTED: dict[str, Callable[[oracledb.Connection], object]] = {
    "a cursor": lambda c: c.cursor().execute("SELECT :1 FROM dual", [c.cursor()]),
    "JSON": lambda c: c.cursor().execute(
        "SELECT :1, :2 FROM dual", [1, c.cursor().var(oracledb.DB_TYPE_JSON)]
    ),
    "JSON content": lambda c: c.cursor().execute("INSERT INTO kept VALUES (:1)", [json_bind(c)]),
    "an interval": lambda c: c.cursor().execute("SELECT :1 FROM dual", [oracledb.IntervalYM(1, 2)]),
    "XML": lambda c: c.cursor().execute(
        "SELECT :1 FROM dual", [c.cursor().var(oracledb.DB_TYPE_XMLTYPE)]
    ),
    "an array": lambda c: c.cursor().execute(
        "BEGIN p(:1); END;", [c.cursor().arrayvar(str, ["a", "b" * 9000])]
    ),
    "a function": lambda c: c.cursor().callfunc("f", int, ["x" * 40_000]),
    "an object type": lambda c: c.gettype("SYS.ODCINUMBERLIST"),
    "a scrollable cursor": lambda c: c.cursor(scrollable=True).execute("SELECT 1 FROM dual"),
    "a queue": lambda c: c.queue("q").enqone(c.msgproperties(payload=b"x" * 100_000)),
    "a direct path load": lambda c: c.direct_path_load("APP", "KEPT", ["A"], [(1,), (2,)]),
    "two phases": lambda c: c.tpc_begin(c.xid(1, "a", "b")),
    "parentheses without end": lambda c: c.cursor().execute(
        f"SELECT {'(' * 5000}1{')' * 5000} FROM dual"
    ),
    "a cursor expression": lambda c: c.cursor().execute(
        "SELECT CURSOR(SELECT 1 FROM dual) FROM dual"
    ),
    "the end of another's statement": lambda c: c.cursor().execute("ALTER SYSTEM CANCEL SQL '1'"),
    "a session's events": lambda c: c.cursor().execute("ALTER SESSION ENABLE PARALLEL DML"),
    "an application context": lambda c: (
        c.set_app_context("CLIENTCONTEXT", a="1"),
        c.cursor().execute("SELECT 1 FROM dual"),
    ),
    "a new password": lambda c: c.changepassword("Tiger-42", "Lion-43"),
}


@pytest.mark.parametrize("profile", ["19c", "23ai"])
@pytest.mark.parametrize("use", UNSUPPORTED.values(), ids=UNSUPPORTED.keys())
def test_what_is_not_supported_is_refused_and_the_transaction_lives(
    connection: oracledb.Connection, use: Callable[[oracledb.Connection], object]
) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE kept (a NUMBER)")
    cursor.execute("INSERT INTO kept VALUES (1)")
    for _ in range(2):
        with pytest.raises(oracledb.DatabaseError) as error:
            use(connection)
        assert code_of(error) == "ORA-03001"
    assert cursor.execute("SELECT a FROM kept").fetchall() == [(1,)]


def test_a_cursor_that_is_not_open_is_reported_and_the_transaction_lives(
    server: Server, connect: Connect
) -> None:
    with Relay(server) as relay:
        victim = connect(dsn=f"127.0.0.1:{relay.port}/{server.service}")
        victim.cursor().execute("CREATE TABLE kept (a NUMBER)")
        victim.cursor().execute("INSERT INTO kept VALUES (1)")
        relay.inject(framed(b"\x03\x04\x01" + b"\x01\x63" + b"\x01\x01" + bytes(2)))
        with pytest.raises(oracledb.DatabaseError) as error:
            works(victim)
        assert code_of(error) == "ORA-01001"
        assert victim.cursor().execute("SELECT a FROM kept").fetchall() == [(1,)]
        victim.close()


def framed(payload: bytes) -> bytes:
    return struct.pack(">IBxxx", len(payload) + 10, 6) + bytes(2) + payload


@pytest.mark.parametrize("profile", ["19c", "23ai"])
@pytest.mark.parametrize(
    "noise",
    [
        framed(b"\x03\xff\x01\x00"),
        framed(b"\x63" * 50),
        framed(b"\x11\xee\x01\x00"),
        framed(b"\x03\x5e\x01\x00" + bytes(range(1, 120))),
        framed(b"\x03\x60\x01\x00" + b"\x08" * 90),
        b"\xff" * 64,
        struct.pack(">IBxxx", 9, 12) + b"\x01",
    ],
    ids=["function", "message", "piggyback", "execute", "lob", "no packet", "marker"],
)
def test_noise_within_a_session_ends_that_session_only(
    server: Server, connect: Connect, noise: bytes, profile: str
) -> None:
    other = connect()
    with Relay(server) as relay:
        victim = connect(dsn=f"127.0.0.1:{relay.port}/{server.service}")
        assert works(victim)
        relay.inject(noise)
        relay.hang_up()
        assert works(other)
    server.stop()
    assert server.statistics()["sessions_open"] == 0


def test_a_bug_inside_is_answered_with_an_error_that_keeps_the_session(
    server: Server,
    connection: oracledb.Connection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object, **__: object) -> Outcome:
        raise KeyError("a bug")

    session_class = type(server.database.open_session("APP", interrupted=lambda: False))
    with (
        monkeypatch.context() as patch,
        caplog.at_level(logging.ERROR),
        pytest.raises(oracledb.Error) as error,
    ):
        patch.setattr(session_class, "execute", fail)
        works(connection)
    assert code_of(error) == "ORA-20999"
    assert "Traceback" in caplog.text
    assert works(connection)


def test_more_open_cursors_than_a_session_may_have_are_refused(connect: Connect) -> None:
    connection = connect(stmtcachesize=0)
    cursors = [connection.cursor() for _ in range(MOST_OPEN + 1)]
    with pytest.raises(oracledb.DatabaseError) as error:
        for number, cursor in enumerate(cursors):
            cursor.execute(f"SELECT {number} FROM dual")
    assert code_of(error) == "ORA-01000"
