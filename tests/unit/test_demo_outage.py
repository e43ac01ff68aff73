"""A server of a demo is away until whoever needs it has said so, and what was missed is named."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from oracle_cdc.demo import outage
from oracle_cdc.demo.outage import Outage, Witness


class Service(HTTPServer):
    """Answers /readyz as the service does. missing: why it is not ready."""

    missing: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def witness(self) -> Witness:
        return Witness("service", self.server_port, "nats")

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.send_response(503 if self.server.missing else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"missing": self.server.missing}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with closing(Service()) as found:
        threading.Thread(target=found.serve_forever, args=[0.01], daemon=True).start()
        yield found


class Scene:
    """An outage of NATS, and what was done and said."""

    def __init__(self, *witnesses: Witness) -> None:
        self.done: list[str] = []
        self.said: list[str] = []
        self.outage = Outage(
            "NATS",
            "killed",
            lambda: self.done.append("away"),
            lambda: self.done.append("back"),
            witnesses=witnesses,
            say=self.said.append,
        )


def test_a_server_is_away_until_who_needs_it_says_so(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "AWAY_SECONDS", 0.0)
    scene = Scene(service.witness)
    assert [*scene.outage.find_missed()] == ["NATS was never away"]
    scene.outage.begin()
    # Nothing, then something else, is missing.
    for service.missing in ((), ("oracle: ORA-01034",)):
        scene.outage.look()
        assert not scene.outage.is_over
    service.missing = ("nats: ConnectionRefusedError",)
    scene.outage.look()
    assert scene.outage.is_over
    assert scene.done == ["away", "back"]
    assert scene.said[:2] == [
        "NATS is away: killed",
        "the service is not ready (/readyz): nats: ConnectionRefusedError",
    ]
    assert [*scene.outage.find_missed()] == []


def test_a_server_that_nobody_misses_comes_back_in_time_and_that_is_a_mistake(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "AWAY_SECONDS", 0.0)
    monkeypatch.setattr(outage, "MOST_AWAY_SECONDS", 0.0)
    scene = Scene(service.witness)
    scene.outage.begin()
    scene.outage.look()
    assert scene.done == ["away", "back"]
    (missed,) = scene.outage.find_missed()
    assert missed.startswith("NATS was away, and the service never said")
