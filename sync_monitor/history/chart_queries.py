"""What charts ask of the history: few looks of a long time, and the strip of one sync."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sync_monitor.history import codec
from sync_monitor.measurements import CellState
from sync_monitor.records import Mark
from sync_monitor.verdicts import Look, Outcome


def first_began(connection: sqlite3.Connection, sync: str) -> datetime | None:
    """Return when the oldest look of a sync began that is kept."""
    found = connection.execute(
        "SELECT began FROM look WHERE sync = ? ORDER BY began LIMIT 1", (sync,)
    ).fetchone()
    if found is None:
        return None
    return codec.read(found["began"])


def sample_looks(
    connection: sqlite3.Connection, sync: str, borders: Sequence[datetime]
) -> list[Look | None]:
    """Return the last look between each two borders that measured both sides, None for none."""
    found: list[Look | None] = []
    for begin, end in pairwise(borders):
        row = connection.execute(
            "SELECT * FROM look WHERE sync = ? AND began >= ? AND began < ? AND outcome = ? "
            "ORDER BY began DESC LIMIT 1",
            (sync, codec.written(begin), codec.written(end), Outcome.MEASURED.value),
        ).fetchone()
        look = None
        if row is not None:
            look = codec.read_look(row)
        found.append(look)
    return found


def marks_of(connection: sqlite3.Connection, sync: str, begin: datetime) -> list[Mark]:
    """Return how each partition of a sync is that ends behind a moment, ascending."""
    rows = connection.execute(
        "SELECT partition, state FROM cell WHERE sync = ? AND ends > ? ORDER BY partition",
        (sync, codec.written(begin)),
    )
    found: list[Mark] = []
    for partition, state in rows:
        found.append(Mark(partition, CellState(state)))
    return found
