"""What a step of the leg of row changes does: rounds until nothing waits, and chores in between."""

from __future__ import annotations

import logging
from time import monotonic

from oracle_cdc.aws.kinesis.stream import StreamFacts
from oracle_cdc.changes.signs import Signs
from oracle_cdc.changes.startup import Startup
from oracle_cdc.changes.wiring import Changes
from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    OracleConfigurationError,
    OracleCredentialsError,
)
from oracle_cdc.oracle.refused_login import refuse
from oracle_cdc.running.pauses import Pauses
from oracle_cdc.settings.service import CHANGES

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")

#: What chores may take between two rounds: one that is due is begun.
BETWEEN_SECONDS = 0.001


class ChangesLeg:
    """The leg: from the change tables to the stream, and the chores.

    Parameters:
        pauses: the chores, whose turn comes whether there is a pause or not.
    """

    def __init__(self, changes: Changes, startup: Startup, pauses: Pauses, signs: Signs) -> None:
        self.changes = changes
        self.startup = startup
        self.pauses = pauses
        self.signs = signs
        self.progress = changes.progress
        self.stop = changes.stop

    def run_to_end(self) -> None:
        """Run rounds until nothing waits, and write down how much that was. Raises what failed."""
        self.run_cycles()
        self.changes.shipping.shipped_counts.run_once()
        self.changes.shipping.lanes.require_all()

    def finish(self) -> None:
        """Write down how much was shipped since that was last done, where Oracle lets it."""
        try:
            self.changes.shipping.shipped_counts.run_once()
        except CdcError as error:
            logger.debug("how much was shipped is not written down: %s", error)

    def run_cycles(self) -> None:
        """Run rounds until nothing waits. Raises what fails all lanes alike."""
        try:
            self.work()
        except OracleCredentialsError as error:
            refuse(self.changes.oracle, error)
        except CdcError as error:
            if isinstance(error, (OracleConfigurationError, DestinationConfigurationError)):
                self.startup.forget()
            if error.area != "oracle":
                # Nothing leaves, so that change tables grow: that is when they must be watched.
                self.use_pause(BETWEEN_SECONDS)
            raise

    def work(self) -> None:
        self.startup.ensure_oracle()
        self.use_stream(self.startup.ensure_stream())
        self.startup.ask_dead_letters()
        while self.run_round() and not self.stop.is_set():
            self.use_pause(BETWEEN_SECONDS)

    def use_stream(self, facts: StreamFacts) -> None:
        """Make records of the size that the stream takes."""
        opener = self.changes.opener
        if opener.max_record_bytes != facts.max_record_bytes:
            opener.max_record_bytes = facts.max_record_bytes
            self.changes.shipping.lanes.reopen()

    def run_round(self) -> bool:
        """Run one round, and return whether the next one should follow at once."""
        counts = self.changes.shipping.counts
        before, began_at = counts.shipped.total(), monotonic()
        try:
            return self.changes.shipping.run_round()
        finally:
            self.signs.update()
            shipped, seconds = counts.shipped.total() - before, monotonic() - began_at
            if shipped:
                self.progress.batch_done(CHANGES, seconds)
                performance.info("changes: %d records took %.3f s", shipped, seconds)

    def use_pause(self, seconds: float) -> float:
        """Use the pause for chores, and return the seconds that it took.

        What ails Oracle as a whole the next step reports.
        """
        try:
            return self.pauses.use(seconds)
        except CdcError as error:
            logger.debug("the pause is not used: %s", error)
            return 0.0
