"""What the service stands on in a round of row changes: the stand-ins of AWS."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import boto3

from awslite.kinesis.shards import Shard
from awslite.kinesis.streams import Stream
from awslite.server import serve
from tests.chaos.changes.judge.checkpoints import ENDED, PERSON
from tests.chaos.changes.judge.history import Kept
from tests.chaos.changes.ledger import WitnessedCloud, WitnessedQueues
from tests.chaos.changes.plan import BUS, CHECKPOINTS, DEAD_LETTERS, STATES, STREAM, ChangesPlan
from tests.chaos.changes.skies import Skies

REGION = "eu-west-1"
#: Until the numbers of a shard have a digit more: about thirty records.
NUMBERS_TO_CROSS = 1500
TABLE_KEYS = {CHECKPOINTS: ("processor", "shard"), STATES: ("processor",)}


class Site:
    """A stream, a bus, two tables and a queue.

    Parameters:
        queues: where the queue is made.
    """

    def __init__(self, plan: ChangesPlan, queues: WitnessedQueues, stack: ExitStack) -> None:
        self.plan = plan
        self.ledger = queues.ledger
        self.skies = Skies(plan.weather, plan.seed)
        self.cloud = WitnessedCloud(self.ledger)
        stack.enter_context(serve(self.cloud))
        self.queues = queues
        self.queue = self.queues.create(DEAD_LETTERS, {"SqsManagedSseEnabled": "true"})
        self.kinesis = self.connect("kinesis")
        stack.callback(self.kinesis.close)
        #: One at a time: which shards are open may change meanwhile.
        self.reshards = threading.Lock()
        self.create()
        self.cloud.treat = self.skies.treat

    def connect(self, service: str) -> Any:
        create: Any = boto3.client
        return create(
            service,
            endpoint_url=self.cloud.url,
            region_name=REGION,
            aws_access_key_id=PERSON,
            aws_secret_access_key="test",
        )

    def create(self) -> None:
        """Create the stream, the bus and the tables."""
        self.kinesis.create_stream(StreamName=STREAM, ShardCount=self.plan.shards)
        if self.plan.crosses_digits:
            for shard in self.stream.shards.values():
                cross_digits(shard)
        events, dynamodb = self.connect("events"), self.connect("dynamodb")
        events.create_event_bus(Name=BUS)
        for name, keys in TABLE_KEYS.items():
            definitions = [{"AttributeName": key, "AttributeType": "S"} for key in keys]
            schema = []
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False):
                schema.append({"AttributeName": key, "KeyType": kind})
            dynamodb.create_table(
                TableName=name,
                AttributeDefinitions=definitions,
                KeySchema=schema,
                BillingMode="PAY_PER_REQUEST",
            )
        for client in (events, dynamodb):
            client.close()
        limits = self.cloud.limits
        limits.late_rate, limits.repeat_rate, limits.late_seconds = 0.2, 0.1, 0.5

    @property
    def stream(self) -> Stream:
        return self.cloud.streams.streams[STREAM]

    @property
    def places(self) -> dict[str, str]:
        """Return what leads a process here."""
        places = {"AWS_ENDPOINT_URL": self.queues.url, "DLQ_URL": self.queues.url_of(DEAD_LETTERS)}
        for service in ("KINESIS", "EVENTBRIDGE", "DYNAMODB", "CLOUDWATCH"):
            places[f"AWS_ENDPOINT_URL_{service}"] = self.cloud.url
        return places

    def put_foreign(self, texts: Sequence[str]) -> None:
        """Put records into the stream that are no changes."""
        for number, text in enumerate(texts):
            data = text.encode("utf-8", "surrogateescape")
            self.kinesis.put_record(StreamName=STREAM, PartitionKey=f"f{number}", Data=data)

    def split(self, rng: random.Random) -> None:
        """Split a shard in two."""
        with self.reshards:
            shard = rng.choice(self.read_open())
            middle = (shard.first_hash + shard.last_hash) // 2
            self.kinesis.split_shard(
                StreamName=STREAM, ShardToSplit=shard.name, NewStartingHashKey=str(middle)
            )

    def merge(self, rng: random.Random) -> None:
        """Merge two neighbours, where there are any."""
        with self.reshards:
            shards = sorted(self.read_open(), key=lambda shard: shard.first_hash)
            if len(shards) < 2:
                return
            place = rng.randrange(len(shards) - 1)
            low, high = shards[place : place + 2]
            self.kinesis.merge_shards(
                StreamName=STREAM, ShardToMerge=low.name, AdjacentShardToMerge=high.name
            )

    def read_open(self) -> Sequence[Shard]:
        with self.cloud.lock:
            return self.stream.open_shards

    def count_behind(self) -> int:
        """Return how many shards are not read to their last record, by what was written down."""
        newest: dict[str, Kept] = {}
        with self.cloud.lock:
            for kept in self.ledger.kept:
                newest[kept.shard] = kept
            behind = 0
            for name, shard in self.stream.shards.items():
                last = newest.get(name)
                if last is not None and last.status == ENDED:
                    continue
                is_read = last is not None and (
                    not shard.records or last.sequence >= shard.records[-1].sequence
                )
                behind += not is_read or not shard.is_open
        return behind


def cross_digits(shard: Shard) -> None:
    """Let the numbers of a shard get a digit more after some records."""
    number = 10**55 - NUMBERS_TO_CROSS
    shard.first_sequence = shard.next_sequence = number
