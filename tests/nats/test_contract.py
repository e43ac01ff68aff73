"""The stream of a real server does what every destination does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.relay.values import Event
from standins.natsserver import NatsServer
from standins.tcpproxy import TcpProxy, proxying
from tests.nats.settings import event, nats_settings
from tests.nats.streams import Streams
from tests.relay.destination_contract import DestinationContract

NUMBERS = itertools.count(1)


class NatsSite:
    """A stream of its own behind a proxy."""

    def __init__(self, streams: Streams, proxy: TcpProxy) -> None:
        self.streams = streams
        self.proxy = proxy
        self.stream = streams.create(f"contract{next(NUMBERS)}")
        servers = f"127.0.0.1:{proxy.port}"
        self.destination = NatsPublisher(nats_settings(servers=servers, stream=self.stream))
        self.hasty = NatsPublisher(
            nats_settings(servers=servers, stream=self.stream, ack_timeout_seconds=0.5)
        )

    def event(self, number: int, body_bytes: int = 2) -> Event:
        return event(number, f"{self.stream}.x", b"x" * body_bytes)

    def kept_ids(self) -> list[str]:
        return self.streams.ids(self.stream)

    @contextmanager
    def losing_answers(self) -> Iterator[None]:
        self.proxy.is_deaf = True
        yield
        self.proxy.is_deaf = False

    @contextmanager
    def out_of_reach(self) -> Iterator[None]:
        self.proxy.is_shut = True
        self.proxy.cut()
        yield
        self.proxy.is_shut = False


class TestNatsPublisher(DestinationContract):
    @pytest.fixture
    def site(self, server: NatsServer, streams: Streams) -> Iterator[NatsSite]:
        with ExitStack() as stack:
            site = NatsSite(streams, stack.enter_context(proxying(server.port)))
            stack.callback(site.destination.close)
            stack.callback(site.hasty.close)
            yield site
