"""One record of a stream, read again by its place."""

from __future__ import annotations

import threading

from oracle_cdc.aws.kinesis.inbound import Batch, ShardReader
from oracle_cdc.aws.kinesis.limits import READ_SECONDS
from oracle_cdc.aws.kinesis.positions import at
from oracle_cdc.changes.rules.dead_letters import Place
from oracle_cdc.errors import DestinationMissing, DestinationUnavailable

#: How often a shard is read for one record. A batch of ten letters keeps within 30 s.
MOST_READS = 10


class RecordOutstanding(DestinationUnavailable):
    """A shard did not give a record, and did not say that it no longer has it: ask later."""


class Fetching:
    """Reads one record after another.

    Parameters:
        stop: ends the waits between two reads of a shard.
    """

    def __init__(self, reader: ShardReader, stop: threading.Event) -> None:
        self.reader = reader
        self.stop = stop

    def fetch(self, place: Place) -> bytes | None:
        """Return a record as the stream has it, None where that is over.

        Raises RecordOutstanding, and what else Kinesis raises.
        """
        try:
            iterator = self.reader.find_iterator(place.shard_id, at(place.sequence_number))
        except DestinationMissing:
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
            batch = self.reader.read(iterator)
            if batch.records or batch.next_iterator is None or not batch.millis_behind:
                return batch
            iterator = batch.next_iterator
            if self.stop.wait(READ_SECONDS):
                break
        raise RecordOutstanding(
            f"{place.shard_id} gave no record yet from {place.sequence_number} on; try it later"
        )
