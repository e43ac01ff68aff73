"""A small, fast SQS over HTTP: the JSON protocol that boto3 speaks, on loopback, each accepted message counted."""

from __future__ import annotations

import itertools
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.chaos.queues import Document, Message, Queue, Refused

#: A receive that finds nothing takes at least so long: whoever asks without waiting shall not spin.
EMPTY_RECEIVE_SECONDS = 0.08
MAX_ENTRIES = 10
_CREDENTIAL = re.compile(r"Credential=([^/]+)/")


@dataclass(frozen=True)
class Request:
    """One request. sender: the access key that signed it; request_id: as the answer names it; at: when it came."""

    action: str
    document: Document
    sender: str
    request_id: str
    at: float


@dataclass(frozen=True)
class Accepted:
    """A message that a queue took, as it came; at: when its request came, which may be long before.

    is_new False: FIFO dropped it as a repeat of `message`.
    """

    queue: str
    message: Message
    entry: Document
    is_new: bool
    sender: str
    request_id: str
    at: float


@dataclass(frozen=True)
class Treatment:
    """What is done to a request instead of, or beside, answering it."""

    refusal: tuple[int, str] | None = None
    cut_before: bool = False
    cut_after: bool = False
    refusal_after: tuple[int, str] | None = None
    delay_seconds: float = 0.0
    failed_entries: Mapping[str, str] = field(default_factory=dict)
    deliver_twice: bool = False
    shuffle: Callable[[list[Message]], None] | None = None


PLAIN = Treatment()


class Cut(Exception):
    """The connection ends without an answer."""


class Queues:
    """All queues of one endpoint and what they accepted; `treat` says what is done to each request."""

    def __init__(self) -> None:
        self.queues: dict[str, Queue] = {}
        self.accepted: list[Accepted] = []
        self.treat: Callable[[Request], Treatment] = lambda request: PLAIN
        self.url = ""

    def create(self, name: str, attributes: Mapping[str, str] | None = None) -> Queue:
        return self.queues.setdefault(name, Queue(name, attributes or {}))

    def url_of(self, name: str) -> str:
        return f"{self.url}/000000000000/{name}"

    def answer(self, request: Request) -> Document:
        """Carry a request out. Raises Refused, and Cut when nothing is to be answered."""
        treatment = self.treat(request)
        if treatment.delay_seconds:
            time.sleep(treatment.delay_seconds)
        if treatment.cut_before:
            raise Cut
        if treatment.refusal:
            raise Refused(treatment.refusal[1], status=treatment.refusal[0])
        answer = self.carry_out(request, treatment)
        if treatment.cut_after:
            raise Cut
        if treatment.refusal_after:
            raise Refused(treatment.refusal_after[1], status=treatment.refusal_after[0])
        return answer

    def carry_out(self, request: Request, treatment: Treatment) -> Document:
        if request.action == "CreateQueue":
            name = str(request.document["QueueName"])
            self.create(name, request.document.get("Attributes", {}))
            return {"QueueUrl": self.url_of(name)}
        if request.action == "GetQueueUrl":
            return {"QueueUrl": self.url_of(self.find(str(request.document["QueueName"])).name)}
        queue = self.find(str(request.document["QueueUrl"]).rpartition("/")[2])
        method = ACTIONS.get(request.action)
        if method is None:
            raise Refused("UnsupportedOperation", request.action)
        with queue.changed:
            return method(self, queue, request, treatment)

    def find(self, name: str) -> Queue:
        if name not in self.queues:
            raise Refused("QueueDoesNotExist", "The specified queue does not exist.")
        return self.queues[name]

    def attributes(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        wanted = request.document.get("AttributeNames", ["All"])
        described = queue.described()
        return {"Attributes": {k: v for k, v in described.items() if k in wanted or "All" in wanted}}

    def take(self, queue: Queue, entry: Document, request: Request) -> Message:
        message, is_new = queue.send(entry)
        self.accepted.append(
            Accepted(queue.name, message, entry, is_new, request.sender, request.request_id, request.at)
        )
        queue.changed.notify_all()
        return message

    def send(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        message = self.take(queue, request.document, request)
        return {"MessageId": message.message_id, "MD5OfMessageBody": message.digest}

    def send_batch(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        def send_one(entry: Document) -> Document:
            message = self.take(queue, entry, request)
            return {"MessageId": message.message_id, "MD5OfMessageBody": message.digest}

        return each_entry(request, treatment, send_one)

    def receive(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        document = request.document
        wait = max(float(document.get("WaitTimeSeconds", 0)), EMPTY_RECEIVE_SECONDS)
        limit = int(document.get("MaxNumberOfMessages", 1))
        deadline = time.monotonic() + wait
        while not (found := queue.visible(1000 if treatment.shuffle else limit)):
            left = deadline - time.monotonic()
            if left <= 0:
                return {}
            # What is hidden becomes visible without a notice.
            queue.changed.wait(min(left, 0.05))
        if treatment.shuffle:
            treatment.shuffle(found)
        hidden_seconds = float(document.get("VisibilityTimeout", queue.attributes["VisibilityTimeout"]))
        received = queue.receive(found[:limit], 0.0 if treatment.deliver_twice else hidden_seconds)
        return {"Messages": [describe(message, receipt) for message, receipt in received]}

    def delete(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        queue.delete(str(request.document["ReceiptHandle"]))
        return {}

    def delete_batch(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        return each_entry(request, treatment, lambda entry: queue.delete(str(entry["ReceiptHandle"])))

    def change(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        queue.change_visibility(str(request.document["ReceiptHandle"]), float(request.document["VisibilityTimeout"]))
        return {}

    def change_batch(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        def change_one(entry: Document) -> None:
            queue.change_visibility(str(entry["ReceiptHandle"]), float(entry["VisibilityTimeout"]))

        return each_entry(request, treatment, change_one)


ACTIONS: Mapping[str, Callable[[Queues, Queue, Request, Treatment], Document]] = {
    "GetQueueAttributes": Queues.attributes,
    "SendMessage": Queues.send,
    "SendMessageBatch": Queues.send_batch,
    "ReceiveMessage": Queues.receive,
    "DeleteMessage": Queues.delete,
    "DeleteMessageBatch": Queues.delete_batch,
    "ChangeMessageVisibility": Queues.change,
    "ChangeMessageVisibilityBatch": Queues.change_batch,
}


def each_entry(request: Request, treatment: Treatment, work: Callable[[Document], Document | None]) -> Document:
    """A batch's answer: each entry succeeds or fails by itself."""
    entries = request.document["Entries"]
    if not entries:
        raise Refused("EmptyBatchRequest")
    if len(entries) > MAX_ENTRIES:
        raise Refused("TooManyEntriesInBatchRequest")
    answer: Document = {"Successful": [], "Failed": []}
    for entry in entries:
        code = treatment.failed_entries.get(entry["Id"])
        try:
            if code:
                raise Refused(code)
            answer["Successful"].append({"Id": entry["Id"], **(work(entry) or {})})
        except Refused as refused:
            answer["Failed"].append({"Id": entry["Id"], "Code": refused.code, "SenderFault": True, "Message": "no"})
    return answer


def describe(message: Message, receipt: str) -> Document:
    system = {"SentTimestamp": str(message.sent_ms), "ApproximateReceiveCount": str(message.receive_count)}
    if message.group_id:
        system["MessageGroupId"] = message.group_id
    return {
        "MessageId": message.message_id,
        "ReceiptHandle": receipt,
        "Body": message.body,
        "MD5OfBody": message.digest,
        "Attributes": system,
        "MessageAttributes": dict(message.attributes),
    }


def make_handler(queues: Queues) -> type[BaseHTTPRequestHandler]:
    numbers = itertools.count(1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            action = self.headers["X-Amz-Target"].partition(".")[2]
            signer = _CREDENTIAL.search(self.headers.get("Authorization", ""))
            request = Request(action, document, signer[1] if signer else "", f"request-{next(numbers)}", time.time())
            try:
                self.reply(200, queues.answer(request), request)
            except Refused as refused:
                self.reply(
                    refused.status, {"__type": f"com.amazonaws.sqs#{refused.code}", "message": "refused"}, request
                )
            except Cut:
                # A reset, not an orderly end.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()

        def reply(self, status: int, document: Document, request: Request) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("x-amzn-RequestId", request.request_id)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients are killed here all the time; what they leave behind is no news."""


@contextmanager
def serve_queues() -> Iterator[Queues]:
    """Serve on a free port of the loopback until the block ends."""
    queues = Queues()
    server = QuietServer(("127.0.0.1", 0), make_handler(queues))
    queues.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield queues
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
