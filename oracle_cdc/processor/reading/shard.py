"""The work on one shard: read, publish, and only then keep how far it has come."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic

from oracle_cdc.aws.dynamodb.lease_choosing import is_gone
from oracle_cdc.aws.kinesis.inbound import Batch, ShardReader
from oracle_cdc.changes.rules.dead_letters import Place
from oracle_cdc.errors import CdcError, DestinationMissing
from oracle_cdc.processor.publishing.counter_names import STATE_ERRORS
from oracle_cdc.processor.publishing.processing import Processing
from oracle_cdc.processor.publishing.records import Lot, Received, make_lot
from oracle_cdc.processor.reading.held_lease import HeldLease
from oracle_cdc.processor.reading.intake import Intake
from oracle_cdc.processor.reading.tally import Tally
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

#: How often a copy that does not know whether it still has its lease looks again.
LOOK_SECONDS = 0.2


@dataclass
class Lag:
    """How far the reading of a shard is behind.

    Parameters:
        behind_seconds: the last read behind the newest record, when that was read.
        oldest_at: when the oldest record came that was read and is not settled. None: there is
            none.
    """

    behind_seconds: float = 0.0
    read_at: float = 0.0
    oldest_at: datetime | None = None

    def seconds(self, now: float, utc: datetime) -> float:
        """Return the age of the oldest record that is not settled, as far as is known."""
        if self.oldest_at is not None:
            return max(0.0, (utc - self.oldest_at).total_seconds())
        if not self.behind_seconds:
            return 0.0
        return self.behind_seconds + now - self.read_at


@dataclass(frozen=True)
class Means:
    """What all shards of a copy are read with.

    Parameters:
        poll_seconds: between two reads of a shard that had nothing new.
        moments: the monotonic clock.
    """

    stream: str
    reader: ShardReader
    processing: Processing
    tally: Tally
    progress: Progress
    poll_seconds: float
    moments: Callable[[], float] = monotonic
    utc: Callable[[], datetime] = utc_now


@dataclass
class InHand:
    """What was read and is not settled.

    Parameters:
        settled_count: how many of the records, from the first on, were settled and counted.
    """

    batch: Batch
    lot: Lot
    settled_count: int = 0


class ShardWork:
    """Reads one shard while its lease is ours. One thread uses it.

    Parameters:
        stop: of the service.
        bus_is_there: while it is not set nothing is published.
    """

    def __init__(
        self,
        held: HeldLease,
        means: Means,
        stop: threading.Event,
        bus_is_there: threading.Event,
    ) -> None:
        self.held = held
        self.means = means
        self.stop = stop
        self.bus_is_there = bus_is_there
        self.intake = Intake(
            held,
            means.reader,
            poll_seconds=means.poll_seconds,
            rest=partial(means.progress.rest, stop=stop),
            stop=stop,
            moments=means.moments,
        )
        self.in_hand: InHand | None = None
        self.lag = Lag()
        #: Nothing was left to read at the last look.
        self.is_caught_up = False

    def step(self) -> None:
        """Read once, and settle what came.

        Raises what keeps any of it from that: the next step goes on with it.
        """
        if not self.may_publish():
            # The lease is being renewed, or lost, or the bus is looked for.
            self.means.progress.rest(LOOK_SECONDS, self.stop)
            return
        if self.in_hand is None:
            self.read()
        if self.in_hand is not None:
            self.settle(self.in_hand)

    def read(self) -> None:
        """Take the next records in hand. Raises what Kinesis raises."""
        try:
            answer = self.intake.take(self.may_publish)
        except DestinationMissing:
            self.end_if_gone()
            raise
        if answer is None:
            return
        batch = answer.batch
        self.lag = Lag(batch.millis_behind / 1000, answer.asked_at)
        self.is_caught_up = not batch.records and not batch.millis_behind
        self.in_hand = InHand(batch, make_lot(self.make_records(batch)))

    def make_records(self, batch: Batch) -> Sequence[Received]:
        records: list[Received] = []
        for record in batch.records:
            place = Place(self.means.stream, self.held.shard_id, record.sequence_number)
            records.append(Received(place, record.data))
        return records

    def settle(self, in_hand: InHand) -> None:
        """Publish what is in hand, then keep how far that came, never the other way round."""
        self.intake.read_ahead(in_hand.batch)
        waiting = sum(1 for _ in in_hand.lot.unsettled())
        verdict = self.means.processing.process(in_hand.lot, self.may_publish)
        if len(verdict.unsettled) < waiting:
            self.means.progress.stepped(self.held.shard_id, succeeded=True)
        if self.held.over.is_set():
            # Another copy reads it now, from the last checkpoint on.
            self.in_hand = None
            return
        self.keep(in_hand)
        if verdict.error is not None:
            raise verdict.error
        if verdict.unsettled or self.held.over.is_set():
            return
        if in_hand.batch.is_end:
            self.write(self.held.end)
            logger.info("%s: read to its end", self.held.shard_id)
        self.in_hand = None

    def may_publish(self) -> bool:
        is_wanted = self.bus_is_there.is_set() and not self.stop.is_set()
        return is_wanted and self.held.is_ours()

    def keep(self, in_hand: InHand) -> None:
        """Keep how far the records are settled without a gap."""
        records, items = in_hand.batch.records, in_hand.lot.items
        count = in_hand.settled_count
        while count < len(items) and items[count].is_settled:
            count += 1
        self.lag.oldest_at = None
        if count < len(records):
            self.lag.oldest_at = records[count].arrived_at
        if count == in_hand.settled_count:
            return
        reached = records[count - 1].sequence_number
        self.write(lambda: self.held.checkpoint(reached))
        if not self.held.is_lost:
            self.means.tally.add(count - in_hand.settled_count, reached)
            in_hand.settled_count = count

    def write(self, write: Callable[[], None]) -> None:
        """Write to the store, and count where that fails."""
        try:
            write()
        except CdcError:
            self.means.progress.add(**{STATE_ERRORS: 1})
            raise

    def end_if_gone(self) -> None:
        """End a shard that the stream no longer has, with all that was not read of it."""
        held = self.held
        if is_gone(held.lease, self.means.reader.list_shards()):
            logger.critical(
                "%s is gone from the stream before it was read to its end: what it still had is "
                "lost here; take a snapshot of its tables",
                held.shard_id,
            )
            self.write(held.end)
