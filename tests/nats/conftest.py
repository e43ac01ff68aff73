"""One server for the tests of a module, each of which makes streams of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from oracle_cdc.nats.publisher import NatsPublisher
from standins.natsserver import NatsServer, serving
from tests.nats.settings import nats_settings
from tests.nats.streams import Streams

#: Makes a publisher to a stream. It is closed at the end.
Publish = Callable[..., NatsPublisher]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """Serve JetStream for the tests of a module."""
    with serving(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture(scope="module")
def streams(server: NatsServer) -> Iterator[Streams]:
    """Connect as the administrator."""
    streams = Streams(server.url)
    yield streams
    streams.close()


@pytest.fixture
def publishers() -> Iterator[ExitStack]:
    """Close at the end what is entered."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def publish(server: NatsServer, publishers: ExitStack) -> Publish:
    """Return what makes publishers to the module's server."""

    def make(stream: str, *, max_in_flight: int = 1000, **settings: Any) -> NatsPublisher:
        settings.setdefault("servers", server.url)
        publisher = NatsPublisher(
            nats_settings(stream=stream, **settings), max_in_flight=max_in_flight
        )
        publishers.callback(publisher.close)
        return publisher

    return make
