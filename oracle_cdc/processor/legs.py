"""What the leg of the processor does: leases, and a loop of its own for each shard."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.errors import CdcError
from oracle_cdc.processor.cloudwatch_metrics import CloudWatchMetrics
from oracle_cdc.processor.publishing.counter_names import STATE_ERRORS
from oracle_cdc.processor.reading.held_lease import HeldLease
from oracle_cdc.processor.reading.shard import ShardWork
from oracle_cdc.processor.signs import Signs
from oracle_cdc.processor.startup import Startup
from oracle_cdc.processor.wiring import Processor
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.service import Leg, Loop

logger = logging.getLogger(__name__)

#: Leases are renewed this many times before one would run out.
RENEWALS = 3
#: How often a waiting leg looks whether a shard has ended, whose children come next.
LOOK_SECONDS = 0.25
#: And after these seconds, whatever a lease lasts: the bus is looked at, too.
MOST_REST_SECONDS = 10.0
#: What the shards have at the stop, to finish what they have under way.
FINISH_SECONDS = 6.0


@dataclass
class Reading:
    """A shard that this copy reads, and the loop that does."""

    work: ShardWork
    loop: Loop

    def start(self) -> None:
        """Start the loop, unless that was done before: a shard may have ended since."""
        if self.loop.thread.ident is None:
            self.loop.thread.start()

    def is_over(self) -> bool:
        """Return whether nothing reads it any more: a thread may be in the middle of a step."""
        return self.work.held.over.is_set() and not self.loop.thread.is_alive()


class ProcessorLeg:
    """Keeps the leases, and starts and ends the loops of shards."""

    def __init__(
        self, processor: Processor, startup: Startup, signs: Signs, figures: CloudWatchMetrics
    ) -> None:
        self.processor = processor
        self.startup = startup
        self.signs = signs
        self.figures = figures
        self.progress = processor.progress
        self.stop = processor.stop
        self.readings: dict[str, Reading] = {}

    def step(self) -> None:
        """Renew and take leases, and see to the shards.

        Raises what Kinesis, EventBridge, DynamoDB and SQS raise.
        """
        try:
            self.look()
        finally:
            for reading in self.readings.values():
                reading.start()
        self.rest()

    def look(self) -> None:
        """Renew leases, and see to the rest.

        Raises at the end what one of them could not be renewed for: of many leases that is one in
        most steps where calls are lost, and others wait for what comes after it.
        """
        try:
            # First, whatever else fails: they run out by our own clock.
            self.processor.leasing.renew()
        finally:
            self.see_to_the_rest()

    def see_to_the_rest(self) -> None:
        """Take leases, and show what came of it."""
        self.startup.ensure()
        try:
            self.processor.leasing.look()
        finally:
            # Also of what was taken before it failed.
            self.read_what_is_held()
        self.write_tally()
        self.signs.update([reading.work for reading in self.readings.values()])
        self.figures.send_if_due()

    def read_what_is_held(self) -> None:
        """Have something that reads each shard whose lease this copy has, and nothing else."""
        self.reap()
        for shard_id, held in self.processor.leasing.held.items():
            if shard_id not in self.readings:
                self.readings[shard_id] = self.make_reading(held)

    def make_reading(self, held: HeldLease) -> Reading:
        processor = self.processor
        work = ShardWork(held, processor.means, self.stop, processor.bus_is_there)
        retry = processor.settings.retry
        backoff = Backoff(
            initial_seconds=retry.base_delay_seconds, max_seconds=retry.max_delay_seconds
        )
        leg = Leg(held.shard_id, work.step, 0.0, is_over=held.over.is_set)
        return Reading(work, Loop(leg, backoff, self.progress, processor.repeats, self.stop))

    def reap(self) -> None:
        """Forget the shards whose leases are over."""
        for shard_id, reading in list(self.readings.items()):
            if reading.is_over():
                del self.readings[shard_id]
                self.progress.ended(shard_id)

    def write_tally(self) -> None:
        """Write down what was processed. That this fails keeps nothing else from going on."""
        try:
            self.processor.means.tally.write()
        except CdcError as error:
            self.progress.add(**{STATE_ERRORS: 1})
            self.processor.repeats.failure(
                STATE_ERRORS,
                logger,
                "the state could not be written: %s",
                error,
                level=logging.ERROR,
            )
        else:
            self.processor.repeats.recovered(STATE_ERRORS)

    def rest(self) -> None:
        """Wait until leases are to be renewed, or a shard is over."""
        lease_seconds = self.processor.settings.processor.lease_seconds
        until = monotonic() + min(lease_seconds / RENEWALS, MOST_REST_SECONDS)
        while monotonic() < until and not self.stop.is_set():
            if any(reading.is_over() for reading in self.readings.values()):
                return
            self.progress.rest(LOOK_SECONDS, self.stop)

    def run_once(self) -> None:
        """Read all shards that this copy gets up to their present end. Raises what keeps it."""
        try:
            self.look()
            for reading in list(self.readings.values()):
                self.catch_up(reading.work)
        finally:
            self.give_back()

    def catch_up(self, work: ShardWork) -> None:
        while not (work.is_caught_up or work.held.over.is_set() or self.stop.is_set()):
            work.step()

    def finish(self) -> None:
        """Wait for what the shards have under way, and let other copies go on at once."""
        until = monotonic() + FINISH_SECONDS
        for reading in self.readings.values():
            if reading.loop.thread.is_alive():
                reading.loop.thread.join(max(0.0, until - monotonic()))
        self.give_back()

    def give_back(self) -> None:
        self.write_tally()
        self.processor.leasing.give_back()
        self.reap()
