"""What the service stands on in a round of events, all of it real but for Oracle."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from standins.mariadbserver import MariaDbServer
from standins.natsserver import NatsServer
from standins.ports import free_port
from standins.tcpproxy import TcpProxy, proxying
from tests.chaos.events.judge.history import Sent
from tests.chaos.events.plan import MOST_BYTES
from tests.chaos.events.tap import Tap

NATS_USER, NATS_PASSWORD = "publisher", "Nats-Tiger-7"
STORE, STORE_USER, STORE_PASSWORD = "etl_tracking", "etl", "Etl-Tiger-9"
ACCOUNT = f'authorization {{ user: "{NATS_USER}", password: "{NATS_PASSWORD}" }}'
Server = NatsServer | MariaDbServer
PAYLOAD = f"max_payload: {MOST_BYTES}"


class Site:
    """A NATS of one or three servers, and a MariaDB, each behind a proxy.

    Parameters:
        template: has the data of a MariaDB with its tables.
    """

    def __init__(self, directory: Path, template: Path, servers: int, stack: ExitStack) -> None:
        shutil.copytree(template / "mariadb" / "data", directory / "mariadb" / "data")
        self.mariadb = MariaDbServer(directory / "mariadb")
        stack.callback(self.mariadb.close)
        self.mariadb.start()
        self.store = stack.enter_context(proxying(self.mariadb.port))
        self.nats = make_servers(directory, servers)
        for server in self.nats:
            stack.callback(server.kill)
            server.start()
        self.taps: list[Tap] = []
        for server in self.nats:
            tap = Tap(server.port)
            stack.callback(tap.close)
            self.taps.append(tap)
        #: One thing at a time is done to a server.
        self.locks = {"nats": threading.RLock(), "mariadb": threading.RLock()}

    @property
    def addresses(self) -> str:
        return ",".join(f"nats://127.0.0.1:{tap.port}" for tap in self.taps)

    def sent(self) -> tuple[Sent, ...]:
        """Return what the service has sent until now, but for its questions to the stream."""
        found: list[Sent] = []
        for number, tap in enumerate(self.taps):
            for sent in list(tap.sent):
                if not sent.subject.startswith("$"):
                    found.append(with_server(sent, number))
        return tuple(found)

    def proxies(self, whom: str) -> Sequence[TcpProxy]:
        if whom == "nats":
            return self.taps
        return [self.store]

    @contextmanager
    def deaf(self, whom: str) -> Iterator[None]:
        """Let answers of a server be lost until the block ends, and then its connections."""
        for proxy in self.proxies(whom):
            proxy.is_deaf = True
        try:
            yield
        finally:
            for proxy in self.proxies(whom):
                # Half of an answer would be none.
                proxy.cut()
                proxy.is_deaf = False

    @contextmanager
    def shut(self, whom: str) -> Iterator[None]:
        """Cut all connections to a server, and take none until the block ends."""
        for proxy in self.proxies(whom):
            proxy.is_shut = True
            proxy.cut()
        try:
            yield
        finally:
            for proxy in self.proxies(whom):
                proxy.is_shut = False

    def swallow(self, whom: str) -> None:
        """Let the answer to the next message or statement be lost, and its connection."""
        request = b"UPDATE ETL_PRMREC"
        if whom == "nats":
            request = b"HPUB"
        for proxy in self.proxies(whom):
            proxy.loses_answer_to = request

    def cut(self, whom: str) -> None:
        for proxy in self.proxies(whom):
            proxy.cut()

    def leader(self, name: str) -> NatsServer:
        """Return the server of a name, or the first."""
        for server in self.nats:
            if server.directory.name == name:
                return server
        return self.nats[0]

    def servers(self, whom: str) -> Sequence[Server]:
        """Return the servers of NATS or MariaDB. Of a cluster only one, whose stream lives on."""
        if whom == "nats":
            return self.nats[:1]
        return [self.mariadb]


def with_server(sent: Sent, number: int) -> Sent:
    """Return a sending whose connection no other server has."""
    return Sent(sent.at, sent.connection * 10 + number, sent.id, sent.subject, sent.digest)


def make_servers(directory: Path, count: int) -> list[NatsServer]:
    """Make the servers of NATS: one, or a cluster whose clients learn of no other server."""
    ports = [free_port() for _ in range(count)]
    routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ports)
    servers: list[NatsServer] = []
    for number, port in enumerate(ports, 1):
        lines = [PAYLOAD, ACCOUNT]
        if count > 1:
            lines.append(
                f'cluster {{ name: "three", listen: "127.0.0.1:{port}", no_advertise: true, '
                f"routes: [{routes}] }}"
            )
        servers.append(NatsServer(directory / f"nats{number}", "\n".join(lines)))
    return servers
