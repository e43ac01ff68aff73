"""An application's table, a stream, and copies that ship the changes of the one to the other."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from awslite.cloud import Cloud
from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.kinesis.outbound import StreamWriter
from oracle_cdc.changes.outbound.building import Outgoing
from oracle_cdc.changes.outbound.lane_opening import Opener
from oracle_cdc.changes.outbound.lane_states import LaneStates
from oracle_cdc.changes.outbound.sending import Sender
from oracle_cdc.changes.outbound.shipping import Shipping
from oracle_cdc.changes.outbound.visit import Visitor
from oracle_cdc.changes.rules.redacting import Redactor
from oracle_cdc.changes.rules.table_models import TableModel
from oracle_cdc.changes.rules.transformers import read_transformers
from oracle_cdc.changes.rules.transforming import Transformation
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.database import Database
from oracle_cdc.redaction.kinds import Kind
from oracle_cdc.redaction.marking import Marker
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.settings.sections import OracleSettings
from tests.awsplaces import create_stream, make_session
from tests.integration.changelanes import STATEMENTS, make_model
from tests.integration.changeworlds import PASSWORD, World


@dataclass
class Copy:
    """One copy of the shipper.

    Parameters:
        buried: its dead letters.
        bury_error: why they are not accepted.
    """

    world: World
    stream: str
    url: str
    transformers: dict[str, Any]
    batch_size: int = 100
    max_record_bytes: int = 1024 * 1024
    models: dict[str, TableModel] = field(default_factory=lambda: {"users": make_model()})
    buried: list[Outgoing] = field(default_factory=list)
    bury_error: CdcError | None = None

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.progress = Progress()
        self.session = make_session(self.url)
        settings = OracleSettings(
            user="CDC",
            password=SecretStr(PASSWORD),
            dsn=self.world.server.dsn,
            pool_wait_seconds=2,
        )
        self.database = Database(settings, STATEMENTS, sessions=1)
        writer = StreamWriter(open_stream(self.session, self.stream))
        self.sender = Sender(writer, self.bury)
        self.opener = Opener(self.transformation, self.max_record_bytes)
        lanes = LaneStates(
            self.opener.open,
            (),
            lambda: Backoff(initial_seconds=0.001, max_seconds=0.001),
            self.progress,
            RepeatLimiter(),
        )
        visitor = Visitor(self.sender, self.batch_size, self.stop.is_set)
        self.shipping = Shipping(
            self.database,
            lanes,
            visitor,
            self.progress,
            look_seconds=0,
            is_stopping=self.stop.is_set,
        )

    @property
    def transformation(self) -> Transformation:
        transformers = read_transformers(self.transformers, self.models)
        return Transformation(self.models, transformers, Redactor(Marker(Kind, "IL"), b"secret"))

    def bury(self, outgoing: Outgoing) -> None:
        if self.bury_error is not None:
            raise self.bury_error
        self.buried.append(outgoing)

    def ship(self) -> None:
        """Run rounds until nothing more waits, as far as they say. Raises what fails."""
        while self.shipping.run_round():
            pass

    def close(self) -> None:
        self.database.close()
        self.session.close()


@dataclass
class ShippingWorld:
    """The table, the stream, and who ships."""

    world: World
    cloud: Cloud
    transformers: dict[str, Any] = field(default_factory=lambda: {"users": {}})
    copies: list[Copy] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stream = create_stream(self.cloud.url)

    def copy(self, **options: Any) -> Copy:
        copy = Copy(self.world, self.stream, self.cloud.url, self.transformers, **options)
        self.copies.append(copy)
        return copy

    def run(self, *statements: str) -> None:
        """Run statements as the application, and commit."""
        self.world.run(*statements)

    def records(self) -> list[dict[str, Any]]:
        """Return what the stream has, in the order in which it came."""
        return [json.loads(data) for data in self.raw()]

    def raw(self) -> list[bytes]:
        with self.cloud.lock:
            accepted = self.cloud.streams.streams[self.stream].accepted
            return [base64.b64decode(each.record.data) for each in accepted]

    def shown(self) -> list[tuple[str, Any]]:
        """Return the operation and the key of what the stream has."""
        return [(record["operation"], record["keys"]["id"]) for record in self.records()]

    def numbers(self) -> list[int]:
        return [int(record["metadata"]["sequenceNumber"]) for record in self.records()]

    def left(self) -> int:
        """Return how many rows the change table has."""
        return int(self.world.rows("SELECT COUNT(*) FROM CDC_C_USERS")[0][0])

    def close(self) -> None:
        for copy in self.copies:
            copy.close()


@contextmanager
def serve_shipping(world: World, cloud: Cloud) -> Iterator[ShippingWorld]:
    """Lend what ships the changes of a world whose table is captured."""
    shipping = ShippingWorld(world, cloud)
    try:
        yield shipping
    finally:
        shipping.close()
