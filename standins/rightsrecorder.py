"""AWS on loopback, by moto, which notes what right each request needs."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

#: The region and the service that a request is signed for.
SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")
#: Of these services the operation stands in a header, and what it is about in a body of JSON.
IN_HEADER = {"sqs", "ssm"}
#: Operations that need the right to another: a batch that to its parts.
RIGHTS = {
    "HeadBucket": "ListBucket",
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
#: S3's operations have no names on the wire: methods on an object, and on a bucket.
ON_OBJECTS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "GetObject"}
ON_BUCKETS = {"HEAD": "ListBucket", "GET": "ListBucket"}


class Use(NamedTuple):
    """An action on a resource, both as policies name them."""

    action: str
    resource: str


class Recorder:
    """Lets moto answer, and keeps what was used.

    All such servers of a process share moto's queues and buckets: whoever asks another than this
    one is not recorded.
    """

    def __init__(self) -> None:
        self.url = ""
        self.used: set[Use] = set()
        self.answer: Callable[..., Iterable[bytes]] = DomainDispatcherApplication(
            create_backend_app
        )

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Note a request and pass it on, as WSGI has it."""
        scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope:
            self.used.add(read_use(environ, *scope.groups()))
        return self.answer(environ, start)


def read_use(environ: dict[str, Any], region: str, service: str) -> Use:
    """Return what a request uses. What it reads of the body it puts back."""
    if service == "s3":
        return read_s3(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    if service not in IN_HEADER:
        return Use(f"{service}:?", environ["PATH_INFO"])
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = io.BytesIO(body)
    operation = environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2]
    name = name_of(service, json.loads(body))
    right = RIGHTS.get(operation, operation)
    return Use(f"{service}:{right}", f"arn:aws:{service}:{region}:{DEFAULT_ACCOUNT_ID}:{name}")


def read_s3(method: str, path: str) -> Use:
    """Return what a request uses that names bucket and key in its path."""
    resource = path.strip("/")
    names = ON_BUCKETS
    if "/" in resource:
        names = ON_OBJECTS
    return Use(f"s3:{names.get(method, method)}", f"arn:aws:s3:::{resource}")


def name_of(service: str, request: dict[str, Any]) -> str:
    """Return the end of the ARN of what a request is about."""
    if service == "sqs":
        return str(request["QueueUrl"]).rpartition("/")[2]
    return "parameter" + str(request.get("Path") or request.get("Name"))


@contextmanager
def serve_recorder() -> Iterator[Recorder]:
    """Serve on a free port of the loopback until the block ends."""
    recorder = Recorder()
    server = make_server("127.0.0.1", 0, recorder, threaded=True)
    recorder.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
