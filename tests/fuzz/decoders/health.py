"""Requests to the service's pages: /livez, /readyz, /metrics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from oracle_cdc.watching.health_endpoint import Answerer, Page
from tests.fuzz.decoders import Take
from tests.fuzz.wires import Wire

WORDS = (
    b"GET /readyz HTTP/1.1\r\n",
    b"HTTP/0.9",
    b"HTTP/9999999999999999.1",
    b"Expect: 100-continue\r\n",
)


class Pages:
    """What a server has that answers requests."""

    pages: ClassVar = {"/livez": lambda: Page(200, "text/plain", b"well")}


def seeds() -> Sequence[bytes]:
    return [
        b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
        b"HEAD /metrics?x=1 HTTP/1.0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\nx",
        b"GET http://[::1/ HTTP/1.1\r\n\r\n",
    ]


@contextmanager
def opened() -> Iterator[Take]:
    def take(data: bytes) -> None:
        wire = Wire(data)
        Answerer(wire, ("127.0.0.1", 1), Pages())  # type: ignore[arg-type]
        wire.close()

    yield take
