"""The line beside the figure of a card: the last days of the sync that it is of."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sync_monitor.measurements import Figures
from sync_monitor.verdicts import Look
from sync_monitor.web.charts import Point, spark
from sync_monitor.web.timeline import Timeline

if TYPE_CHECKING:
    from sync_monitor.web.cards import Card

#: A figure of a look, as the line beside it draws it.
Value = Callable[[Figures], float | None]


def with_sparks(connection: sqlite3.Connection, cards: Sequence[Card], now: datetime) -> list[Card]:
    """Return the cards with a line of the last days of the sync that each is of."""
    looks: dict[str, Sequence[Look | None]] = {}
    drawn: list[Card] = []
    for card in cards:
        if card.draws is None or not card.name:
            drawn.append(card)
            continue
        if card.name not in looks:
            looks[card.name] = Timeline.of(now, timedelta(days=14), 28).read(connection, card.name)
        points: list[Point] = []
        found = looks[card.name]
        for number, look in enumerate(found):
            value = None
            if look is not None and look.figures is not None:
                value = card.draws(look.figures)
            points.append(Point(number / (len(found) - 1), value, ""))
        drawn.append(replace(card, spark=spark(points)))
    return drawn


def draw_gap(figures: Figures) -> float | None:
    """Return the gap in percent."""
    if figures.gap_percentage is None:
        return None
    return float(figures.gap_percentage)


def draw_lag(figures: Figures) -> float | None:
    """Return the lag in hours."""
    if figures.lag is None:
        return None
    return figures.lag / timedelta(hours=1)


def draw_missing(figures: Figures) -> float | None:
    """Return how many partitions are missing."""
    return float(len(figures.missing_partitions))


def draw_quality(figures: Figures) -> float | None:
    """Return the score."""
    if figures.quality.score is None:
        return None
    return float(figures.quality.score)
