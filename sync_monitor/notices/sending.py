"""Each channel in a thread of its own, so that one that hangs or refuses delays no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.errors import HistoryUnavailable
from sync_monitor.history.store import Store
from sync_monitor.model import Sync
from sync_monitor.notices.message import Channel, Message, NoticeFailed
from sync_monitor.notices.planning import (
    note_failed,
    note_sent,
    note_under_way,
    plan,
    take_due,
)
from sync_monitor.notices.policy import Batch

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0
#: How long the end of the process waits for a message that is under way.
CLOSE_SECONDS = 2.0


class Sender:
    """Sends on one channel what the history says is due.

    Parameters:
        page_url: of the monitor's page.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        syncs: Sequence[Sync],
        *,
        page_url: str = "",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.store = store
        self.channel = channel
        self.syncs: Mapping[str, Sync] = {sync.name: sync for sync in syncs}
        self.page_url = page_url
        self.clock = clock
        self.repeats = RepeatLimiter()

    def step(self) -> None:
        """Send all that is due. Raises HistoryUnavailable."""
        name, now = self.channel.name, self.clock()
        self.store.write(lambda connection: plan(connection, name, now))
        due = self.store.write(lambda connection: take_due(connection, name, self.syncs, now))
        for batch in due:
            self.send(batch)

    def send(self, batch: Batch) -> None:
        """Send one message, and note what became of it.

        That it is under way is noted first: while nothing can be noted, as on a full disk, nothing
        is sent, where else the same message would be sent in each round.
        """
        items = tuple(each.item for each in batch.due)
        message = Message(batch.kind, batch.group, items, self.clock(), self.page_url)
        name = self.channel.name
        begun_at = self.clock()
        self.store.write(lambda connection: note_under_way(connection, batch, begun_at))
        try:
            self.channel.send(message)
        except NoticeFailed as error:
            word = error.word
            self.repeats.failure(name, logger, "No notice by %s: %s; it is tried again", name, word)
            failed_at = self.clock()
            self.store.write(lambda connection: note_failed(connection, batch, word, failed_at))
            return
        self.repeats.recovered(name)
        sent_at = self.clock()
        self.store.write(lambda connection: note_sent(connection, batch, sent_at))


class Notifier:
    """The channels of a monitor that runs, from its start to its end."""

    def __init__(self, senders: Sequence[Sender]) -> None:
        self.senders = senders
        self.stop = threading.Event()
        self.repeats = RepeatLimiter()
        self.threads: list[threading.Thread] = []
        for sender in senders:
            thread = threading.Thread(
                target=self.serve,
                args=(sender,),
                name=f"notices-{sender.channel.name}",
                daemon=True,
            )
            self.threads.append(thread)
            thread.start()

    def serve(self, sender: Sender) -> None:
        """Send what is due, again and again, until it is closed. No failure ends it."""
        while not self.stop.wait(ROUND_SECONDS):
            try:
                sender.step()
            except HistoryUnavailable as error:
                self.repeats.failure("history", logger, "Notices wait for the history: %s", error)
            except Exception as error:
                # What comes next may be sent all the same.
                logger.critical("Notices: a bug: %s", type(error).__name__, exc_info=error)

    def close(self) -> None:
        """Send nothing more."""
        self.stop.set()
        for thread in self.threads:
            thread.join(CLOSE_SECONDS)
