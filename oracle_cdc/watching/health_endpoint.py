"""The health endpoint, on loopback unless it is opened: /livez, /readyz, /metrics."""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

from oracle_cdc.watching.joint_readiness import Watched
from oracle_cdc.watching.readiness import Check

logger = logging.getLogger(__name__)

#: A client that says nothing is let go after this.
CLIENT_SECONDS = 10.0
#: Clients that are answered at once. More are turned away, so that they can't cost memory.
CLIENTS = 50
#: What accept says where there is no room for a client, who stays in the queue meanwhile.
NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
#: After it a client is asked for again. Without it the server would do nothing else.
NO_ROOM_SECONDS = 1.0
#: A port that somebody else has is tried again this often.
BIND_SECONDS = 10.0

JSON = "application/json"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Page:
    """One answer."""

    status: int
    content_type: str
    body: bytes


Pages = Mapping[str, Callable[[], Page]]


def make_pages(readiness: Watched, metrics: Callable[[], bytes]) -> Pages:
    """Return what each path answers."""
    return {
        "/livez": lambda: live_page(readiness),
        "/readyz": lambda: ready_page(readiness),
        "/metrics": lambda: Page(200, PROMETHEUS, metrics()),
    }


def live_page(readiness: Watched) -> Page:
    """Answer 200 while every loop gets on, with what keeps the others."""
    loops = describe_checks(readiness.loops())
    return json_page(readiness.is_alive(), {"live": readiness.is_alive(), "loops": loops})


def ready_page(readiness: Watched) -> Page:
    """Answer 200 while nothing is missing, and each dependency with its reason in either case."""
    is_ready = readiness.is_ready()
    content = {
        "ready": is_ready,
        "dependencies": describe_checks(readiness.dependencies()),
        "missing": readiness.missing(),
        "paused": readiness.paused(),
        "standingBy": readiness.standing_by(),
    }
    return json_page(is_ready, content)


def describe_checks(checks: Sequence[Check]) -> dict[str, object]:
    """Return each check by its name: whether it is well, and why not."""
    described: dict[str, object] = {}
    for check in checks:
        described[check.name] = {"ok": check.ok, "reason": check.reason}
    return described


def json_page(is_well: bool, content: Mapping[str, object]) -> Page:
    """Return a page of JSON, whose status is 200 or 503."""
    status = 503
    if is_well:
        status = 200
    return Page(status, JSON, json.dumps(content, ensure_ascii=False).encode())


class PageServer(ThreadingMixIn, TCPServer):
    """Serves each client in a daemon thread, and asks no name server who it is.

    HTTPServer would ask.

    Parameters:
        wait: waits for some seconds, or until the server is to be closed.
    """

    daemon_threads = True
    # On Windows it would let two processes have one port.
    allow_reuse_address = os.name == "posix"

    def __init__(self, host: str, port: int, pages: Pages, wait: Callable[[float], object]) -> None:
        self.pages = pages
        self.wait = wait
        self.places = threading.Semaphore(CLIENTS)
        found: Any = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.address_family = found[0]
        super().__init__(found[4], Answerer)

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            # :: takes clients of IPv4, too, whatever the host has as its default.
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def get_request(self) -> Any:
        """Take a client, and wait before the next try where the process has no room for one."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in NO_ROOM:
                self.wait(NO_ROOM_SECONDS)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a client in a thread, or turn it away while too many are answered."""
        if not self.places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self.places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        logger.debug("a client of the health endpoint went away")


class Answerer(BaseHTTPRequestHandler):
    """Answers GET and HEAD of the pages, nothing else."""

    server: PageServer
    timeout = CLIENT_SECONDS
    server_version = "oracle-cdc"
    sys_version = ""

    def do_GET(self) -> None:
        page = self.page()
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(page.body)

    do_HEAD = do_GET

    def page(self) -> Page:
        """Return the page of the path that was asked for."""
        path = self.path.split("?", 1)[0]
        found = self.server.pages.get(path)
        if found is None:
            return Page(404, "text/plain", b"try /livez, /readyz or /metrics\n")
        try:
            return found()
        except Exception:
            logger.exception("the page %s failed", path)
            return Page(500, "text/plain", b"a bug; the log has it\n")

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: scrapes are no news."""


class Endpoint:
    """Serves the pages until it is closed.

    A port in use is logged and tried again: monitoring never stops the work.
    """

    def __init__(self, port: int, pages: Pages, host: str) -> None:
        self.wanted_port = port
        self.pages = pages
        self.host = host
        self.server: PageServer | None = None
        self.closed = threading.Event()
        self.tries = 0
        self.thread = threading.Thread(target=self.run, name="health", daemon=True)

    def start(self) -> None:
        self.bind()
        self.thread.start()

    @property
    def port(self) -> int | None:
        """Return the port that is served, or None while it can't be had."""
        if self.server is None:
            return None
        return int(self.server.server_address[1])

    def run(self) -> None:
        while self.server is None:
            if self.closed.wait(BIND_SECONDS):
                return
            self.bind()
        self.server.serve_forever(poll_interval=0.2)

    def bind(self) -> None:
        """Take the port, or log that it can't be had."""
        try:
            self.server = PageServer(self.host, self.wanted_port, self.pages, self.closed.wait)
        except OSError as error:
            level = logging.DEBUG
            if not self.tries:
                level = logging.ERROR
            logger.log(
                level,
                "HEALTH_PORT: port %d on %s can't be had (%s), tried again every %.0f s; "
                "the service works without it",
                self.wanted_port,
                self.host,
                error.strerror,
                BIND_SECONDS,
            )
            self.tries += 1
            return
        name = self.host
        if ":" in name:
            name = f"[{name}]"
        logger.info("health on http://%s:%d: /livez, /readyz, /metrics", name, self.port)

    def close(self) -> None:
        """Close the port. Idempotent."""
        self.closed.set()
        if self.server is not None and self.thread.is_alive():
            self.server.shutdown()
        if self.server is not None:
            self.server.server_close()
