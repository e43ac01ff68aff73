"""What a step of the leg of events does: cycles until nothing is left, and what is seen of them."""

from __future__ import annotations

import logging
from time import monotonic

from oracle_cdc.errors import (
    CdcError,
    HeldElsewhere,
    OracleConfigurationError,
    OracleCredentialsError,
)
from oracle_cdc.events.former_shares import find_former, follow
from oracle_cdc.events.signs import Signs
from oracle_cdc.events.startup import Startup
from oracle_cdc.events.wiring import Events, name_program
from oracle_cdc.oracle.refused_login import refuse
from oracle_cdc.relay.cycle import Relay
from oracle_cdc.running.chore import Chore, Result
from oracle_cdc.running.pauses import Pauses
from oracle_cdc.settings.service import EVENTS

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")

#: How often a copy that stands by looks whether the other one is gone.
STAND_BY_SECONDS = 2.0


class Sweeping(Chore):
    """Sweeps behind the overlap, with whichever relay there is."""

    name = "the sweep of events"
    needs_queue = True

    def __init__(self, events: Events) -> None:
        self.events = events

    def run_once(self) -> Result:
        """Compare the next slices. Raises what the source, the destination or the store raise."""
        return self.events.sweep.get().run_once()


class EventsLeg:
    """The leg: from the table to the stream, and the sweep in its pauses."""

    def __init__(self, events: Events, startup: Startup, pauses: Pauses, signs: Signs) -> None:
        self.events = events
        self.startup = startup
        self.pauses = pauses
        self.signs = signs
        self.progress = events.progress
        self.stop = events.stop
        #: Of the last cycle: a person has not paused it, and no other copy runs it.
        self.is_working = False
        #: The relay that knows where to begin.
        self.begun: Relay | None = None

    def step(self) -> None:
        """Run cycles until nothing is left. Where another copy runs, wait for its end."""
        while not self.stop.is_set():
            try:
                self.run_cycles()
            except HeldElsewhere as error:
                self.stand_by(error)
            else:
                return

    def run_cycles(self) -> None:
        """Run cycles until nothing is left, and write down in the store why that failed."""
        self.is_working = False
        try:
            self.work()
        except HeldElsewhere:
            raise
        except OracleCredentialsError as error:
            self.write_down(error)
            refuse(self.events.oracle, error)
        except CdcError as error:
            if isinstance(error, OracleConfigurationError):
                self.events.forget()
            self.write_down(error)
            raise

    def work(self) -> None:
        """Run cycles until nothing is left, a person pauses them, or the service stops."""
        self.startup.ensure_store()
        relay = self.events.relay.get()
        if self.begun is not relay:
            self.begin(relay)
        self.startup.ensure_stream()
        has_more = True
        while has_more and not self.stop.is_set():
            has_more = self.run_cycle(relay)

    def begin(self, relay: Relay) -> None:
        """Begin with a relay: where shares of another number had come, if that was changed."""
        former = find_former(self.events)
        if former is not None:
            if not follow(self.events, relay, former):
                return
            logger.warning(
                "PUBLISHER_SHARE is %s: it goes on from %s, where the former shares (%s) had come; "
                "what they sent after that is sent again, and known to the stream by its ids",
                self.events.settings.publisher.share,
                former.watermark,
                former.shares,
            )
        self.begun = relay

    def run_cycle(self, relay: Relay) -> bool:
        """Run one cycle, and return whether the next one should follow at once."""
        counts = relay.sender.counts
        before, began_at = counts.handled, monotonic()
        try:
            self.is_working = relay.run_cycle()
        finally:
            # Also of a cycle that fails: it has many batches.
            handled, seconds = counts.handled - before, monotonic() - began_at
            if handled:
                self.progress.batch_done(EVENTS, seconds)
                performance.info("events: a cycle of %d rows took %.3f s", handled, seconds)
        self.signs.update(relay, is_working=self.is_working)
        return self.is_working and bool(handled) and not relay.is_at_end

    def stand_by(self, error: HeldElsewhere) -> None:
        """Wait a little before the next look whether the other copy is gone.

        That MariaDB said so is a success: what failed before is over.
        """
        self.progress.stepped(EVENTS, succeeded=True)
        self.signs.stand_by(error)
        self.progress.rest(STAND_BY_SECONDS, self.stop)

    def write_down(self, error: CdcError) -> None:
        """Write into the store what failed, also where no cycle has begun yet.

        A copy that does not have the program's lock leaves that to the one that has it.
        """
        relay = self.events.relay.made
        tracking = self.events.tracking
        if relay is None or not relay.position.is_begun:
            try:
                tracking.begin(name_program(self.events.settings.publisher))
            except CdcError as failure:
                logger.debug("what went wrong could not be written down: %s", failure)
        tracking.fail(error)

    def use_pause(self, seconds: float) -> float:
        """Use the pause for the sweep, and return the seconds that it took.

        What ails Oracle, NATS or MariaDB as a whole the next step reports.
        """
        if not self.is_working:
            return 0.0
        try:
            return self.pauses.use(seconds)
        except CdcError as error:
            logger.debug("the pause is not used: %s", error)
            return 0.0
