"""A lease that this copy has: renewed, written to, and given up, by two threads in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from oracle_cdc.aws.dynamodb.checkpoints import Checkpoints
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.leases import Leases
from oracle_cdc.aws.kinesis.positions import Position, is_later


class HeldLease:
    """A lease, as its last write left it.

    Each write raises the counter, so that only one thread may write at a time.

    Parameters:
        lease_seconds: how long it is ours by our own clock, from before it was last written.
        asked_at: when it was taken.
        over: set once it is lost, ended or given back.
    """

    def __init__(
        self,
        lease: Lease,
        leases: Leases,
        checkpoints: Checkpoints,
        *,
        lease_seconds: float,
        asked_at: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.lease = lease
        self.leases = leases
        self.checkpoints = checkpoints
        self.lease_seconds = lease_seconds
        self.clock = clock
        self.until = asked_at + lease_seconds
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.is_lost = False

    @property
    def shard_id(self) -> str:
        return self.lease.shard_id

    @property
    def position(self) -> Position:
        """Return where reading goes on."""
        return self.lease.position

    def is_ours(self) -> bool:
        """Return whether what is read may be published now.

        A process that was frozen does not know what others did meanwhile, until it has renewed.
        """
        return not self.over.is_set() and self.clock() < self.until

    def renew(self) -> None:
        """Renew the lease, or learn that it is lost. Raises what DynamoDB raises."""
        self.write(self.leases.renew)

    def checkpoint(self, sequence_number: str) -> None:
        """Keep that all records up to this one are settled, which renews the lease too."""
        reached = self.lease.sequence_number
        if reached is None or is_later(sequence_number, reached):
            self.write(lambda lease: self.checkpoints.write(lease, sequence_number))

    def end(self) -> None:
        """Keep that the shard was read to its end."""
        self.write(self.checkpoints.end)
        self.over.set()

    def write(self, write: Callable[[Lease], Lease | None]) -> None:
        with self.lock:
            if self.over.is_set():
                return
            asked_at = self.clock()
            written = write(self.lease)
            if written is None:
                self.is_lost = True
                self.over.set()
                return
            self.lease = written
            self.until = asked_at + self.lease_seconds

    def give_back(self) -> None:
        """Let others take it at once. Raises what DynamoDB raises."""
        with self.lock:
            if not self.over.is_set():
                self.over.set()
                self.leases.release(self.lease)
