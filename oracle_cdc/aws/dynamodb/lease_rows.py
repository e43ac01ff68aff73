"""The items of one processor and stream in the table of checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from oracle_cdc.aws.dynamodb.items import (
    MISSING,
    Condition,
    Item,
    Update,
    Written,
    decode,
    encode,
    read_item,
    write_item,
)
from oracle_cdc.aws.dynamodb.lease import (
    PROCESSOR,
    SHARD,
    UPDATED,
    Lease,
    make_item,
    name_shard,
    read_lease,
)
from oracle_cdc.aws.kinesis.positions import LATEST, since
from oracle_cdc.running.clock import utc_now

if TYPE_CHECKING:
    from oracle_cdc.aws.dynamodb.client import TableClient


class LeaseRows:
    """Reads and writes the leases of one processor on one stream.

    Everything raises StoreUnavailable, StoreConfigurationError or StoreCredentialsError. After
    StoreUnavailable a write may have been made: made again, it is known for what it is.

    Parameters:
        clock: for updatedAt, which nothing but people reads.
    """

    def __init__(
        self,
        client: TableClient,
        *,
        processor: str,
        stream: str,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.client = client
        self.processor = processor
        self.stream = stream
        self._clock = clock

    def of(self, processor: str) -> LeaseRows:
        """Return what reads and writes the leases of another processor on the stream."""
        return LeaseRows(self.client, processor=processor, stream=self.stream, clock=self._clock)

    def read_all(self) -> list[Lease]:
        """Return all leases, as the last writes left them, in the order of their shards."""
        leases: list[Lease] = []
        request: dict[str, Any] = {
            "TableName": self.client.place,
            "ConsistentRead": True,
            "KeyConditionExpression": "#p = :p AND begins_with(#s, :s)",
            "ExpressionAttributeNames": {"#p": PROCESSOR, "#s": SHARD},
            "ExpressionAttributeValues": encode(
                {":p": self.processor, ":s": name_shard(self.stream, "")}
            ),
        }
        while True:
            with self.client.calling("Query") as dynamodb:
                answer: Mapping[str, Any] = dynamodb.query(**request)
                for item in answer["Items"]:
                    leases.append(read_lease(decode(item)))
            if not answer.get("LastEvaluatedKey"):
                return leases
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def list_processors(self) -> list[str]:
        """Return every processor that has a lease on the stream, by reading the whole table."""
        names: set[str] = set()
        request: dict[str, Any] = {
            "TableName": self.client.place,
            "ConsistentRead": True,
            "ProjectionExpression": "#p",
            "FilterExpression": "begins_with(#s, :s)",
            "ExpressionAttributeNames": {"#p": PROCESSOR, "#s": SHARD},
            "ExpressionAttributeValues": encode({":s": name_shard(self.stream, "")}),
        }
        while True:
            with self.client.calling("Scan") as dynamodb:
                answer: Mapping[str, Any] = dynamodb.scan(**request)
                names.update(str(decode(item)[PROCESSOR]) for item in answer["Items"])
            if not answer.get("LastEvaluatedKey"):
                return sorted(names)
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def find(self, shard_id: str) -> Lease | None:
        """Return the lease of a shard, or None."""
        item = read_item(self.client, self.key(shard_id))
        if item is None:
            return None
        return read_lease(item)

    def create(self, lease: Lease) -> bool:
        """Add a lease unless its shard has one, and return whether it was added.

        One that begins at the newest record begins with the present moment: else nothing that
        comes before its first checkpoint would be read after a start.
        """
        if lease.starts_at.kind == LATEST:
            lease = replace(lease, starts_at=since(self._clock()))
        written = self.write(
            lease.shard_id, Update(sets=make_item(lease), conditions=[Condition(SHARD, MISSING)])
        )
        return written.is_written

    def delete(self, shard_id: str) -> None:
        """Forget a shard. Idempotent."""
        with self.client.calling("DeleteItem") as dynamodb:
            dynamodb.delete_item(TableName=self.client.place, Key=encode(self.key(shard_id)))

    def write(self, shard_id: str, update: Update) -> Written:
        """Write one item where the conditions hold.

        A write that was made before, and whose answer was lost, counts as made: what it sets and
        removes stands there, by the owner's own name and with the counter that only it had.
        """
        stamped = replace(update, sets={**update.sets, UPDATED: self._clock().isoformat()})
        written = write_item(self.client, self.key(shard_id), stamped)
        if not written.is_written and is_there(update, written.item):
            return Written(True, written.item)
        return written

    def key(self, shard_id: str) -> Item:
        """Return the key of a shard's item."""
        return {PROCESSOR: self.processor, SHARD: name_shard(self.stream, shard_id)}


def is_there(update: Update, item: Item | None) -> bool:
    """Return whether an item stands as an update leaves it, but for when that was."""
    if item is None:
        return False
    for name, value in update.sets.items():
        if name != UPDATED and item.get(name) != value:
            return False
    return not any(name in item for name in update.removes)
