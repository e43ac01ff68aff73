"""HTTP on a connection: one request after another, and their answers."""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from dataclasses import dataclass, field

from awslite.refusals import Document

#: AWS's JSON protocols, which differ in nothing that is used here.
JSON = "application/x-amz-json-1.1"
HTML = "text/html"
PAGE = "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>proxy</body></html>"
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 500: "Internal Server Error"}
#: More than the largest request of Kinesis, in base64, with all its keys.
MOST_BODY_BYTES = 32 << 20
GZIP_WINDOW_BITS = 31
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/")


@dataclass(frozen=True)
class Call:
    """An HTTP request. headers: by their names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def signer(self) -> tuple[str, str]:
        """Return the access key that signed it, and the region that it was signed for."""
        return read_signer(self.headers.get("authorization", ""))

    @property
    def document(self) -> Document:
        """Return the object that the body holds. Raises ValueError where it holds none."""
        body = self.body
        if self.headers.get("content-encoding") == "gzip":
            body = unpack(body)
        try:
            document = json.loads(body)
        except RecursionError:
            raise ValueError("the body is too deep") from None
        if not isinstance(document, dict):
            raise ValueError("the body is no object")
        return document


def unpack(body: bytes) -> bytes:
    """Return what a body of gzip holds. Raises ValueError for more than a body may hold."""
    stream = zlib.decompressobj(GZIP_WINDOW_BITS)
    try:
        content = stream.decompress(body, MOST_BODY_BYTES)
    except zlib.error:
        raise ValueError("the body is no gzip") from None
    if not stream.eof:
        raise ValueError("the body of gzip is cut off, or too large")
    return content


def read_signer(authorization: str) -> tuple[str, str]:
    """Return access key and region of a request that is signed so, or none and a usual one."""
    found = _CREDENTIAL.search(authorization)
    if found is None:
        return "", "us-east-1"
    return found[1], found[2]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. length: what its header says, when that is not its own length."""

    status: int
    body: bytes
    kind: str = JSON
    length: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def write(self) -> bytes:
        """Return the bytes that go onto the wire."""
        length = self.length
        if length is None:
            length = len(self.body)
        lines = [
            f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Refused')}",
            f"Content-Type: {self.kind}",
            f"Content-Length: {length}",
        ]
        for name, value in self.headers.items():
            lines.append(f"{name}: {value}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def answer_json(document: Document, status: int = 200) -> Answer:
    return Answer(status, json.dumps(document, ensure_ascii=False).encode())


def answer_page(status: int) -> Answer:
    """Return a page of HTML, as a proxy answers it that could not reach AWS."""
    return Answer(status, PAGE.format(status=status).encode(), HTML)


async def read_call(reader: asyncio.StreamReader) -> Call | None:
    """Return the next request of a connection, or None at its end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers = {}
        for line in filter(None, lines):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        if length > MOST_BODY_BYTES:
            return None
        return Call(method, path, headers, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        return None
