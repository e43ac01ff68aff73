"""An HTTP server on this machine that answers as a test says, and records what it got."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: A status, that is answered by nothing until the server ends.
HANGS = 0


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Loopback:
    """What the server answers next, and what it got."""

    url: str
    status: int = 200
    body: bytes = b"ok"
    location: str = ""
    received: list[Received] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


def make_handler(find: Callable[[], Loopback]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            loopback = find()
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            loopback.received.append(Received(self.path, dict(self.headers), body))
            if loopback.status == HANGS:
                loopback.ended.wait(30)
                self.close_connection = True
                return
            self.send_response(loopback.status)
            if loopback.location:
                self.send_header("Location", loopback.location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(loopback.body)))
            self.end_headers()
            self.wfile.write(loopback.body)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def served() -> Iterator[Loopback]:
    """Serve a loopback while a test runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(lambda: loopback))
    server.daemon_threads = True
    loopback = Loopback(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        loopback.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
