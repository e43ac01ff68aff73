"""What the leg of events shows of itself: paused, standing by, how far behind, statistics."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

from oracle_cdc.errors import HeldElsewhere
from oracle_cdc.events.counters import LAG, EventStatistics
from oracle_cdc.relay.cycle import Relay
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.settings.service import EVENTS

logger = logging.getLogger(__name__)

#: Under which it is logged that the watermark is ahead.
AHEAD = "the watermark of events"


class Signs:
    """Keeps them up to date, and logs what changes."""

    def __init__(
        self, progress: Progress, repeats: RepeatLimiter, statistics: EventStatistics
    ) -> None:
        self.progress = progress
        self.repeats = repeats
        self.statistics = statistics

    def update(self, relay: Relay, *, is_working: bool) -> None:
        """Show what a cycle came to.

        Parameters:
            is_working: a person has not paused it.
        """
        self.note_mode(is_working)
        self.note_lag(relay)
        self.statistics.cycle_done(datetime.now(timezone.utc).astimezone())

    def note_mode(self, is_working: bool) -> None:
        """Note whether a person has paused it, and that no other copy runs it."""
        if is_working:
            self.progress.paused.discard(EVENTS)
        elif EVENTS not in self.progress.paused:
            logger.warning("events are paused: ETL_PRMREC.STATUS is PAUSED")
            self.progress.paused.add(EVENTS)
        if EVENTS in self.progress.standing_by:
            logger.info("events: the other copy is gone, this one goes on")
            self.progress.standing_by.discard(EVENTS)

    def note_lag(self, relay: Relay) -> None:
        """Show how far the watermark is behind the source's clock.

        A person may have put it ahead, or the clock was set back.
        """
        watermark = relay.position.reached.watermark
        if watermark is None or relay.now is None:
            return
        self.progress.age(LAG).see((relay.now - watermark).total_seconds())
        if watermark > relay.now:
            self.repeats.failure(
                AHEAD,
                logger,
                "LAST_SUCCESSFUL_TIME (%s) is ahead of Oracle's clock: rows before it are skipped "
                "where a person set it, and come as late rows where the clock was set back",
                watermark,
            )
        else:
            self.repeats.recovered(AHEAD)

    def stand_by(self, error: HeldElsewhere) -> None:
        """Show that another copy runs it."""
        if EVENTS not in self.progress.standing_by:
            logger.info("events: %s", str(error))
            self.progress.standing_by.add(EVENTS)
        self.progress.age(LAG).forget()
