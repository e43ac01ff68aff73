"""Copies that read one stream, each with its leases in one table, on awslite."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from awslite.cloud import Cloud
from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, STATES, open_table
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.states import StateManager
from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, STATE_KEYS, create_table
from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.kinesis.inbound import ShardReader
from oracle_cdc.aws.kinesis.positions import OLDEST, Position
from oracle_cdc.changes.rules.codec import encode
from oracle_cdc.errors import CdcError
from oracle_cdc.processor.reading.leasing import Leasing
from oracle_cdc.processor.reading.shard import Means, ShardWork
from oracle_cdc.processor.reading.tally import Tally
from tests.awsplaces import connect, create_stream, make_name
from tests.changes.changefixtures import make_change
from tests.processor.publishing import Clock, Publishing, session_to

LEASE_SECONDS = 30.0
PROCESSOR = "cdc-processor"


class Copy:
    """One copy of the processor, whose threads a test plays."""

    def __init__(self, world: World, name: str, start: Position, batch_size: int) -> None:
        self.world = world
        session = session_to(world.cloud.url)
        self.reader = ShardReader(open_stream(session, world.stream), batch_size=batch_size)
        self.rows = LeaseRows(
            open_table(session, CHECKPOINTS, world.checkpoints),
            processor=PROCESSOR,
            stream=world.stream,
        )
        self.states = StateManager(open_table(session, STATES, world.states))
        self.leasing = Leasing(
            self.rows,
            self.reader,
            owner=name,
            start=start,
            lease_seconds=LEASE_SECONDS,
            clock=world.clock,
        )
        publishing = world.publishing
        self.means = Means(
            world.stream,
            self.reader,
            publishing.processing,
            Tally(self.states, PROCESSOR),
            publishing.progress,
            poll_seconds=0.25,
            moments=world.clock,
        )
        self.stop, self.bus_is_there = threading.Event(), threading.Event()
        self.bus_is_there.set()
        self.works: dict[str, ShardWork] = {}

    def look(self) -> None:
        """Renew and take leases, as the leg does from time to time."""
        self.leasing.renew()
        self.leasing.look()
        for shard_id, work in list(self.works.items()):
            if self.leasing.held.get(shard_id) is not work.held:
                del self.works[shard_id]
        for shard_id, held in self.leasing.held.items():
            if shard_id not in self.works:
                work = ShardWork(held, self.means, self.stop, self.bus_is_there)
                self.works[shard_id] = work

    def read(self, steps: int = 3) -> list[CdcError]:
        """Take steps in each shard that this copy has, and return what they raised."""
        raised: list[CdcError] = []
        for work in list(self.works.values()):
            for _ in range(steps):
                if work.held.over.is_set():
                    break
                self.world.clock.rest(0.25)
                try:
                    work.step()
                except CdcError as error:
                    raised.append(error)
        return raised

    def run(self, rounds: int = 4) -> None:
        """Look and read by turns."""
        for _ in range(rounds):
            self.look()
            assert self.read() == []

    @property
    def shards(self) -> list[str]:
        return sorted(shard_id[-1] for shard_id in self.works)


class World:
    """A stream, two tables and a bus."""

    def __init__(self, cloud: Cloud, shards: int = 1) -> None:
        self.cloud = cloud
        self.stream = create_stream(cloud.url, shards=shards)
        self.checkpoints, self.states = make_name("checkpoints"), make_name("states")
        session = session_to(cloud.url)
        create_table(open_table(session, CHECKPOINTS, self.checkpoints), CHECKPOINT_KEYS)
        create_table(open_table(session, STATES, self.states), STATE_KEYS)
        self.publishing = Publishing(cloud)
        self.clock: Clock = self.publishing.clock
        self.kinesis: Any = connect("kinesis", cloud.url)
        self.numbers = 0
        self.progress = self.publishing.progress
        # Time passes as a test says, not as the pace of a shard wants.
        self.progress.rest = self.rest  # type: ignore[method-assign]

    def rest(self, seconds: float, stop: threading.Event) -> None:
        self.clock.rest(seconds)

    def copy(self, name: str = "one", start: Position = OLDEST, batch_size: int = 100) -> Copy:
        return Copy(self, name, start, batch_size)

    def put(self, *rows: int) -> None:
        """Put the next change of each of these rows into the stream."""
        for row in rows:
            self.numbers += 1
            change = make_change(None, {"id": row}, number=self.numbers, keys={"id": row})
            self.kinesis.put_record(
                StreamName=self.stream, PartitionKey=f"users|{row}", Data=encode(change)
            )

    def put_bytes(self, data: bytes) -> None:
        self.kinesis.put_record(StreamName=self.stream, PartitionKey="users|0", Data=data)

    def reshard(self, action: str, **more: str) -> None:
        """Split or merge shards, and wait until that is done."""
        getattr(self.kinesis, action)(StreamName=self.stream, **more)
        while self.describe()["StreamStatus"] != "ACTIVE":
            time.sleep(0.01)

    def describe(self) -> dict[str, Any]:
        answer = self.kinesis.describe_stream_summary(StreamName=self.stream)
        summary: dict[str, Any] = answer["StreamDescriptionSummary"]
        return summary

    def split(self, shard: int = 0) -> None:
        listed = self.kinesis.list_shards(StreamName=self.stream)["Shards"]
        hashes = listed[shard]["HashKeyRange"]
        middle = (int(hashes["StartingHashKey"]) + int(hashes["EndingHashKey"])) // 2
        self.reshard(
            "split_shard",
            ShardToSplit=listed[shard]["ShardId"],
            NewStartingHashKey=str(middle),
        )

    def leases(self) -> Sequence[Lease]:
        return self.copy("somebody").rows.read_all()

    @property
    def published(self) -> list[int]:
        return [int(number) for number in self.publishing.published]
