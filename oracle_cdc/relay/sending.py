"""Rows sent, remembered where they were handled, and counted."""

from __future__ import annotations

import logging
from collections.abc import Container, Sequence
from dataclasses import dataclass

from oracle_cdc.relay.delivery import Delivered, Delivery
from oracle_cdc.relay.position import Position
from oracle_cdc.relay.values import Row, SetAside
from oracle_cdc.running.amounts import counted

logger = logging.getLogger(__name__)


@dataclass
class Counts:
    """What was done since the start of the process."""

    read: int = 0
    published: int = 0
    repeats: int = 0
    aside: int = 0
    late: int = 0
    gone: int = 0

    @property
    def handled(self) -> int:
        """Return how many rows need nothing more."""
        return self.published + self.repeats + self.aside


class Sender:
    """Sends rows, and keeps what became of them.

    Parameters:
        counts: goes on counting. None: from 0.
    """

    def __init__(
        self, delivery: Delivery, position: Position, counts: Counts | None = None
    ) -> None:
        self.delivery = delivery
        self.position = position
        self.counts = counts or Counts()

    def send(self, rows: Sequence[Row]) -> None:
        """Send rows, and remember those that are handled. Raises why others wait."""
        delivered = self.delivery.deliver(rows)
        self.count(rows, delivered)
        aside = {item.key for item in delivered.aside}
        # First what is accepted: it is not sent again because the rest can't be written down.
        self.remember(rows, delivered.handled - aside)
        if aside:
            self.set_aside(delivered.aside)
            self.remember(rows, aside)
        if delivered.error is not None:
            raise delivered.error

    def count(self, rows: Sequence[Row], delivered: Delivered) -> None:
        """Count rows that were read, and what became of them."""
        self.counts.read += len(rows)
        self.counts.published += delivered.published
        self.counts.repeats += delivered.repeats
        self.position.published(delivered.published)

    def remember(self, rows: Sequence[Row], keys: Container[str]) -> None:
        """Remember the rows of these keys as handled."""
        for row in rows:
            if row.key in keys:
                self.position.handled.remember(row)

    def set_aside(self, items: Sequence[SetAside]) -> None:
        """Write down what is refused, and count it."""
        self.position.tracking.set_aside(items)
        log_aside(items)
        self.counts.aside += len(items)


def log_aside(items: Sequence[SetAside]) -> None:
    """Log how many rows were set aside, and why the first was. A key may be private."""
    logger.warning(
        "%s set aside, the first because: %s; see `failures list`",
        counted(len(items), "row can't be sent and is", "rows can't be sent and are"),
        items[0].reason,
    )
