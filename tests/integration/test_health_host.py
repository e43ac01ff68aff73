"""Where the health endpoint listens, and how many it answers at once."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from oracle_cdc.watching import health_endpoint
from oracle_cdc.watching.health_endpoint import Endpoint, Page, PageServer
from tests.acceptance.process import PATIENCE_SECONDS, wait_for

PAGES = {"/livez": lambda: Page(200, "text/plain", b"alive\n")}
Opened = Callable[[str], Endpoint]


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this host has no IPv6")


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Open endpoints on a free port, and close them."""
    with ExitStack() as stack:

        def start(host: str) -> Endpoint:
            endpoint = Endpoint(0, PAGES, host)
            endpoint.start()
            stack.callback(endpoint.close)
            return endpoint

        yield start


def answer(host: str, port: int | None) -> bytes:
    """Return the whole answer to one question, empty where the client is turned away."""
    assert port is not None
    with socket.create_connection((host, port), timeout=PATIENCE_SECONDS) as client:
        try:
            client.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
            text = b""
            while piece := client.recv(4096):
                text += piece
        except ConnectionError:
            return b""
        return text


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.2"),
        ("localhost", "localhost"),
        pytest.param("::1", "::1", marks=needs_ipv6),
        pytest.param("::", "::1", marks=needs_ipv6),
        pytest.param("::", "127.0.0.1", marks=needs_ipv6),
    ],
)
def test_it_answers_at_the_addresses_of_its_host(opened: Opened, host: str, client: str) -> None:
    assert answer(client, opened(host).port).endswith(b"alive\n")


def test_it_answers_at_no_other_address(opened: Opened) -> None:
    endpoint = opened("127.0.0.2")
    assert answer("127.0.0.2", endpoint.port).endswith(b"alive\n")
    with pytest.raises(ConnectionRefusedError):
        answer("127.0.0.1", endpoint.port)


def test_an_address_that_is_none_of_this_host_is_said_and_tried_again(
    opened: Opened, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_endpoint, "BIND_SECONDS", 0.02)
    endpoint = opened("192.0.2.1")
    wait_for("a second try", lambda: endpoint.tries > 2)
    said = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(said) == 1
    assert "on 192.0.2.1 can't be had" in said[0].getMessage()


@needs_ipv6
def test_an_address_with_colons_is_logged_as_a_link_has_it(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    endpoint = opened("::1")
    assert f"health on http://[::1]:{endpoint.port}: /livez" in caplog.text


def test_more_clients_than_it_answers_at_once_are_turned_away(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: as many as there are places, none of which says anything
    monkeypatch.setattr(health_endpoint, "CLIENTS", 3)
    endpoint = opened("127.0.0.1")
    assert endpoint.port is not None
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(socket.create_connection(("127.0.0.1", endpoint.port)))
        # Then: one more gets nothing
        assert answer("127.0.0.1", endpoint.port) == b""
    # Then: once they are gone, everybody is answered again
    for _ in range(5):
        wait_for("an answer", lambda: answer("127.0.0.1", endpoint.port) != b"")


def test_without_file_descriptors_it_waits_before_it_asks_for_a_client_again() -> None:
    waits: list[float] = []
    with PageServer("127.0.0.1", 0, PAGES, waits.append) as server:
        port = server.server_address[1]
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as client:
            client.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
            with without_descriptors():
                server.handle_request()
            assert waits == [health_endpoint.NO_ROOM_SECONDS]
            server.handle_request()
            assert client.recv(4096).startswith(b"HTTP/1.0 200")
    assert len(waits) == 1


@contextmanager
def without_descriptors() -> Iterator[None]:
    """Let the process open no more files until the block ends."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
