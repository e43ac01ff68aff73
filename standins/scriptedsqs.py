"""An SQS endpoint that is not moto: it speaks JSON and answers whatever a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from standins.loopback import QuietHandler, serve

#: Takes the action's name and its request, and returns the HTTP status and the answer's body.
#: A body in bytes is sent as it is.
Answer = Callable[[str, dict[str, Any]], "tuple[int, dict[str, Any] | bytes]"]


class Endpoint:
    """What was asked of a running endpoint: `requests` in the order in which they came."""

    def __init__(
        self, url: str, requests: list[tuple[str, dict[str, Any]]], keys: list[str]
    ) -> None:
        self.url = url
        self.queue_url = f"{url}/000000000000/outbound"
        self.requests = requests
        #: The access key that signed each request.
        self.keys = keys

    @property
    def entry_texts(self) -> list[list[str]]:
        """Return the bodies of each SendMessageBatch."""
        texts = []
        for action, request in self.requests:
            if action == "SendMessageBatch":
                texts.append([entry["MessageBody"] for entry in request["Entries"]])
        return texts


@contextmanager
def serve_endpoint(answer: Answer) -> Iterator[Endpoint]:
    """Serve on a free port of the loopback until the block ends."""
    requests: list[tuple[str, dict[str, Any]]] = []
    keys: list[str] = []
    lock = threading.Lock()

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            action = self.headers["X-Amz-Target"].partition(".")[2]
            with lock:
                requests.append((action, request))
                keys.append(
                    self.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
                )
            status, body = answer(action, request)
            if isinstance(body, dict):
                body = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serve(Handler) as url:
        yield Endpoint(url, requests, keys)


def refuse(code: str, *, status: int = 400) -> tuple[int, dict[str, Any]]:
    """Return the answer that refuses a whole request."""
    return status, {"__type": f"com.amazonaws.sqs#{code}", "message": "said by the vendor"}


def accept(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the answer that takes every entry, without a list of failed ones."""
    return 200, {"Successful": [accepted(entry) for entry in request["Entries"]]}


def accepted(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of one entry that was taken."""
    return {"Id": entry["Id"], "MessageId": f"id-{entry['Id']}", "MD5OfMessageBody": "0" * 32}


def failed(entry: dict[str, Any], code: str, *, sender_fault: bool = True) -> dict[str, Any]:
    """Return what is said of one entry that was not taken."""
    return {
        "Id": entry["Id"],
        "Code": code,
        "SenderFault": sender_fault,
        "Message": "said by the vendor",
    }


def describe(**attributes: str) -> tuple[int, dict[str, Any]]:
    """Return the answer to GetQueueAttributes."""
    usual = {
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "1209600",
        "VisibilityTimeout": "30",
    }
    return 200, {"Attributes": {**usual, **attributes}}
