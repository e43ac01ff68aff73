"""Requests to the Trino stand-in: HTTP on a connection, and SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.fuzz.decoders import Take
from tests.fuzz.wires import Wire
from trinolite.faults import SUBMIT, Fault
from trinolite.refusals import Refused
from trinolite.server import Handler, Trino
from trinolite.statements import Statement

WORDS = (
    b"POST /v1/statement HTTP/1.1\r\n",
    b"Content-Length: ",
    b"X-Trino-User: me\r\n",
    b"SELECT ",
    b"CAST(x AS VARCHAR)",
    b"EXECUTE IMMEDIATE '",
    b"USING 1",
    b"CALL c.system.sync_partition_metadata('s','t','ADD')",
)
SQL = (
    "SELECT COUNT(*), SUM(CAST(1 AS DECIMAL(38, 0))) FROM hive.s.t WHERE d = DATE '2026-11-20'",
    "SELECT LOWER(TO_HEX(MD5(TO_UTF8('x')))), FROM_BASE('1f', 16)",
    "EXECUTE IMMEDIATE 'SELECT ? + 1' USING 2",
    "CALL hive.system.sync_partition_metadata('s', 't', 'ADD')",
    "INSERT INTO hive.s.t (a, b) SELECT 1, 'x'",
    "SELECT " + "(" * 60 + "1" + ")" * 60,
)
HEAD = "POST /v1/statement HTTP/1.1\r\nX-Trino-User: me\r\nContent-Length: {}\r\n\r\n"


def seeds() -> Sequence[bytes]:
    found = [b"GET /v1/statement/executing/a/b/0 HTTP/1.1\r\n\r\n"]
    for sql in SQL:
        found.append(sql.encode())
        found.append(HEAD.format(len(sql)).encode() + sql.encode())
    return found


@contextmanager
def opened() -> Iterator[Take]:
    trino = Trino()
    # Statements run by themselves, below.
    trino.faults.order(Fault(SUBMIT, stays_queued=True))
    handler = type("Connection", (Handler,), {"trino": trino})

    def take(data: bytes) -> None:
        trino.queries.clear()
        trino.statements.clear()
        wire = Wire(data)
        handler(wire, ("127.0.0.1", 1), None)
        wire.close()
        run(trino, data.decode(errors="replace"))

    yield take


def run(trino: Trino, sql: str) -> None:
    """Check that a statement has an outcome, or an error that Trino has."""
    try:
        Statement(trino.warehouse, "hive", "s").run(sql)
    except Refused as refused:
        assert refused.name != "GENERIC_INTERNAL_ERROR", refused
