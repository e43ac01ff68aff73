"""What a step of each leg does: a cycle, and what is seen of it."""

from __future__ import annotations

import logging

from oracle_cdc.conversations.chores.uncounted_sendings import count_rest
from oracle_cdc.conversations.figures import FigureReader
from oracle_cdc.conversations.inbound.cycle import Results
from oracle_cdc.conversations.not_ready_announcement import Announcement
from oracle_cdc.conversations.outbound.cycle import Capture
from oracle_cdc.conversations.signs import Signs
from oracle_cdc.conversations.startup import Startup
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.errors import CdcError, OracleCredentialsError
from oracle_cdc.oracle.refused_login import refuse
from oracle_cdc.running.once import Once
from oracle_cdc.running.pauses import Pauses

logger = logging.getLogger(__name__)


class CaptureLeg:
    """The outbound leg: normal mode, and what is done in its pauses.

    Parameters:
        capture: None where normal mode is off.
    """

    def __init__(
        self,
        startup: Startup,
        heartbeat: Heartbeat,
        capture: Once[Capture] | None,
        pauses: Once[Pauses],
        *,
        announcement: Announcement,
        signs: Signs,
    ) -> None:
        self.startup = startup
        self.database = startup.database
        self.heartbeat = heartbeat
        self.once = capture
        self.pauses = pauses
        self.announcement = announcement
        self.signs = signs

    @property
    def capture(self) -> Capture | None:
        """Return normal mode, or None before its first cycle."""
        if self.once is None:
            return None
        return self.once.made

    def step(self) -> None:
        """Do one cycle, and say through Oracle if this copy is not ready."""
        try:
            self.work()
        finally:
            self.announcement.update()

    def work(self) -> None:
        """Do one cycle. One that is paused or hindered still says that this copy is alive."""
        try:
            self.startup.ensure_database()
            self.run_cycle()
        except OracleCredentialsError as error:
            refuse(self.database, error)
        self.signs.update(self.capture)

    def run_cycle(self) -> None:
        """Run a cycle of normal mode, or only show that this copy is alive where it is off."""
        if self.once is None:
            self.record_alive()
            return
        try:
            capture = self.once.get()
        except CdcError:
            self.record_alive()
            raise
        capture.run_cycle()

    def use_pause(self, seconds: float) -> float:
        """Do the chores between two cycles, and return the seconds that they took.

        What ails Oracle or SQS as a whole the next cycle reports.
        """
        try:
            return self.pauses.get().use(seconds)
        except CdcError as error:
            logger.debug("the pause is not used: %s", error)
            return 0.0

    def finish(self) -> None:
        """Wait for the deliveries that no cycle waited for, and count what is not counted yet."""
        if self.capture:
            self.capture.lanes.finish()
        # Asked for once more, however many count: the process ends within a few seconds.
        self.heartbeat.row_lock.forget()
        count_rest(self.database, self.heartbeat)
        if self.pauses.made:
            self.pauses.made.end()

    def record_alive(self) -> None:
        with self.database.session() as session:
            self.heartbeat.record(session)


class ResultsLeg:
    """The inbound leg.

    Parameters:
        queue_url: of the results.
    """

    def __init__(
        self, startup: Startup, queue_url: str, results: Results, figures: FigureReader
    ) -> None:
        self.startup = startup
        self.queue_url = queue_url
        self.results = results
        self.figures = figures

    def step(self) -> None:
        """Do one cycle."""
        try:
            self.startup.ensure_database()
            self.startup.ensure_queue(self.queue_url)
            self.results.run_cycle()
        except OracleCredentialsError as error:
            refuse(self.startup.database, error)
        self.figures.refresh()

    def may_be_abandoned(self) -> bool:
        """Return whether nothing is lost when the process ends now."""
        return self.results.is_polling
