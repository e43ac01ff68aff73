"""Packets over a socket: framing, markers, and a look at the socket while a statement runs."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from oralite.protocol.wire import ProtocolError, Reader

#: A client that takes no byte of an answer in this time is given up.
SEND_TIMEOUT_SECONDS = 60
LARGEST_SDU_BYTES = 65535

_HEADER_BYTES = 8
_DATA_OVERHEAD_BYTES = 10
_LARGEST_PACKET_BYTES = 2 * 65536
_READ_BYTES = 65536
#: Requests sent ahead of their turn (pipelines) are read so far while a statement runs, to see a
#: marker behind them.
_READ_AHEAD_BYTES = 1 << 20
_END_OF_FILE = 0x0040
_END_OF_RESPONSE_FLAG = 0x2000
_END_OF_RESPONSE_MESSAGE = b"\x1d"


class PacketType(IntEnum):
    CONNECT = 1
    ACCEPT = 2
    REFUSE = 4
    DATA = 6
    MARKER = 12
    CONTROL = 14


class MarkerKind(IntEnum):
    BREAK = 1
    RESET = 2
    INTERRUPT = 3


class Disconnected(Exception):
    """Raised when the client hung up, or the connection was cut."""


class BreakRequested(Exception):
    """Raised when the client sent a marker: what is under way is to end."""


@dataclass(frozen=True)
class Packet:
    type: int
    body: bytes


def packet_header(kind: PacketType, body_bytes: int, *, large: bool) -> bytes:
    """Encode a packet's header. large: with a length of 32 bits."""
    length = body_bytes + _HEADER_BYTES
    if large:
        return struct.pack(">IBxxx", length, kind)
    return struct.pack(">HxxBxxx", length, kind)


def packet_length(received: bytearray, start: int, *, large: bool) -> int:
    """Read the length of the packet that begins there."""
    end = start + 2
    if large:
        end = start + 4
    return int.from_bytes(received[start:end], "big")


def data_packets(message: bytes, room: int, last_flags: int, *, large: bool) -> Iterator[bytes]:
    """Give a message as DATA packets of at most that room, piece by piece."""
    for start in range(0, len(message), room):
        content = message[start : start + room]
        flags = 0
        if start + room >= len(message):
            flags = last_flags
        header = packet_header(PacketType.DATA, len(content) + 2, large=large)
        yield header + flags.to_bytes(2, "big")
        yield content


def has_marker(received: bytearray, *, large: bool) -> bool:
    """Return whether a marker is among the packets that have arrived."""
    start = 0
    while start + _HEADER_BYTES <= len(received):
        if received[start + 4] == PacketType.MARKER:
            return True
        start += max(packet_length(received, start, large=large), _HEADER_BYTES)
    return False


class Transport:
    """One client's socket. One thread reads and sends. Any may call abort."""

    def __init__(self, sock: socket.socket, counts: Counter[str]) -> None:
        self._socket = sock
        self.counts = counts
        self._received = bytearray()
        self._is_closed = False
        self._has_large_lengths = False
        self._sdu_bytes = 8192
        self._poll = _Poller(sock)
        #: 23ai: each response is marked as ended.
        self.ends_responses = False
        #: The connection is cut once the answer under way is sent.
        self.closes_after_send = False
        self.reader = Reader(self._next_payload)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def set_timeout(self, seconds: float | None) -> None:
        """Limit one read or one send. None: reads wait for ever, sends SEND_TIMEOUT_SECONDS."""
        self._socket.settimeout(seconds)
        if seconds is None and hasattr(select, "poll"):
            limit = struct.pack("@ll", SEND_TIMEOUT_SECONDS, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def use_large_lengths(self, sdu_bytes: int) -> None:
        """Give packets 32-bit lengths from here on (ACCEPT was sent)."""
        self._has_large_lengths = True
        self._sdu_bytes = sdu_bytes

    def _receive(self) -> None:
        try:
            content = self._socket.recv(_READ_BYTES)
        except OSError as error:
            raise Disconnected(str(error)) from error
        if not content:
            self._is_closed = True
            raise Disconnected("the client hung up")
        self.counts["bytes_received"] += len(content)
        self._received += content

    def read_packet(self) -> Packet:
        while len(self._received) < _HEADER_BYTES:
            self._receive()
        length = packet_length(self._received, 0, large=self._has_large_lengths)
        if not _HEADER_BYTES <= length <= _LARGEST_PACKET_BYTES:
            raise ProtocolError(f"a packet of {length} bytes")
        while len(self._received) < length:
            self._receive()
        packet = Packet(self._received[4], bytes(self._received[_HEADER_BYTES:length]))
        del self._received[:length]
        return packet

    def read_payload(self) -> bytes:
        """Return the content of the next DATA packet, which may be empty."""
        while True:
            packet = self.read_packet()
            if packet.type == PacketType.MARKER:
                raise BreakRequested
            if packet.type == PacketType.DATA:
                break
            if packet.type != PacketType.CONTROL:
                raise ProtocolError(f"a packet of type {packet.type} where data is expected")
        if len(packet.body) <= 2 and int.from_bytes(packet.body, "big") & _END_OF_FILE:
            raise Disconnected("the client closed the connection")
        return packet.body[2:]

    def _next_payload(self) -> bytes:
        while not (payload := self.read_payload()):
            pass
        return payload

    def _send(self, content: bytes) -> None:
        try:
            self._socket.sendall(content)
        except OSError as error:
            raise Disconnected(str(error)) from error
        self.counts["bytes_sent"] += len(content)

    def send_packet(self, kind: PacketType, body: bytes) -> None:
        self._send(packet_header(kind, len(body), large=self._has_large_lengths) + body)

    def send(self, message: bytes) -> None:
        """Send the whole of a response that the client waits for."""
        flags = 0
        if self.ends_responses:
            message += _END_OF_RESPONSE_MESSAGE
            flags = _END_OF_RESPONSE_FLAG
        room = self._sdu_bytes - _DATA_OVERHEAD_BYTES
        packets = data_packets(message, room, flags, large=self._has_large_lengths)
        self._send(b"".join(packets))
        if self.closes_after_send:
            raise Disconnected("the server cut the connection")

    def _send_marker(self, kind: MarkerKind) -> None:
        self.send_packet(PacketType.MARKER, bytes((1, 0, kind)))

    def interrupted(self) -> bool:
        """Return whether the client wants the running call to end: it sent a marker or hung up.

        Never waits.
        """
        with contextlib.suppress(Disconnected):
            while len(self._received) < _READ_AHEAD_BYTES and not self._is_closed and self._poll():
                self._receive()
        return self._is_closed or has_marker(self._received, large=self._has_large_lengths)

    def is_closed(self) -> bool:
        """Return whether the client hung up. Never waits."""
        self.interrupted()
        return self._is_closed

    def discard_to_marker(self) -> None:
        """Pass over requests sent ahead of the marker that interrupted() saw."""
        while self.read_packet().type != PacketType.MARKER:
            pass

    def reset(self) -> None:
        """Answer a marker: both sides forget what is under way. An error message must follow."""
        self._send_marker(MarkerKind.BREAK)
        while True:
            packet = self.read_packet()
            if packet.type == PacketType.MARKER and packet.body[2:] == bytes((MarkerKind.RESET,)):
                break
        self._send_marker(MarkerKind.RESET)
        self.reader.clear()

    def abort(self) -> None:
        """Cut the connection. A thread that waits for it gets Disconnected."""
        self._is_closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.abort()
        self._socket.close()


class _Poller:
    """Asks whether a socket has something to read, for any descriptor number if the system can."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._poll: select.poll | None = None
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)

    def __call__(self) -> bool:
        if self._poll is not None:
            return bool(self._poll.poll(0))
        return bool(select.select([self._socket], [], [], 0)[0])
