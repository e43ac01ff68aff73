"""The server: a thread for each connection, one write for each answer."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex

from trinolite.faults import CANCEL, NEXT, SUBMIT, Fault, Faults
from trinolite.queries import Query
from trinolite.refusals import Refused
from trinolite.sessions import read_header
from trinolite.statements import Statement
from trinolite.warehouse import Warehouse

STATEMENT = "/v1/statement"
#: Parts of the address of a page: the secret and the token are the last two.
PAGE_PARTS = 7
RETRY_AFTER_SECONDS = 1
MOST_BODY_BYTES = 1 << 20


class Trino:
    """A coordinator: its tables, its statements, what happens to requests.

    Parameters:
        page_rows: of one answer.
    """

    def __init__(self, page_rows: int = 1000) -> None:
        self.warehouse = Warehouse()
        self.faults = Faults()
        self.page_rows = page_rows
        self.url = ""
        self.statements: list[str] = []
        self.cancelled: list[str] = []
        self.stopping = threading.Event()
        self.numbers = itertools.count(1)
        self.queries: dict[str, Query] = {}

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return int(self.url.rpartition(":")[2])

    def submit(self, sql: str, statement: Statement, fault: Fault) -> Query:
        """Take a statement up, and begin with it unless it is to wait."""
        number = f"20260101_000000_{next(self.numbers):05d}_lite"
        query = Query(number, token_hex(8), self.url, sql, statement, self.page_rows)
        self.statements.append(sql)
        self.queries[number] = query
        if fault.error:
            query.refused = Refused(fault.error, "by order of a test")
            query.ended.set()
        elif not fault.stays_queued:
            threading.Thread(target=query.run, name=number, daemon=True).start()
        return query

    def find(self, path: str) -> tuple[Query, int] | None:
        """Return the statement and the page that an address names."""
        parts = path.split("/")
        if len(parts) != PAGE_PARTS or not parts[6].isdecimal():
            return None
        query = self.queries.get(parts[4])
        if query is None or query.slug != parts[5]:
            return None
        return query, int(parts[6])

    def cancel(self, query: Query) -> None:
        """Interrupt a statement."""
        self.cancelled.append(query.sql)
        query.cancel()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    #: One write for each answer, at once: without both an answer takes 40 ms more.
    wbufsize = -1
    disable_nagle_algorithm = True
    trino: Trino

    def do_POST(self) -> None:
        """Take a statement."""
        sql = self.read_text()
        if sql is None:
            self.close_connection = True
            self.answer(400)
        elif self.path != STATEMENT:
            self.answer(404)
        elif not self.headers.get("x-trino-user"):
            self.answer(401)
        else:
            fault = self.trino.faults.of(SUBMIT, sql)
            if self.is_met(fault):
                return
            catalog = self.headers.get("x-trino-catalog") or ""
            schema = self.headers.get("x-trino-schema") or ""
            properties = read_header(self.headers.get("x-trino-session") or "")
            statement = Statement(self.trino.warehouse, catalog, schema, properties)
            query = self.trino.submit(sql, statement, fault)
            self.answer(200, query.document("QUEUED", 0), fault)

    def read_text(self) -> str | None:
        """Return the body, None for one without a length that can be, or that is no text."""
        length = self.headers.get("content-length", "0")
        is_number = length.isascii() and length.isdecimal() and len(length) < 10
        if not is_number or int(length) > MOST_BODY_BYTES:
            return None
        try:
            return self.rfile.read(int(length)).decode()
        except UnicodeDecodeError:
            return None

    def do_GET(self) -> None:
        """Give the next page."""
        found = self.trino.find(self.path)
        if found is None:
            return self.answer(404)
        query, token = found
        fault = self.trino.faults.of(NEXT, query.sql)
        if self.is_met(fault):
            return None
        if fault.error:
            return self.answer(200, query.failure(Refused(fault.error, "by order of a test")))
        document = query.page(token)
        if document.get("error"):
            self.trino.queries.pop(query.number, None)
        return self.answer(200, document, fault, query.sets)

    def do_DELETE(self) -> None:
        """Cancel a statement."""
        found = self.trino.find(self.path)
        if found is None:
            return self.answer(404)
        if self.is_met(self.trino.faults.of(CANCEL, found[0].sql)):
            return None
        self.trino.cancel(found[0])
        return self.answer(204)

    def is_met(self, fault: Fault) -> bool:
        """Do what comes instead of an answer, and say whether that was all."""
        if fault.is_mute:
            self.trino.stopping.wait()
            self.close_connection = True
            return True
        time.sleep(fault.delay_seconds)
        if fault.status:
            self.answer(fault.status)
            return True
        return False

    def answer(
        self,
        status: int,
        document: dict[str, object] | None = None,
        fault: Fault | None = None,
        sets: str = "",
    ) -> None:
        """Send an answer, or the half of one."""
        body = b""
        if document is not None:
            if fault is not None and fault.drops_next:
                document.pop("nextUri", None)
            body = json.dumps(document).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", str(RETRY_AFTER_SECONDS))
        if sets:
            self.send_header("X-Trino-Set-Session", sets)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault is not None and fault.is_cut:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: tests look at what was asked."""


class Server(ThreadingHTTPServer):
    """Listens, with threads that end with the process."""

    daemon_threads = True
    block_on_close = False


@contextmanager
def serve(trino: Trino | None = None) -> Iterator[Trino]:
    """Serve on a free port of loopback, in a thread of its own, until the block ends."""
    served = trino or Trino()
    handler = type("Connection", (Handler,), {"trino": served})
    server = Server(("127.0.0.1", 0), handler)
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, args=(0.05,), name="trinolite", daemon=True
    )
    thread.start()
    try:
        yield served
    finally:
        served.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
