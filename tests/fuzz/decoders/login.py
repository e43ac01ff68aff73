"""What a client of the Oracle stand-in sends before it is logged in: packets, descriptors, keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from oralite.conversation.session import converse
from oralite.protocol.transport import Transport
from tests.fuzz.decoders import Take
from tests.fuzz.oracles import record, serving, watched
from tests.fuzz.wires import Wire

WORDS = (
    b"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=XE)))",
    b"AUTH_SESSKEY",
    b"AUTH_PASSWORD",
    b"AUTH_ALTER_SESSION",
    b"\xfe\x04\x7f\xff\xff\xff",
    b"\x00\x00\x00\x0b\x0c\x00\x00\x00\x01\x00\x02",
)


def seeds() -> Sequence[bytes]:
    with serving() as server:
        at_login, _ = record(server)
    return [at_login, at_login[:200]]


@contextmanager
def opened() -> Iterator[Take]:
    with serving() as server, watched() as inside:

        def take(data: bytes) -> None:
            wire = Wire(data)
            transport = Transport(wire, Counter())  # type: ignore[arg-type]
            try:
                converse(transport, server._instance, Counter())
            finally:
                transport.close()
            inside.raise_first()

        yield take
