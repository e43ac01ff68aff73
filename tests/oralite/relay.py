"""A relay between a client and the server that can stop, cut and change what passes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from oralite.server import Server


class Relay:
    """A wire between a client and the server that can be cut."""

    def __init__(self, server: Server) -> None:
        self._target = (server.host, server.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._flows = threading.Event()
        self._flows.set()

    def __enter__(self) -> Relay:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join()
        for end in self._ends:
            end.close()

    def _run(self, target: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=target, args=arguments))
        self._threads[-1].start()

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        server = socket.create_connection(self._target)
        self._ends += (client, server)
        self._run(self._pump, client, server)
        self._run(self._pump, server, client)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while content := source.recv(65536):
                if source is not self._ends[0]:
                    self._flows.wait()
                sink.sendall(content)
        except OSError:
            return

    def inject(self, content: bytes) -> None:
        """Send to the server what the client did not."""
        self._ends[1].sendall(content)

    def hang_up(self) -> None:
        """Close the client's side: it sends nothing any more."""
        self._ends[1].shutdown(socket.SHUT_WR)

    def pause(self) -> None:
        """Let nothing go to the client from here on."""
        self._flows.clear()

    def cut(self) -> None:
        self._flows.set()
        for end in self._ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is cut already
