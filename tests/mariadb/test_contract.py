"""MariaDB does what every store of progress does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from oracle_cdc.mariadb.tracking import MariaDbTracking
from standins.tcpproxy import TcpProxy, proxying
from tests.mariadb.schema import Schema
from tests.relay.tracking_contract import TrackingContract


class MariaDbSite:
    """A database, reached through a proxy that can lose answers."""

    def __init__(self, schema: Schema, proxy: TcpProxy) -> None:
        self.schema = schema
        self.proxy = proxy
        self.program = schema.program
        self.tracking = self.another()

    def another(self) -> MariaDbTracking:
        return self.schema.tracking(port=self.proxy.port)

    def move(self, watermark: datetime) -> None:
        self.schema.set("LAST_SUCCESSFUL_TIME", watermark)

    def pause(self, is_paused: bool) -> None:
        self.schema.set("STATUS", ("RUNNING", "PAUSED")[is_paused])

    def aside(self) -> dict[str, tuple[datetime, str, int]]:
        found = {}
        for row in self.schema.administer("SELECT * FROM ETL_SET_ASIDE"):
            found[row["ROW_KEY"]] = row["ROW_TIME"], row["REASON"], row["ATTEMPTS"]
        return found

    @contextmanager
    def losing_an_answer(self) -> Iterator[None]:
        self.proxy.loses_answer_to = b"COMMIT"
        yield


class TestMariaDbTracking(TrackingContract):
    @pytest.fixture
    def site(self, schema: Schema) -> Iterator[MariaDbSite]:
        with proxying(schema.server.port) as proxy:
            yield MariaDbSite(schema, proxy)
