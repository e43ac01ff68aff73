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
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standins.queues import Document, Message, Queue, Refused
from standins.treatment import PLAIN, Cut, Page, Request, Treatment

#: A receive that finds nothing takes at least so long: whoever asks without waiting shall not spin.
EMPTY_RECEIVE_SECONDS = 0.08
MAX_ENTRIES = 10
PAGE = "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>proxy</body></html>"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/")


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

    def answer(self, request: Request, treatment: Treatment) -> Document:
        """Carry a request out. Raises Refused, Page for what is no answer of SQS, and Cut when there is to be none."""
        if treatment.delay_seconds:
            time.sleep(treatment.delay_seconds)
        stop(treatment.cut_before, treatment.page, treatment.refusal)
        answer = self.carry_out(request, treatment)
        stop(treatment.cut_after, treatment.page_after, treatment.refusal_after)
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
        return {
            "Attributes": {k: v for k, v in described.items() if k in wanted or "All" in wanted}
        }

    def take(self, queue: Queue, entry: Document, request: Request) -> Message:
        message, is_new = queue.send(entry)
        self.accepted.append(
            Accepted(
                queue.name, message, entry, is_new, request.sender, request.request_id, request.at
            )
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
        hidden_seconds = float(
            document.get("VisibilityTimeout", queue.attributes["VisibilityTimeout"])
        )
        received = queue.receive(found[:limit], 0.0 if treatment.deliver_twice else hidden_seconds)
        return {"Messages": [describe(message, receipt) for message, receipt in received]}

    def delete(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        queue.delete(str(request.document["ReceiptHandle"]))
        return {}

    def delete_batch(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        return each_entry(
            request, treatment, lambda entry: queue.delete(str(entry["ReceiptHandle"]))
        )

    def change(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        queue.change_visibility(
            str(request.document["ReceiptHandle"]), float(request.document["VisibilityTimeout"])
        )
        return {}

    def change_batch(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        def change_one(entry: Document) -> None:
            queue.change_visibility(str(entry["ReceiptHandle"]), float(entry["VisibilityTimeout"]))

        return each_entry(request, treatment, change_one)


def stop(is_cut: bool, page: int | None, refusal: tuple[int, str] | None) -> None:
    """Raises what the request is to be met with here, if it is."""
    if is_cut:
        raise Cut
    if page:
        raise Page(page)
    if refusal:
        raise Refused(refusal[1], status=refusal[0])


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


def each_entry(
    request: Request, treatment: Treatment, work: Callable[[Document], Document | None]
) -> Document:
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
            answer["Failed"].append(
                {"Id": entry["Id"], "Code": refused.code, "SenderFault": True, "Message": "no"}
            )
    return answer


def describe(message: Message, receipt: str) -> Document:
    system = {
        "SentTimestamp": str(message.sent_ms),
        "ApproximateReceiveCount": str(message.receive_count),
    }
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
            content = self.rfile.read(int(self.headers["Content-Length"]))
            action = self.headers["X-Amz-Target"].partition(".")[2]
            signer = _CREDENTIAL.search(self.headers.get("Authorization", ""))
            sender, name = signer[1] if signer else "", f"request-{next(numbers)}"
            request = Request(action, json.loads(content), sender, name, time.time(), len(content))
            treatment = queues.treat(request)
            try:
                answer = json.dumps(queues.answer(request, treatment)).encode()
                self.reply(200, answer, name, half=treatment.half_after)
            except Refused as refused:
                told = {"__type": f"com.amazonaws.sqs#{refused.code}", "message": "refused"}
                self.reply(refused.status, json.dumps(told).encode(), name)
            except Page as page:
                self.reply(
                    page.status, PAGE.format(status=page.status).encode(), name, kind="text/html"
                )
            except Cut:
                self.cut()

        def cut(self) -> None:
            """A reset, not an orderly end."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def reply(
            self,
            status: int,
            body: bytes,
            name: str,
            *,
            kind: str = "application/x-amz-json-1.0",
            half: str = "",
        ) -> None:
            shown = body[: len(body) // 2] if half else body
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("x-amzn-RequestId", name)
            self.send_header("Content-Length", str(len(body if half == "cut" else shown)))
            self.end_headers()
            self.wfile.write(shown)
            self.wfile.flush()
            if half == "cut":
                self.cut()

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
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield queues
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
