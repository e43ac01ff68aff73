"""Answer HTTP requests for queues: the JSON protocol that boto3 speaks, on loopback."""

from __future__ import annotations

import itertools
import json
import socket
import struct
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from awslite.refusals import Document, Refused
from awslite.treatment import Cut, Page, Request
from awslite.wire import read_signer
from standins.queuetreatment import Treatment

PAGE = "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>proxy</body></html>"
JSON = "application/x-amz-json-1.0"


class Answering(Protocol):
    """What decides how a request is treated, and carries it out."""

    treat: Callable[[Request], Treatment]

    def answer(self, request: Request, treatment: Treatment) -> Document:
        """Carry a request out."""


class QueueServer(ThreadingHTTPServer):
    """A server on a free port of the loopback."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), QueueHandler)
        self.answering = answering
        self.numbers = itertools.count(1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore what clients leave behind that are killed, as here they often are."""


class QueueHandler(BaseHTTPRequestHandler):
    """One connection of a client."""

    server: QueueServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        request = self.read_request()
        name = request.request_id
        answering = self.server.answering
        treatment = answering.treat(request)
        try:
            answer = json.dumps(answering.answer(request, treatment)).encode()
            self.reply_in_part(answer, name, treatment.half_after)
        except Refused as refused:
            refusal = {"__type": f"com.amazonaws.sqs#{refused.code}", "message": "refused"}
            self.reply(refused.status, json.dumps(refusal).encode(), name)
        except Page as page:
            text = PAGE.format(status=page.status)
            self.reply(page.status, text.encode(), name, kind="text/html")
        except Cut:
            self.cut()

    def read_request(self) -> Request:
        """Read the request that has come."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        target, _, action = self.headers["X-Amz-Target"].rpartition(".")
        sender, region = read_signer(self.headers.get("Authorization", ""))
        return Request(
            target=target,
            action=action,
            document=json.loads(content),
            sender=sender,
            region=region,
            request_id=f"request-{next(self.server.numbers)}",
            at=time.time(),
            size_bytes=len(content),
        )

    def reply_in_part(self, body: bytes, name: str, half: str) -> None:
        """Send an answer, or the half of it that a treatment asks for."""
        first_half = body[: len(body) // 2]
        if half == "cut":
            self.reply(200, first_half, name, length=len(body))
            self.cut()
        elif half:
            self.reply(200, first_half, name)
        else:
            self.reply(200, body, name)

    def reply(
        self, status: int, body: bytes, name: str, *, kind: str = JSON, length: int | None = None
    ) -> None:
        """Send an answer. length: what its header says, when that is not its own length."""
        if length is None:
            length = len(body)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("x-amzn-RequestId", name)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def cut(self) -> None:
        """End the connection with a reset, which is no orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
