"""What can be set for all that is served, also while it is used."""

from __future__ import annotations

from dataclasses import dataclass, fields

MEBIBYTE = 1 << 20


@dataclass
class Limits:
    """Limits and habits of the services.

    change_seconds: how long a stream or table is CREATING or UPDATING after a change.
    iterator_seconds: how long a shard iterator and a token of ListShards hold.
    throttles_reads: whether a shard refuses more than 5 reads in a second.
    empty_reads: how many reads behind a new iterator give no record although some follow.
    throttles_writes: whether a shard refuses more than 1,000 records or 1 MiB in a second.
    request_bytes: what a request of PutRecords may hold.
    event_bytes: from how many bytes on a request of PutEvents is refused, 256 KiB in some regions.
    stale_reads: whether reads that don't ask for ConsistentRead miss an item's last write.
    repeat_rate, late_rate: the shares of events that a bus delivers twice and late.
    late_seconds: how late at most.
    """

    change_seconds: float = 0.0
    iterator_seconds: float = 300.0
    throttles_reads: bool = False
    empty_reads: int = 0
    throttles_writes: bool = False
    request_bytes: int = 5 * MEBIBYTE
    event_bytes: int = MEBIBYTE
    stale_reads: bool = False
    repeat_rate: float = 0.0
    late_rate: float = 0.0
    late_seconds: float = 1.0

    def restore(self) -> None:
        """Set everything as it is at the start."""
        for setting in fields(self):
            setattr(self, setting.name, setting.default)
