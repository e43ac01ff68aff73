"""The proxy that tests and benchmark put before a server."""

from __future__ import annotations

import socket
import threading
import time

from standins.tcpproxy import proxying

DELAY_SECONDS = 0.02
PIECES = [b"%04d" % number for number in range(200)]
WHOLE = b"".join(PIECES)


def echo(listener: socket.socket) -> None:
    """Send one client back what it sends, until it ends its side."""
    client, _ = listener.accept()
    with client:
        while data := client.recv(65536):
            client.sendall(data)


def test_what_is_delayed_comes_whole_in_order_and_no_sooner_than_it_should() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=echo, args=(listener,))
        server.start()
        port = listener.getsockname()[1]
        with (
            proxying(port, DELAY_SECONDS) as proxy,
            socket.create_connection(("127.0.0.1", proxy.port)) as client,
        ):
            began = time.monotonic()
            for piece in PIECES:
                client.sendall(piece)
            found = client.recv(1)
            took = time.monotonic() - began
            while len(found) < len(WHOLE):
                found += client.recv(65536)
        server.join()
    assert found == WHOLE
    assert took >= 2 * DELAY_SECONDS
