"""What an administrator of AWS sees and does: stream and bus, and what went through them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from oracle_cdc.demo.endpoint import connect

STREAM, BUS = "coredb-cdc-stream", "cdc-events"
CHECKPOINTS, STATES = "cdc-pipeline-checkpoints", "cdc-pipeline-state"
#: Source and detail type of the events that consumers get.
RULE = ("cdc-pipeline", "CDC.TableChange")
SHARDS = 2
#: So that some changes fit into the stream, and not into an event.
MAX_RECORD_KIB = 2048
ASK_SECONDS = 10.0


class CloudPages:
    """The pages that awslite has beside AWS's own requests."""

    def __init__(self, url: str) -> None:
        self.url = url
        # A proxy from the environment can't know this machine's loopback.
        self.opener = build_opener(ProxyHandler({}))

    def read_deliveries(self, bus: str, after: int) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Return events as the bus delivers them, late and twice, and what to ask for next."""
        answer = self.get("deliveries", bus=bus, after=after)
        return answer["events"], answer["after"]

    def read_events(self, after: int = 0) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Return events as the bus took them, and what to ask for next."""
        answer = self.get("events", bus=BUS, after=after)
        return answer["events"], answer["after"]

    def read_all(self) -> Iterator[str]:
        """Yield everything that left Oracle for AWS, as text: records, events, metrics, items."""
        for page, members in (
            ("records", {"stream": STREAM}),
            ("events", {"bus": BUS}),
            ("metrics", {"namespace": "CdcPipeline"}),
        ):
            after = 0
            while (answer := self.get(page, **members, after=after))[page]:
                after = answer["after"]
                for each in answer[page]:
                    yield json.dumps(each, ensure_ascii=False)
        with closing(connect("dynamodb", self.url)) as dynamodb:
            for table in (CHECKPOINTS, STATES):
                yield json.dumps(dynamodb.scan(TableName=table)["Items"], ensure_ascii=False)

    def order_fault(self, **fault: object) -> None:
        self.send("faults", "POST", fault)

    def clear_faults(self) -> None:
        self.send("faults", "DELETE", {})

    def change(self, **settings: object) -> None:
        self.send("settings", "POST", settings)

    def get(self, page: str, **members: object) -> Any:
        address = f"{self.url}/{page}?{urlencode(members)}"
        with self.opener.open(address, timeout=ASK_SECONDS) as answer:
            return json.load(answer)

    def send(self, page: str, method: str, document: object) -> None:
        request = Request(f"{self.url}/{page}", json.dumps(document).encode(), method=method)
        self.opener.open(request, timeout=ASK_SECONDS).close()


def row_changes(page: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the details of events that a consumer's rule lets through: not those of `health`."""
    for envelope in page:
        if (envelope["source"], envelope["detail-type"]) == RULE:
            yield envelope["detail"]


def create_all(url: str) -> None:
    """Make the stream and the bus. The tables are made by the service's own command."""
    with closing(connect("kinesis", url)) as kinesis:
        kinesis.create_stream(
            StreamName=STREAM, ShardCount=SHARDS, MaxRecordSizeInKiB=MAX_RECORD_KIB
        )
    with closing(connect("events", url)) as events:
        events.create_event_bus(Name=BUS)


def split_shard(url: str) -> str:
    """Split an open shard in the middle, and return its name."""
    with closing(connect("kinesis", url)) as kinesis:
        for shard in kinesis.list_shards(StreamName=STREAM)["Shards"]:
            if "EndingSequenceNumber" in shard["SequenceNumberRange"]:
                continue
            hashes = shard["HashKeyRange"]
            first, last = int(hashes["StartingHashKey"]), int(hashes["EndingHashKey"])
            kinesis.split_shard(
                StreamName=STREAM,
                ShardToSplit=shard["ShardId"],
                NewStartingHashKey=str((first + last) // 2),
            )
            return str(shard["ShardId"])
    raise AssertionError("a stream has an open shard")
