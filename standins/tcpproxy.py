"""A proxy on the loopback that can lose what a server answers, and cut connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class TcpProxy:
    """Passes bytes on in both directions.

    is_deaf: the server's answers are lost.
    is_shut: new connections are ended at once.
    loses_answer_to: bytes of a request. The connection ends instead of its answer, once.
    """

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
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
        with suppress(OSError):
            while data := begin.recv(65536):
                if is_answer and self.loses_next:
                    self.loses_next = False
                    break
                if not is_answer:
                    self.look_for(data)
                if not (is_answer and self.is_deaf):
                    end.sendall(data)
        shut(begin)
        shut(end)

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


def shut(each: socket.socket) -> None:
    """End a connection for both sides, and wake who reads from it."""
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxying(target_port: int) -> Iterator[TcpProxy]:
    """Pass on until the block ends."""
    proxy = TcpProxy(target_port)
    try:
        yield proxy
    finally:
        proxy.close()
