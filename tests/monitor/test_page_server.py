"""The page served by waitress: it begins and ends, and beside the looks of `monitor run`."""

from __future__ import annotations

import socket
import threading
from http.client import HTTPConnection
from pathlib import Path

import pytest

from oracle_cdc.errors import SettingsError
from sync_monitor.history.store import Store
from sync_monitor.web.app import MOST_BYTES, make_app
from sync_monitor.web.server import PageServer
from tests.monitor.stories import make_site, make_sync


def ask(port: int, path: str, **headers: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_page_is_served_until_it_is_left(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        app = make_app(make_site(store, [make_sync("HR.EMPLOYEES")]))
        with PageServer(app, "127.0.0.1", 0) as server:
            assert server.url == f"http://127.0.0.1:{server.port}/"
            assert ask(server.port, "/") == 200
            assert ask(server.port, "/", Host="evil.example") == 421
            kept = HTTPConnection("127.0.0.1", server.port, timeout=10)
            kept.request("GET", "/livez")
            assert kept.getresponse().read() == b"alive\n"
        with pytest.raises(OSError, match="refused"):
            ask(server.port, "/")
        kept.close()
        assert "page" not in [thread.name for thread in threading.enumerate()]


def test_a_body_that_is_too_large_is_not_kept(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        app = make_app(make_site(store, []))
        with PageServer(app, "127.0.0.1", 0) as server:
            connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.putrequest("POST", "/login")
            connection.putheader("Content-Length", str(MOST_BYTES + 1))
            connection.endheaders()
            # No byte of it was sent, and nobody waits for one.
            assert connection.getresponse().status == 413
            connection.close()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with Store(tmp_path) as store, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        app = make_app(make_site(store, []))
        with pytest.raises(SettingsError, match=f"PORT: given {port}; allowed: a free port"):
            PageServer(app, "127.0.0.1", port)
