"""What a client of the Oracle stand-in sends once it is logged in: statements, binds, fetches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from oralite.protocol.transport import Transport
from tests.fuzz.decoders import Take
from tests.fuzz.oracles import record, run_session, serving, watched
from tests.fuzz.wires import Wire

WORDS = (
    b"SELECT ID FROM T WHERE ID = :1",
    b"\x00\x00\x00\x0b\x0c\x00\x00\x00\x01\x00\x02",
    b"\x03\x5e",
    b"\x03\x05",
    b"\x11\x69",
    b"\xfe\x04\x7f\xff\xff\xff",
)


def seeds() -> Sequence[bytes]:
    with serving() as server:
        _, stream = record(server)
    found = [stream]
    # Each packet by itself, too: its length stands in its first four bytes.
    while len(stream) > 4:
        size = int.from_bytes(stream[:4], "big")
        found.append(stream[:size])
        stream = stream[size:]
    return found


@contextmanager
def opened() -> Iterator[Take]:
    with serving() as server, watched() as inside:

        def take(data: bytes) -> None:
            transport = Transport(Wire(data), Counter())  # type: ignore[arg-type]
            try:
                run_session(server, transport)
            finally:
                transport.close()
            inside.raise_first()

        yield take
