"""Fixtures for what the service talks to, and how hypothesis behaves on a busy machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import hypothesis
import pytest
from moto.server import ThreadedMotoServer

from standins import servicefiles
from tests.world import World, serve_world

# How long a generated example takes says something about the machine only.
hypothesis.settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
    database=None,
)
hypothesis.settings.load_profile("untimed")
servicefiles.read_once()


@pytest.fixture(scope="session")
def sqs_server() -> Iterator[str]:
    """Serve SQS for this test process, and give its URL. Each test makes its own queues."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def world(sqs_server: str) -> Iterator[World]:
    """Serve a database with source table, service user and owned tables, and two empty queues."""
    with serve_world(sqs_server) as world:
        yield world
