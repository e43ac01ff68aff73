"""Packets over a real pair of sockets: splitting, markers, hang-ups."""

from __future__ import annotations

import socket
import struct
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oralite.protocol.transport import BreakRequested, Disconnected, PacketType, Transport
from oralite.protocol.wire import ProtocolError, clr


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    yield from connected()


def connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return a client's and a server's end of one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    with client, server:
        yield client, server


def packet(kind: int, body: bytes) -> bytes:
    return struct.pack(">IBxxx", len(body) + 8, kind) + body


def data(payload: bytes, flags: int = 0) -> bytes:
    return packet(PacketType.DATA, flags.to_bytes(2, "big") + payload)


def marker(kind: int) -> bytes:
    return packet(PacketType.MARKER, bytes((1, 0, kind)))


def transport_on(server: socket.socket, sdu_bytes: int = 8192) -> Transport:
    transport = Transport(server, Counter())
    transport.use_large_lengths(sdu_bytes)
    return transport


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=1, max_size=3000), st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_a_value_that_crosses_packets_anywhere_reads_back(content: bytes, sizes: list[int]) -> None:
    for client, server in connected():
        stream, position = clr(content), 0
        while position < len(stream):
            size = sizes[position % len(sizes)]
            client.sendall(data(stream[position : position + size]))
            position += size
        assert transport_on(server).reader.clr() == content


def test_an_answer_is_cut_into_packets_no_larger_than_agreed(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    client, server = sockets
    transport_on(server, sdu_bytes=512).send(bytes(1500))
    server.shutdown(socket.SHUT_WR)
    stream = b"".join(iter(lambda: client.recv(4096), b""))
    sizes = []
    while stream:
        size = int.from_bytes(stream[:4], "big")
        sizes.append(size)
        stream = stream[size:]
    assert sizes == [512, 512, 506]


def test_a_marker_is_noticed_behind_requests_sent_ahead(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    client, server = sockets
    transport = transport_on(server)
    client.sendall(data(b"one") + data(b"two") + marker(3))
    wait_until_readable(server)
    assert transport.interrupted()
    transport.discard_to_marker()
    client.sendall(data(b"next"))
    assert transport.reader.raw(4) == b"next"


def wait_until_readable(server: socket.socket) -> None:
    server.recv(1, socket.MSG_PEEK)


def test_a_quiet_client_interrupts_nothing(sockets: tuple[socket.socket, socket.socket]) -> None:
    _, server = sockets
    assert not transport_on(server).interrupted()


def test_a_client_that_hangs_up_interrupts(sockets: tuple[socket.socket, socket.socket]) -> None:
    client, server = sockets
    client.close()
    server.recv(1, socket.MSG_PEEK)
    transport = transport_on(server)
    assert transport.interrupted()
    assert transport.is_closed()


def test_a_marker_ends_the_reading_of_a_request(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    client, server = sockets
    client.sendall(data(b"half") + marker(1))
    with pytest.raises(BreakRequested):
        transport_on(server).reader.raw(8)


def test_a_clients_end_of_file_is_a_hang_up(sockets: tuple[socket.socket, socket.socket]) -> None:
    client, server = sockets
    client.sendall(data(b"", flags=0x40))
    with pytest.raises(Disconnected):
        transport_on(server).reader.u8()


@pytest.mark.parametrize("length", [0, 7, 1 << 31])
def test_a_packet_of_an_impossible_length_is_refused(
    sockets: tuple[socket.socket, socket.socket], length: int
) -> None:
    client, server = sockets
    client.sendall(struct.pack(">IBxxx", length, PacketType.DATA))
    client.shutdown(socket.SHUT_WR)
    with pytest.raises(ProtocolError):
        transport_on(server).read_packet()


def test_abort_from_another_thread_ends_a_read(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    _, server = sockets
    transport = transport_on(server)
    transport.abort()
    with pytest.raises(Disconnected):
        transport.read_packet()
