"""What can be seen from outside while the service works: table, stream, consumer, set aside."""

from __future__ import annotations

from dataclasses import dataclass

from oracle_cdc.demo.events.stack import STREAM, Stack
from oracle_cdc.demo.events.streams import Streams
from oracle_cdc.demo.events.writers import Writers


@dataclass(frozen=True)
class Standing:
    """Counts of rows and messages by where they are. waiting: in transactions that are open."""

    row_count: int
    committed: int = 0
    late: int = 0
    waiting: int = 0
    stored: int = 0
    received: int = 0
    set_aside: int = 0

    @property
    def is_settled(self) -> bool:
        """Return whether every row that was to be written has come to its end."""
        return (
            self.committed == self.row_count
            and self.stored + self.set_aside >= self.row_count
            and self.received >= self.stored
        )


def look(stack: Stack, writers: Writers, streams: Streams) -> Standing:
    """Count everything once."""
    written = writers.written
    return Standing(
        row_count=writers.row_count,
        committed=len(written.rows),
        late=len(written.late),
        waiting=written.waiting,
        stored=streams.count(STREAM),
        received=stack.received.read_bytes().count(b"\n"),
        set_aside=len(stack.store.read_set_aside()),
    )
