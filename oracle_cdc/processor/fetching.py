"""One record of a stream, read again by its place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from oracle_cdc.aws.kinesis.client import StreamReplaced
from oracle_cdc.aws.kinesis.inbound import Batch, ShardReader
from oracle_cdc.aws.kinesis.pace import Pace
from oracle_cdc.aws.kinesis.positions import at
from oracle_cdc.changes.rules.dead_letters import Place
from oracle_cdc.errors import DestinationMissing, DestinationUnavailable

#: How often a shard is read for one record. A batch of ten letters keeps within 30 s.
MOST_READS = 10
#: What reads a shard beside this may use up all that the shard gives in a second.
REFUSED_SECONDS = 1.0
#: How long a shard that refuses is asked again for one record.
PATIENCE_SECONDS = 10.0


class RecordOutstanding(DestinationUnavailable):
    """A shard did not give a record, and did not say that it no longer has it: ask later."""


class Fetching:
    """Reads one record after another, each shard no more often than Kinesis answers.

    Parameters:
        stop: ends the waits between two reads of a shard.
    """

    def __init__(
        self,
        reader: ShardReader,
        stop: threading.Event,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.reader = reader
        self.stop = stop
        self.clock = clock
        #: By shard, when it may be asked again.
        self.paces: dict[str, Pace] = {}

    def fetch(self, place: Place) -> bytes | None:
        """Return a record as the stream has it, None where that is over.

        Raises RecordOutstanding, and what else Kinesis raises.
        """
        until = self.clock() + PATIENCE_SECONDS
        while True:
            try:
                return self.find(place)
            except RecordOutstanding:
                raise
            except DestinationUnavailable:
                if self.clock() >= until:
                    raise
            self.paces[place.shard_id] = Pace(self.clock() + REFUSED_SECONDS)

    def find(self, place: Place) -> bytes | None:
        """Return a record, None where the stream no longer has it."""
        self.keep_pace(place)
        try:
            iterator = self.reader.find_iterator(place.shard_id, at(place.sequence_number))
        except (DestinationMissing, StreamReplaced):
            return None
        for record in self.read_on(place, iterator).records:
            if record.sequence_number == place.sequence_number:
                return record.data
        return None

    def read_on(self, place: Place, iterator: str) -> Batch:
        """Return the first batch with records from an iterator on, or the last one of the shard.

        Raises RecordOutstanding where neither came.
        """
        for _ in range(MOST_READS):
            self.keep_pace(place)
            asked_at = self.clock()
            batch = self.reader.read(iterator)
            self.paces[place.shard_id] = Pace().after_read(asked_at, batch.size_bytes)
            if batch.records or batch.next_iterator is None or not batch.millis_behind:
                return batch
            iterator = batch.next_iterator
        raise outstanding(place)

    def keep_pace(self, place: Place) -> None:
        """Wait until a shard may be asked again. Raises RecordOutstanding at the stop."""
        seconds = self.paces.get(place.shard_id, Pace()).wait_seconds(self.clock())
        if seconds and self.stop.wait(seconds):
            raise outstanding(place)


def outstanding(place: Place) -> RecordOutstanding:
    return RecordOutstanding(
        f"{place.shard_id} gave no record yet from {place.sequence_number} on; try it later"
    )
