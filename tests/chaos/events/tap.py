"""A proxy before NATS that remembers each message that the service sends."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator

from standins.tcpproxy import TcpProxy
from tests.chaos.events.judge.history import Sent

LINE_END = b"\r\n"
#: The command that carries a message with headers: subject, where the answer goes, two sizes.
MESSAGE = re.compile(rb"HPUB (\S+) (?:\S+ )?(\d+) (\d+)$")
#: The command for one without headers.
BARE_MESSAGE = re.compile(rb"PUB (\S+) (?:\S+ )?(\d+)$")
ID = re.compile(rb"^Nats-Msg-Id: *(.*)\r$", re.MULTILINE)


class Listener:
    """Cuts what one client says into commands, and yields the messages among them."""

    def __init__(self, connection: int) -> None:
        self.connection = connection
        self.heard = b""

    def hear(self, data: bytes) -> Iterator[Sent]:
        """Yield the messages that have come whole."""
        self.heard += data
        while (end := self.heard.find(LINE_END)) >= 0:
            line = self.heard[:end]
            begin = end + len(LINE_END)
            header_bytes, size = sizes(line)
            if len(self.heard) < begin + size:
                return
            if header_bytes:
                content = self.heard[begin : begin + size]
                yield self.message(line.split()[1], content, header_bytes)
            self.heard = self.heard[begin + size :]

    def message(self, subject: bytes, content: bytes, header_bytes: int) -> Sent:
        """Return a message as it left the service."""
        found = ID.search(content[:header_bytes])
        id = ""
        if found is not None:
            id = found[1].decode()
        digest = hashlib.sha256(content).hexdigest()
        return Sent(time.time(), self.connection, id, subject.decode(), digest)


def sizes(line: bytes) -> tuple[int, int]:
    """Return how many bytes of headers follow a command, and how many bytes in all."""
    found = MESSAGE.match(line)
    if found is not None:
        return int(found[2]), int(found[3]) + len(LINE_END)
    found = BARE_MESSAGE.match(line)
    if found is not None:
        return 0, int(found[2]) + len(LINE_END)
    return 0, 0


class Heard:
    """A client's socket whose words are listened to."""

    def __init__(self, client: socket.socket, tap: Tap) -> None:
        self.client = client
        self.tap = tap
        self.listener = Listener(tap.next_number())

    def recv(self, count: int) -> bytes:
        data = self.client.recv(count)
        self.tap.sent.extend(self.listener.hear(data))
        return data

    def shutdown(self, how: int) -> None:
        self.client.shutdown(how)


class Tap(TcpProxy):
    """Remembers what clients send to a stream.

    Parameters:
        prefix: of the subjects that count.
    """

    def __init__(self, target_port: int) -> None:
        self.sent: list[Sent] = []
        self.numbers = 0
        self.lock = threading.Lock()
        super().__init__(target_port)

    def next_number(self) -> int:
        with self.lock:
            self.numbers += 1
            return self.numbers

    def pass_on(self, begin: socket.socket, end: socket.socket, is_answer: bool) -> None:
        heard: socket.socket = begin
        if not is_answer:
            heard = Heard(begin, self)  # type: ignore[assignment]
        super().pass_on(heard, end, is_answer)
