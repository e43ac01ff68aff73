"""What a step of each leg does: a cycle, and what others shall know of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timezone

from oracle_cdc.conversations.chores.counting import count_rest
from oracle_cdc.conversations.counters import LAG, CallStatistics
from oracle_cdc.conversations.figures import FigureReader
from oracle_cdc.conversations.inbound.cycle import Results
from oracle_cdc.conversations.not_ready_announcement import Announcement
from oracle_cdc.conversations.outbound.cycle import Capture
from oracle_cdc.conversations.startup import Startup
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.conversations.tables.journal import system_failed, write_events
from oracle_cdc.errors import CdcError, OracleCredentialsError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.refused_login import refuse
from oracle_cdc.running.once import Once
from oracle_cdc.running.pauses import Pauses
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)


class Signs:
    """What the capture leg shows of itself after each cycle.

    Parameters:
        reconciliation: why it is late, empty while it is not.
    """

    def __init__(
        self,
        progress: Progress,
        repeats: RepeatLimiter,
        statistics: CallStatistics,
        figures: FigureReader,
        reconciliation: Callable[[], str],
    ) -> None:
        self.progress = progress
        self.repeats = repeats
        self.statistics = statistics
        self.figures = figures
        self.reconciliation = reconciliation

    def update(self, capture: Capture | None) -> None:
        """Count a cycle, and note how far it is behind."""
        if capture is not None and capture.position is not None:
            position = capture.position
            lag = position.clocks.now - position.watermark
            self.progress.age(LAG).see(lag.total_seconds())
        self.log_reconciliation()
        self.figures.refresh()
        self.statistics.cycle_done(datetime.now(timezone.utc).astimezone())

    def log_reconciliation(self) -> None:
        """Log that a reconciliation has not finished for a day.

        It loses nothing by itself, but nobody would notice.
        """
        self.repeats.state("the end of the reconciliation", logger, self.reconciliation())


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


def report(database: Database, error: CdcError) -> None:
    """Put a system error into ERROR_LOG, if Oracle takes it. That it does not is no news."""
    if database.answered_at is None:
        return
    try:
        with database.session() as session:
            write_events(session, "", [system_failed(error)])
            session.commit()
    except CdcError as failure:
        logger.debug("ERROR_LOG could not be written: %s", failure)
