"""A small, fast SQS on loopback, which counts each accepted message."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from awslite.refusals import Document, Refused
from awslite.treatment import Request, treated
from standins.queuehttp import QueueServer
from standins.queuelimits import check_numbers, size_of
from standins.queues import Message, Queue
from standins.queuetreatment import PLAIN, Treatment

#: A receive that finds nothing takes at least this time, so that no client spins.
LEAST_WAIT_SECONDS = 0.08
#: The longest that SQS lets a receive wait.
LONGEST_WAIT_SECONDS = 20.0
MAX_ENTRIES, MAX_BATCH_BYTES = 10, 1 << 20
#: How many of the visible messages are shuffled before a receive.
MAX_SHUFFLED = 1000


@dataclass(frozen=True)
class Accepted:
    """A message that a queue took, as it came.

    is_new: False where FIFO dropped it as a repeat of `message`.
    at: when its request came, which may be long before.
    """

    queue: str
    message: Message
    entry: Document
    is_new: bool
    sender: str
    request_id: str
    at: float


class Queues:
    """All queues of one endpoint and what they accepted. `treat` says how each request is met.

    Parameters:
        least_wait_seconds: before a receive that finds nothing is answered, however briefly it may
            wait. A test whose client asks a few times has no need of it.
        longest_wait_seconds: when it is answered, however long it may wait: a test that reads a
            queue to its end is spared the wait.
    """

    def __init__(
        self,
        *,
        least_wait_seconds: float = LEAST_WAIT_SECONDS,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        self.least_wait_seconds = least_wait_seconds
        self.longest_wait_seconds = longest_wait_seconds
        self.queues: dict[str, Queue] = {}
        self.accepted: list[Accepted] = []
        self.treat: Callable[[Request], Treatment] = lambda request: PLAIN
        self.url = ""
        #: Whether a receive that does not wait finds nothing, as SQS asks some of its hosts then.
        self.misses_short_polls = False

    def create(self, name: str, attributes: Mapping[str, str] | None = None) -> Queue:
        return self.queues.setdefault(name, Queue(name, attributes or {}))

    def url_of(self, name: str) -> str:
        return f"{self.url}/000000000000/{name}"

    def answer(self, request: Request, treatment: Treatment) -> Document:
        """Carry a request out.

        Raises Refused, Page for what is no answer of SQS, and Cut when there is to be none.
        """
        if treatment.delay_seconds:
            time.sleep(treatment.delay_seconds)
        with treated(treatment):
            return self.carry_out(request, treatment)

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
        described = {}
        for name, value in queue.described().items():
            if name in wanted or "All" in wanted:
                described[name] = value
        return {"Attributes": described}

    def set_attributes(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        queue.attributes.update(request.document["Attributes"])
        return {}

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
        check_numbers(document)
        wait = min(float(document.get("WaitTimeSeconds", 0)), self.longest_wait_seconds)
        limit = int(document.get("MaxNumberOfMessages", 1))
        deadline = time.monotonic() + max(wait, self.least_wait_seconds)
        most = limit
        if treatment.shuffle:
            most = MAX_SHUFFLED
        if self.misses_short_polls and not document.get("WaitTimeSeconds"):
            return {}
        while not (found := queue.visible(most)):
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
        if treatment.deliver_twice:
            hidden_seconds = 0.0
        received = queue.receive(found[:limit], hidden_seconds)
        return {"Messages": [describe(message, receipt) for message, receipt in received]}

    def delete(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        queue.delete(str(request.document["ReceiptHandle"]))
        return {}

    def delete_batch(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        return each_entry(
            request, treatment, lambda entry: queue.delete(str(entry["ReceiptHandle"]))
        )

    def change(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        check_numbers(request.document)
        queue.change_visibility(
            str(request.document["ReceiptHandle"]), float(request.document["VisibilityTimeout"])
        )
        return {}

    def change_batch(self, queue: Queue, request: Request, treatment: Treatment) -> Document:
        def change_one(entry: Document) -> None:
            check_numbers(entry)
            queue.change_visibility(str(entry["ReceiptHandle"]), float(entry["VisibilityTimeout"]))

        return each_entry(request, treatment, change_one)


ACTIONS: Mapping[str, Callable[[Queues, Queue, Request, Treatment], Document]] = {
    "GetQueueAttributes": Queues.attributes,
    "SetQueueAttributes": Queues.set_attributes,
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
    """Answer a batch, of which each entry succeeds or fails by itself."""
    entries = request.document["Entries"]
    if not entries:
        raise Refused("EmptyBatchRequest")
    if len(entries) > MAX_ENTRIES:
        raise Refused("TooManyEntriesInBatchRequest")
    if len({entry["Id"] for entry in entries}) < len(entries):
        raise Refused("BatchEntryIdsNotDistinct")
    if sum(map(size_of, entries)) > MAX_BATCH_BYTES:
        raise Refused("BatchRequestTooLong")
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


@contextmanager
def serve_queues(queues: Queues | None = None) -> Iterator[Queues]:
    """Serve on a free port of the loopback until the block ends."""
    queues = queues or Queues()
    server = QueueServer(queues)
    queues.url = server.url
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
