"""A proxy on the loopback that can delay, lose what a server answers, and cut connections."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue


class TcpProxy:
    """Passes bytes on in both directions.

    delay_seconds: how long it keeps what it passes on, each way.
    is_deaf: the server's answers are lost.
    is_shut: new connections are ended at once.
    loses_answer_to: bytes of a request. The connection ends instead of its answer, once.
    """

    def __init__(self, target_port: int, delay_seconds: float = 0.0) -> None:
        self.target_port = target_port
        self.delay_seconds = delay_seconds
        self.is_deaf = False
        self.is_shut = False
        self.loses_answer_to = b""
        self.loses_next = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.sockets: list[socket.socket] = []
        self.threads: list[threading.Thread] = []
        self.run(self.accept)

    def run(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connect(client)

    def connect(self, client: socket.socket) -> None:
        self.sockets.append(client)
        try:
            if self.is_shut:
                raise ConnectionRefusedError
            server = socket.create_connection(("127.0.0.1", self.target_port))
        except OSError:
            client.close()
            return
        self.sockets.append(server)
        self.run(self.pass_on, client, server, False)
        self.run(self.pass_on, server, client, True)

    def pass_on(self, begin: socket.socket, end: socket.socket, is_answer: bool) -> None:
        with suppress(OSError), self.way_to(end) as send:
            while data := begin.recv(65536):
                if is_answer and self.loses_next:
                    self.loses_next = False
                    break
                if not is_answer:
                    self.look_for(data)
                if not (is_answer and self.is_deaf):
                    send(data)
        shut(begin)
        shut(end)

    @contextmanager
    def way_to(self, end: socket.socket) -> Iterator[Callable[[bytes], None]]:
        """Lend what sends to a socket, each piece after the delay, and all before the next step."""
        if not self.delay_seconds:
            yield end.sendall
            return
        waiting: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        sender = threading.Thread(target=send_late, args=(waiting, end), daemon=True)
        sender.start()
        try:
            yield lambda data: waiting.put((time.monotonic() + self.delay_seconds, data))
        finally:
            waiting.put((0.0, b""))
            sender.join()

    def look_for(self, request: bytes) -> None:
        """Have the next answer lost if this is the request to which it is wanted."""
        if self.loses_answer_to and self.loses_answer_to in request:
            self.loses_answer_to = b""
            self.loses_next = True

    def cut(self) -> None:
        """End each connection."""
        for each in self.sockets:
            shut(each)

    def close(self) -> None:
        shut(self.listener)
        self.listener.close()
        self.threads[0].join()
        self.cut()
        for thread in self.threads:
            thread.join()
        for each in self.sockets:
            each.close()


def send_late(waiting: SimpleQueue[tuple[float, bytes]], end: socket.socket) -> None:
    """Send each piece when it is due, in order, until an empty one."""
    due, data = waiting.get()
    while data:
        time.sleep(max(0.0, due - time.monotonic()))
        with suppress(OSError):
            end.sendall(data)
        due, data = waiting.get()


def shut(each: socket.socket) -> None:
    """End a connection for both sides, and wake who reads from it."""
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxying(target_port: int, delay_seconds: float = 0.0) -> Iterator[TcpProxy]:
    """Pass on until the block ends."""
    proxy = TcpProxy(target_port, delay_seconds)
    try:
        yield proxy
    finally:
        proxy.close()
